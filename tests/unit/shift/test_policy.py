"""The agreement: coaching only, told beforehand, and no shift without it."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.app.shift.policy import (
    KEYS,
    MOST_DAYS,
    SEES,
    as_toml,
    check_purpose,
    check_told_on,
    default_path,
    from_answers,
    require,
    write,
)
from coach.coaching import toml
from coach.conversation import ConfigurationError, StorageError
from coach.reporting.phrases import SHIFT, phrases
from tests.unit.shift.made import policy

TODAY = date(2026, 3, 2)
ANSWERS: dict[str, object] = {
    "purpose": "coaching",
    "supervisors": ["Dana Fox"],
    "sees": ["workload", "figures"],
    "keep_days": 90,
    "told_on": "2026-03-01",
    "ask": "Dana Fox, extension 214",
}


@pytest.mark.parametrize("purpose", ["coaching", "Coaching", " coaching. "])
def test_coaching_is_a_purpose(purpose: str) -> None:
    assert check_purpose(purpose) == "coaching"


@pytest.mark.parametrize(
    "purpose",
    ["discipline", "pay", "bonuses", "coaching and pay", "performance review", "ranking", "firing", "written warnings",
     "who gets promoted", "scorecards"],
)  # fmt: skip
def test_a_purpose_that_harms_is_refused_with_its_reason(purpose: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        check_purpose(purpose)

    assert str(refused.value) == phrases(SHIFT)("refused.purpose_harm", purpose=purpose)
    assert "answer “coaching”" in str(refused.value)
    assert refused.value.exit_code == 5


@pytest.mark.parametrize("purpose", ["", "research", "fun", "coachin"])
def test_any_other_purpose_is_refused_too(purpose: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        check_purpose(purpose)

    assert str(refused.value) == phrases(SHIFT)("refused.purpose_other", purpose=purpose)


def test_without_an_agreement_no_shift_runs(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Tell the staff first") as refused:
        require(tmp_path / "none.toml")

    assert refused.value.exit_code == 5
    assert "coach shift --setup" in str(refused.value)
    with pytest.raises(ConfigurationError, match=re.escape(str(default_path()))):
        require()


def test_what_is_written_is_read_again_and_private(tmp_path: Path) -> None:
    agreed = policy(supervisors=('Dana "Dee" Fox\\x', "Office 2"), ask="Ümit, 214 — or the\tworks council")
    path = write(agreed, tmp_path / "new" / "policy.toml")

    read = require(path, today=date(2026, 5, 1))
    assert read == policy(supervisors=agreed.supervisors, ask="Ümit, 214 — or the works council")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)


@given(words, words, st.sets(st.sampled_from(SEES), min_size=1), st.integers(1, MOST_DAYS))
def test_any_agreement_survives_its_file(who: str, ask: str, sees: set[str], days: int) -> None:
    answers = {**ANSWERS, "supervisors": [who], "ask": ask, "sees": sorted(sees), "keep_days": days}
    try:
        agreed = from_answers(answers, TODAY)
    except ConfigurationError:
        return  # nothing is left of the name when it is cleaned
    assert from_answers(tomllib.loads(as_toml(agreed)), TODAY) == agreed


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("told_on", "2026-03-03", "2026-03-03 has not come yet"),
        ("told_on", "next week", "year first"),
        ("told_on", "02/03/2026", "year first"),
        ("keep_days", 0, "1 to 366 days"),
        ("keep_days", 367, "1 to 366 days"),
        ("keep_days", "for ever", "1 to 366 days"),
        ("keep_days", True, "1 to 366 days"),
        ("keep_days", 3.5, "1 to 366 days"),
        ("supervisors", [], "names nobody who sees the page"),
        ("supervisors", 3, "names nobody who sees the page"),
        ("supervisors", " ", "names nobody who sees the page"),
        ("sees", ["figure"], 'did you mean "figures"'),
        ("sees", ["tone"], "nothing that a page can show"),
        ("sees", [], "lets supervisors see nothing"),
        ("sees", 3, "lets supervisors see nothing"),
        ("ask", "", "names nobody to ask"),
        ("ask", None, "names nobody to ask"),
        ("purpose", "pay", "answer “coaching”"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused(key: str, value: object, told: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(told)):
        from_answers({**ANSWERS, key: value}, TODAY)


@pytest.mark.parametrize("key", KEYS)
def test_every_question_has_to_be_answered(key: str) -> None:
    with pytest.raises(ConfigurationError, match=f"leaves out {key}"):
        from_answers({name: value for name, value in ANSWERS.items() if name != key}, TODAY)


def test_a_key_that_nothing_reads_is_refused() -> None:
    with pytest.raises(ConfigurationError, match='did you mean "keep_days"'):
        from_answers({**ANSWERS, "keep_day": 3}, TODAY)


def test_today_is_not_too_late_to_have_been_told() -> None:
    assert check_told_on(TODAY, TODAY) == TODAY
    assert check_told_on(datetime(2026, 3, 2, 9, tzinfo=UTC), TODAY) == TODAY
    assert check_told_on(datetime.now().astimezone().date()) is not None


def test_a_file_that_is_no_toml_says_so(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("purpose = ")

    with pytest.raises(ConfigurationError, match="not TOML"):
        require(tmp_path / "policy.toml")


def test_what_is_kept_ends_when_the_agreement_says() -> None:
    assert policy(keep_days=30).kept_since(datetime(2026, 3, 31, tzinfo=UTC)) == datetime(2026, 3, 1, tzinfo=UTC)


def test_the_file_says_what_it_is_for(tmp_path: Path) -> None:
    text = as_toml(policy())

    assert "not pay, not discipline" in text
    assert set(toml.load(write(policy(), tmp_path / "p.toml"))) == set(KEYS)


def test_the_agreement_in_the_documents_is_one() -> None:
    page = (Path(__file__).parents[3] / "docs" / "fairness.md").read_text()
    (shown,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)

    assert from_answers(tomllib.loads(shown), date(2026, 5, 1)).sees == frozenset(SEES)


def test_what_is_missing_is_told_with_the_reason_in_words_and_the_command_to_type(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        require(tmp_path / "our team.toml")

    assert f"coach shift --setup --policy '{tmp_path / 'our team.toml'}'" in str(refused.value)
    for words in ("no ranking", "no tone of voice", "nothing for pay or discipline", "docs/fairness.md"):
        assert words in str(refused.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("purpose = ", "is not TOML"),
        (b"\xff\xfe", "is not TOML"),
        ('purpose = "coaching"', "The agreement leaves out supervisors."),
        ("wages = true", 'has "wages", which nothing reads'),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place_and_what_to_do(
    content: str | bytes, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(ConfigurationError) as refused:
        require(path)
    assert told in str(refused.value)
    assert f"It stands in {path}: mend it there" in str(refused.value)
    assert not re.search(r"[a-z] It stands", str(refused.value))  # each sentence has its end


def test_a_folder_is_no_agreement(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"is no file\. Name the file of the agreement with --policy"):
        require(tmp_path)


def test_what_may_not_be_looked_at_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.stat

    def refuses(path: Path, **more: bool) -> os.stat_result:
        if path == tmp_path / "policy.toml":
            raise PermissionError(13, "Permission denied")
        return real(path, **more)

    monkeypatch.setattr(Path, "stat", refuses)
    with pytest.raises(ConfigurationError, match=r"cannot be read: Permission denied\. Mend that, or name another"):
        require(tmp_path / "policy.toml")


def test_a_clock_that_was_put_back_before_the_day_is_told_as_one_way_to_read_it() -> None:
    with pytest.raises(ConfigurationError, match="By this computer's clock, 2026-03-03 has not come yet"):
        check_told_on("2026-03-03", TODAY)


def test_where_it_cannot_be_written_it_is_said_and_nothing_is_half_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match=r"cannot be made: .*name another file with --policy"):
        write(policy(), tmp_path / "file" / "policy.toml")

    write(policy(keep_days=30), tmp_path / "policy.toml")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(StorageError, match=r"No space is left.*name another file with --policy"):
        write(policy(), tmp_path / "policy.toml")
    monkeypatch.undo()
    assert require(tmp_path / "policy.toml").keep_days == 30
    assert {path.name for path in tmp_path.iterdir()} == {"file", "policy.toml"}
