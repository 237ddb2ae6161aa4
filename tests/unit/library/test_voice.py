"""A voice beside its own usual: only when asked for, only one's own, only from enough calls, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coach.app import library, voice
from coach.app.voice import own_voice, told
from coach.coaching.tone import FEWEST, Tone
from coach.store.values import StoredCall

USUAL = Tone(6.0, -20.0, 12.0, 150.0, 0.2)


@pytest.fixture
def listened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Tell a flat voice in the report called "flat", none in "none", the usual one elsewhere; note what was heard."""
    heard: list[str] = []
    library.folder().mkdir(parents=True)

    def tone_of(_review: object, page: Path, _work: Path) -> Tone | None:
        heard.append(page.stem)
        return {"flat": replace(USUAL, pitch_spread=2.0), "none": None}.get(page.stem, USUAL)

    monkeypatch.setattr(voice, "tone_of", tone_of)
    monkeypatch.setattr(voice, "read_review", lambda path: None if path.stem == "gone" else {})
    return heard


def calls(*names: str, hard: str = "") -> list[StoredCall]:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return [
        StoredCall(
            sha256=f"{n:064x}", uri=None, agent=None, started_at=at + timedelta(days=n), direction=None, call_type=None,
            duration=60.0, separation="channels", heard_agent=1.0, heard_customer=1.0, fingerprint="f", reviewed_at=at,
            report=f"/reports/{name}.html", hard=name == hard,
        )
        for n, name in enumerate(names)
    ]  # fmt: skip


def test_the_latest_call_is_held_against_the_others(listened: list[str]) -> None:
    found = own_voice(calls(*["usual"] * FEWEST, "flat"))

    assert [one.name for one in found.compared if one.direction != "usual"] == ["pitch_spread"]
    lines = told(found)
    assert lines[0] == "How far your voice moves: 2 semitones, less than your usual (6)"
    assert "a long day sounds like that" in lines[-2]
    assert "Room between your words: 20 % of your turns, as usual (20)" in lines


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            ["usual"] * FEWEST,
            "Your voice could be gone by in 5 calls so far; it is compared with its own usual from 6 on.",
        ),
        (["usual"], "Your voice could be gone by in one call so far"),
        (["none", "usual"], "Your voice could be gone by in one call so far"),
        (["usual"] * 8 + ["none"], "The latest call has not enough of your voice by itself to go by."),
        (["usual", "gone"], "The latest call has not enough of your voice"),
        (["none", "gone"], "No call here has enough of your voice"),
        ([], "No call here has enough of your voice"),
    ],
)
def test_too_few_calls_say_so(names: list[str], said: str, listened: list[str]) -> None:
    (line,) = told(own_voice(calls(*names)))

    assert line.startswith(said)


def test_a_latest_call_without_a_voice_is_not_another_calls(listened: list[str]) -> None:
    assert own_voice(calls(*["usual"] * 8, "none")).compared == ()


def test_hard_calls_are_left_out(listened: list[str]) -> None:
    own_voice(calls(*["usual"] * 3, "shouted", hard="shouted"))

    assert "shouted" not in listened


def test_a_call_is_listened_to_once_and_forgotten_with_the_library(listened: list[str]) -> None:
    found = own_voice(calls("one", "two"))
    assert own_voice(calls("one", "two")) == found
    assert listened == ["one", "two"]
    assert library.tones().stat().st_mode & 0o777 == 0o600
    library.refresh()
    assert not library.tones().exists()


def test_a_damaged_note_is_measured_anew(listened: list[str]) -> None:
    library.tones().write_text('{"a": {"shrill": 3}}')

    assert own_voice(calls("one")).calls == 1


def test_only_the_latest_calls_are_listened_to(listened: list[str]) -> None:
    own_voice(calls(*(f"call {n}" for n in range(30))))

    assert listened == [f"call {n}" for n in range(30 - voice.MOST, 30)]
