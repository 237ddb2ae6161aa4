"""Which value of a setting wins, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.app.settings import KEYS, gather, user_file
from coach.conversation import ConfigurationError, UsageError
from coach.privacy.kinds import DEFAULT, KINDS


def user_says(text: str) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text(text, encoding="utf-8")


def test_each_place_wins_over_the_ones_before_it(tmp_path: Path) -> None:
    recipe = {"out": "recipe", "device": "cpu", "formats": ["json"], "agent": "recipe", "max_hours": 1}
    user_says('out = "user"\ndevice = "cuda"\nformats = "md"\nagent = "user"')
    (tmp_path / "coach.toml").write_text('out = "project"\ndevice = "auto"\nformats = ["csv"]', encoding="utf-8")
    environment = {"COACH_OUT": "environment", "COACH_DEVICE": "cpu", "HOME": "elsewhere"}

    found = gather({"out": "flag", "device": None}, environment=environment, folder=tmp_path, recipe=recipe)

    assert {name: (found[name], found.values[name].origin) for name in recipe} == {
        "out": ("flag", "the command line"),
        "device": ("cpu", "COACH_DEVICE"),
        "formats": (("csv",), "coach.toml"),
        "agent": ("user", str(user_file())),
        "max_hours": (1.0, "the recipe"),
    }
    assert found.values["transcriber"].origin == "default"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('formatz = "html"', 'did you mean "formats"'),
        ('formats = ["htm"]', 'did you mean "html"'),
        ('agent_channel = "middle"', "left or right"),
        ("max_hours = -1", "above 0"),
        ("embed = 3", "true or false"),
        ("agent = ", "not a valid settings file"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "coach.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=sentence) as refused:
        gather({}, environment={}, folder=tmp_path)

    assert refused.value.exit_code == 5
    assert "coach.toml" in str(refused.value)


def test_a_wrong_flag_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no format") as refused:
        gather({"formats": "html,pdf"}, environment={}, folder=tmp_path)

    assert refused.value.exit_code == 2


def test_an_unknown_variable_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='did you mean "device"'):
        gather({}, environment={"COACH_DEVIC": "cpu"}, folder=tmp_path)


def test_channels_may_be_set_by_source(tmp_path: Path) -> None:
    (tmp_path / "coach.toml").write_text('[agent_channel]\n"desk-*.wav" = "right"', encoding="utf-8")
    found = gather({}, environment={}, folder=tmp_path)

    assert found.channel_for(Path("x/desk-7.wav")) == ("right", 'coach.toml, for "desk-*.wav"')
    assert found.channel_for(Path("x/other.wav"))[0] is None


def test_every_default_is_a_value_that_may_be_set() -> None:
    for name, key in KEYS.items():
        if key.default is not None:
            assert key.read(key.default) == key.default, name


def test_what_is_wrong_in_the_environment_names_the_variable() -> None:
    with pytest.raises(ConfigurationError, match="COACH_EMBED: embed: expected true or false"):
        gather({}, environment={"COACH_EMBED": "maybe"})


def test_the_home_folder_is_known_where_no_shell_puts_it_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "coach.toml").write_text('out = "~/reports"', encoding="utf-8")

    assert Path(gather({}, environment={}, folder=tmp_path).text("out")) == tmp_path / "reports"


@pytest.mark.parametrize(("text", "formats"), [("html,", ("html",)), (" md , csv ", ("md", "csv"))])
def test_a_list_of_formats_is_read_kindly(text: str, formats: tuple[str, ...]) -> None:
    assert gather({"formats": text}, environment={}).formats == formats


def test_a_list_of_no_formats_is_refused() -> None:
    with pytest.raises(UsageError, match="expected a list"):
        gather({"formats": ","}, environment={})


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        (["card", "cvv"], ("card", "cvv")),
        ("cvv, card", ("card", "cvv")),
        (["+name", "-phone"], tuple(k for k in KINDS if k in DEFAULT | {"name"} and k != "phone")),
    ],
)
def test_what_is_masked_is_a_list_or_changes_to_the_usual_one(given: object, kinds: tuple[str, ...]) -> None:
    assert gather({"mask": given}, environment={}).masked == kinds


@pytest.mark.parametrize(
    ("given", "why"),
    [("", "list of types"), (["card", "-ssn"], "or of changes"), ("cards", 'did you mean "card"'), ([1], "a list of")],
)
def test_what_cannot_be_masked_is_refused(given: object, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        gather({"mask": given}, environment={})
