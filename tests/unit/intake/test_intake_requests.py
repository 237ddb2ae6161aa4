"""From what was found to what reviews it, and to what is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.app.intake.known import Found, Known, Piece
from coach.app.intake.requests import for_store, request_for
from coach.app.item import Failure
from coach.app.naming import plan
from coach.conversation import RecordingError

AT = datetime(2026, 3, 2, 14, 14, tzinfo=UTC)
NAME = "external-101-2125550188-1.wav"


def found(path: Path | None = Path(NAME), **known: Known) -> Found:
    return Found(NAME, path, known, private=("2125550188",), conflicts=("they differ",))


def test_a_request_carries_what_is_known_and_what_is_private() -> None:
    request = request_for(
        found(
            agent=Known("Dana", "the manifest, line 2"),
            started_at=Known(AT, "the manifest, line 2"),
            agent_channel=Known("right", "the manifest, line 2"),
            call_type=Known("high-bill", "the manifest, line 2"),
        )
    )

    assert request.known is not None
    assert (request.known.agent, request.known.agent_channel) == ("Dana", 1)
    assert request.known.started_at == "2026-03-02T14:14:00+00:00"
    assert request.known.claim is not None
    assert request.known.claim.because == "the manifest, line 2 says so"
    assert request.known.warnings == ("they differ",)
    assert request.agent_channel is None  # as an option it would be reviewed again each time


def test_what_is_guessed_or_only_a_habit_is_not_told_as_if_somebody_had_said_it() -> None:
    request = request_for(
        found(
            started_at=Known(AT, "the file's time", guessed=True),
            agent_channel=Known("right", "the file's name", note="75% sure"),
        )
    )

    assert request.known is not None
    assert (request.known.started_at, request.known.agent_channel) == (None, None)


def test_names_of_reports_and_failures_hold_no_number(tmp_path: Path) -> None:
    request = request_for(found())

    [output] = plan([request], tmp_path)
    failure = Failure.of(request, "decode", RecordingError(f"{NAME}: is empty."))

    assert output.stem == "external-101-[customer]-1"
    assert failure.message == "external-101-[customer]-1.wav: is empty."


def test_one_file_a_party_and_what_was_fetched() -> None:
    two = Found("a", None, {}, parties=(Piece("s3://b/a.wav"), Piece("s3://b/c.wav")))

    request = request_for(two, Path("1.wav"), Path("2.wav"))

    assert (request.agent, request.customer, request.recording) == (Path("1.wav"), Path("2.wav"), None)
    with pytest.raises(ValueError, match="expected 2 files"):
        request_for(two)


def test_the_store_is_told_in_its_own_words() -> None:
    assert for_store(found(agent=Known("Dana", "x"), started_at=Known(AT, "x"))) == {
        "agent": "Dana",
        "direction": None,
        "started_at": AT,
        "call_type": None,
    }


def test_the_store_is_told_no_guessed_time() -> None:
    assert for_store(found(started_at=Known(AT, "the file's time", guessed=True)))["started_at"] is None
