"""The demo call, reviewed for real: what is true of it is what the report says."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import av
import jiwer
import numpy as np
import pytest

from coach.app.item import Request
from coach.app.review import open_pipeline, review_all
from coach.conversation import Interval, Moment, Review, Role, intersection, total

DEMO = Path(__file__).resolve().parents[1] / "calls" / "high-bill"
NEAR = 0.3
"""Onsets agree within this many seconds."""

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return dict(json.loads((DEMO / "truth.json").read_text()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("coaching")


@pytest.fixture(scope="module")
def review(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Review:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        pipeline = open_pipeline(
            {"out": str(folder), "formats": ("html", "json", "md", "vtt", "csv"), "transcriber": "bundled"}
        )
        (outcome,) = review_all([Request(recording=DEMO / "high-bill.wav")], pipeline)
    assert outcome.review is not None, outcome.failure
    return outcome.review


def true_moments(truth: dict[str, Any], kind: str) -> list[tuple[Role, Interval]]:
    return [(e["role"], Interval(e["start"], e["end"])) for e in truth["events"] if e["kind"] == kind]


def found(review: Review, kind: str, role: Role) -> tuple[Moment, ...]:
    return review.findings.of(kind, role=role, sure=0.5)


def test_the_agent_is_told_by_the_words(review: Review, truth: dict[str, Any]) -> None:
    assert review.separation == "channels"
    assert review.roles.agent == ("left", "right")[truth["agent_channel"]]
    assert review.roles.confidence >= 0.7


@pytest.mark.parametrize("role", ["agent", "customer"])
def test_seconds_of_speech(review: Review, truth: dict[str, Any], role: Role) -> None:
    party = review.conversation.party(role)
    assert party is not None
    exact = [Interval(a, b) for a, b in truth["speech"][role]]

    assert total(party.stretches) == pytest.approx(total(exact), rel=0.03)
    assert total(intersection(party.stretches, exact)) >= 0.95 * total(exact)


def test_talk_ratio(review: Review, truth: dict[str, Any]) -> None:
    agent, customer = (sum(b - a for a, b in truth["speech"][role]) for role in ("agent", "customer"))

    assert review.findings.measure("talk_ratio").value == pytest.approx(agent / (agent + customer), abs=0.01)


@pytest.mark.parametrize("role", ["agent", "customer"])
def test_interruptions_are_the_true_ones_and_no_others(review: Review, truth: dict[str, Any], role: Role) -> None:
    true = [when for who, when in true_moments(truth, "interruption") if who == role]
    ours = found(review, "interruption", role)

    assert [m.start for m in ours] == pytest.approx([when.start for when in true], abs=NEAR)
    assert [m.end for m in ours] == pytest.approx([when.end for when in true], abs=NEAR)
    assert review.findings.measure(f"interruptions_by_{role}").value == len(true)
    assert review.findings.measure(f"interruption_attempts_by_{role}").value == 0


def test_the_backchannel(review: Review, truth: dict[str, Any]) -> None:
    ((_, when),) = true_moments(truth, "backchannel")

    assert any(abs(m.start - when.start) <= NEAR for m in found(review, "backchannel", "agent"))


def test_the_announced_silence_is_a_hold(review: Review, truth: dict[str, Any]) -> None:
    (event,) = (e for e in truth["events"] if e["kind"] == "hold")
    (hold,) = found(review, "hold", "agent")

    assert hold.end == pytest.approx(event["silence"][1], abs=NEAR)
    assert hold.start <= event["silence"][0]
    assert review.findings.measure("dead_air").value == 0
    silence = event["silence"][1] - event["silence"][0]
    assert review.findings.measure("longest_silence").value == pytest.approx(silence, abs=NEAR)


def test_the_story_that_was_left_unanswered(review: Review, truth: dict[str, Any]) -> None:
    ((_, story),) = true_moments(truth, "missed_paraphrase")
    (missed,) = found(review, "missed_paraphrase", "agent")

    assert total(intersection([missed.interval], [story])) >= 0.8 * story.duration


@pytest.mark.parametrize(
    "kind",
    [
        *("paraphrase", "empathy", "reassurance", "apology", "commitment", "recap", "ownership"),
        *("open_question", "clarifying_question", "verification_question", "closing_question"),
    ],
)
def test_what_was_said_well_is_found(review: Review, truth: dict[str, Any], kind: str) -> None:
    true = true_moments(truth, kind)
    ours = [m.interval for m in found(review, kind, "agent")]

    assert any(total(intersection(ours, [when])) > 0 for _, when in true), f"{kind}: found at {ours}, true {true}"


@pytest.mark.parametrize("role", ["agent", "customer"])
def test_the_words(review: Review, truth: dict[str, Any], role: Role) -> None:
    private = [(p["role"], p["start"]) for p in truth["private"]]
    said = " ".join(
        u["text"] for u in truth["utterances"] if u["role"] == role and (role, u["start"]) not in private
    ).replace("Mister", "Mr")
    party = review.conversation.party(role)
    assert party is not None
    heard = " ".join(word.text for word in party.words if not word.masked)

    assert jiwer.wer(_plain(said), _plain(heard)) <= 0.10


def test_no_file_holds_the_card_number(review: Review, folder: Path) -> None:
    assert review.masked["card"] >= 1
    files = [path for path in folder.iterdir() if path.is_file()]
    assert {path.suffix for path in files} >= {".html", ".json", ".md", ".vtt", ".csv"}
    for path in files:
        text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", path.read_bytes().decode("utf-8", "replace"))
        assert not re.search(r"(one|1)\W+(one|1)\W+(one|1)\b|(?<![\d.])1111", text, re.IGNORECASE), path.name
        assert "[card]" in text or path.suffix in (".csv", ".md"), f"{path.name} lacks its transcript"


def test_the_sound_in_the_report_is_silent_where_the_card_was_read(
    review: Review, folder: Path, truth: dict[str, Any]
) -> None:
    page = (folder / "high-bill.html").read_text()
    (sound,) = set(re.findall(r"data:audio/mpeg;base64,([A-Za-z0-9+/=]+)", page))
    samples, rate = _decoded(base64.b64decode(sound))

    for spot in truth["private"]:
        # The coder's own delay moves the sound by some milliseconds.
        inside = samples[:, round((spot["start"] + 0.15) * rate) : round((spot["end"] - 0.1) * rate)]
        assert _level(inside) < -60, spot
    # From when the card is named on, nothing can be heard; what was agreed just before can.
    named = truth["private"][0]["start"] - 4.0
    assert _level(samples[:, round((named - 3.5) * rate) : round(named * rate)]) > -45


def _decoded(mp3: bytes) -> tuple[np.ndarray, int]:
    """Return samples with shape ``(channels, n)``, full scale 1, and the rate."""
    with av.open(io.BytesIO(mp3), "r") as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
        rate = container.streams.audio[0].rate
    samples = np.concatenate(blocks, axis=1).astype(np.float64)
    return samples / (2**15 if blocks[0].dtype == np.int16 else 1.0), rate


def _level(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(samples**2) + 1e-12))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z' ]+", " ", text.lower().replace("-", "")).split())
