import json
import os
from pathlib import Path

import pytest

from coach.speech.parties import Claim
from coach.speech.sidecar import Sidecar, claim_from_name, from_tags, read_sidecar


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "call.wav"
    path.write_bytes(b"RIFF")
    return path


def beside(recording: Path, name: str, content: object) -> Sidecar | None:
    text = content if isinstance(content, str) else json.dumps(content)
    (recording.parent / name).write_text(text, encoding="utf-8")
    return read_sidecar(recording)


TOML = """
agent = "Dana"
agent_channel = "right"
started_at = 2026-03-02T09:14:00Z
direction = "inbound"
call_type = "high-bill"
"""


@pytest.mark.parametrize("name", ["call.wav.json", "call.json"])
def test_json_beside_the_recording_is_read_and_strange_keys_mean_nothing(recording: Path, name: str) -> None:
    values = {"agent": 4711, "agent_channel": "Right", "started_at": "2026-03-02T09:14:00", "direction": "OUT"}
    found = beside(recording, name, {**values, "call_type": "high-bill", "queue": ["x"], "duration": {}})
    assert found == Sidecar(
        f"the sidecar {name}",
        agent="4711",
        agent_channel=1,
        started_at="2026-03-02T09:14:00",
        direction="outbound",
        call_type="high-bill",
    )


@pytest.mark.parametrize("name", ["call.wav.toml", "call.toml"])
def test_toml_beside_the_recording_is_read(recording: Path, name: str) -> None:
    found = beside(recording, name, TOML)
    assert found is not None
    assert (found.agent, found.agent_channel, found.direction) == ("Dana", 1, "inbound")
    assert found.started_at == "2026-03-02T09:14:00+00:00"
    assert found.claim == Claim("right", f"the sidecar {name} says so")
    assert found.warnings == ()


def test_the_fuller_name_goes_first_and_one_that_says_nothing_is_passed_over(recording: Path) -> None:
    beside(recording, "call.json", {"agent_channel": 0})
    found = beside(recording, "call.wav.json", {"agent_channel": 1})
    assert found is not None
    assert found.agent_channel == 1
    found = beside(recording, "call.wav.json", {"queue": 7})
    assert found is not None
    assert found.agent_channel == 0


def test_our_own_review_is_no_sidecar(recording: Path) -> None:
    assert beside(recording, "call.json", {"schema": "coach.review/1", "agent": "Dana", "call_type": "x"}) is None


def test_the_configuration_is_no_sidecar(tmp_path: Path) -> None:
    recording = tmp_path / "coach.wav"
    recording.touch()
    assert beside(recording, "coach.toml", 'agent = "Dana"') is None


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("call.json", "{agent: Dana", "JSON"),
        ("call.json", "[" * 50_000, "JSON"),
        ("call.toml", "agent = Dana", "TOML"),
        ("call.toml", "started_at = 2026-99-99", "TOML"),
    ],
)
def test_a_broken_sidecar_is_a_warning(recording: Path, name: str, text: str, kind: str) -> None:
    found = beside(recording, name, text)
    assert found is not None
    assert found.claim is None
    assert found.warnings == (f"The sidecar {name} is not valid {kind} and was not read.",)


def test_bytes_that_are_no_text_are_a_warning(recording: Path) -> None:
    (recording.parent / "call.json").write_bytes(b'{"agent": "\xff"}')
    found = read_sidecar(recording)
    assert found is not None
    assert "not valid JSON" in found.warnings[0]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("agent", ["Dana"]),
        ("agent", True),
        ("agent_channel", "middle"),
        ("agent_channel", 2),
        ("agent_channel", True),
        ("started_at", "last Tuesday"),
        ("direction", "sideways"),
        ("call_type", "../High Bill"),
    ],
)
def test_a_value_that_cannot_be_used_is_warned_of_and_not_repeated(recording: Path, key: str, value: object) -> None:
    found = beside(recording, "call.json", {key: value})
    assert found is not None
    assert getattr(found, key) is None
    assert f"a {key} that is not" in found.warnings[0]
    assert str(value) not in found.warnings[0]


@pytest.mark.parametrize("content", ["[1]", '"agent"', "{}", '{"segments": [{"words": []}]}'])
def test_a_file_that_says_nothing_is_none(recording: Path, content: str) -> None:
    assert beside(recording, "call.json", content) is None


def test_nothing_beside_it_is_none(recording: Path) -> None:
    assert read_sidecar(recording) is None


def test_a_link_a_pipe_a_folder_and_a_large_file_are_not_read(recording: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.json").write_text('{"agent": "Dana"}')
    (tmp_path / "call.json").symlink_to(elsewhere / "secret.json")
    os.mkfifo(tmp_path / "call.wav.toml")
    (tmp_path / "call.toml").mkdir()
    (tmp_path / "call.wav.json").write_text('{"agent": "Dana"}' + " " * 2**20)
    assert read_sidecar(recording) is None


def test_a_recording_is_not_its_own_sidecar(tmp_path: Path) -> None:
    recording = tmp_path / "call.json"
    recording.write_text('{"agent": "Dana"}')
    assert read_sidecar(recording) is None


def test_control_characters_do_not_reach_the_report(recording: Path) -> None:
    found = beside(recording, "call.json", {"agent": "Da\x1b[2Jna\n\u202e"})
    assert found is not None
    assert found.agent == "Da[2Jna"


def test_tags_of_the_container_speak_the_same_language() -> None:
    found = from_tags({"AGENT_CHANNEL": "left", "title": "x"})
    assert found is not None
    assert found.claim == Claim("left", "a tag in the recording says so")
    assert from_tags({"title": "x", "encoder": "Lavf"}) is None


CONTACT = "0f4a1b2c-1111-2222-3333-444455556666"


@pytest.mark.parametrize(
    ("name", "sure"),
    [
        (f"{CONTACT}_20260302T09:14_UTC.wav", True),
        (f"{CONTACT}_20260302T09_14_UTC.wav", True),
        ("RE" + "0123456789abcdef" * 2 + ".mp3", True),
        (f"{CONTACT}.wav", False),
        (f"copy of {CONTACT}_20260302T09:14_UTC.wav", False),
        ("RE-call.wav", False),
        ("call.wav", False),
    ],
)
def test_only_a_name_that_clearly_is_a_phone_systems_implies_a_channel(name: str, sure: bool) -> None:
    claim = claim_from_name(Path(name))
    assert (claim is not None) == sure
    if claim is not None:
        assert claim.agent == "right"
        assert 0.7 <= claim.confidence < 1.0
