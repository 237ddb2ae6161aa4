"""One channel: who is the agent among voices that were told apart, put right afterwards, and a third voice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
import soundfile
from command import DEMO, OTHER, coach, load, who

from coach.app.item import Call
from coach.conversation import Interval, Segment, Timeline, Transcript, Word
from coach.speech.activity import LaneActivity
from coach.speech.diarizers.protocol import Diarization
from coach.speech.samples import Samples
from coach.speech.transcribers.protocol import Progress

AGENT = "Thank you for calling how can I help you let me check that for you can I have your account number"
CUSTOMER = "hi I am calling because my bill doubled and I was told last month it would not and I do not understand"
SECOND = "hi this is billing how can I help you I can see your account let me look into that for you"
MACHINE = "this call may be recorded press one for billing your call is important to us please remain on the line"
LITTLE = ("does that work", "oh right thanks")
NOTHING = ("well hello there", "well hello then")

Said = dict[str, tuple[Interval, str]]


class Known:
    """A diarizer that knows who speaks when, as the test says."""

    name = "known"
    fingerprint = "known"

    def __init__(self, said: Said) -> None:
        self._speech: dict[str, Timeline] = {label: (span,) for label, (span, _) in said.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hold nothing."""

    def diarize(
        self, samples: Samples, activity: LaneActivity, *, speakers: int | None = 2, progress: Progress | None = None
    ) -> Diarization:
        """Return what is known."""
        del samples, activity, speakers, progress
        return Diarization(self._speech, self._speech, confidence=dict.fromkeys(self._speech, 0.8))


def says(monkeypatch: pytest.MonkeyPatch, said: Said) -> None:
    """Let voices be told apart, and their words be known."""

    def transcribe(_self: object, call: Call) -> Call:
        segments = []
        for label, (span, text) in said.items():
            step = span.duration / len(text.split())
            times = [span.start + step * n for n in range(len(text.split()))]
            words = tuple(Word(word, at, at + 0.9 * step, 0.9) for word, at in zip(text.split(), times, strict=True))
            segments.append(Segment(label, span, words))
        segments.sort(key=lambda segment: segment.interval.start)
        return replace(call, transcript=Transcript(tuple(segments), "known"))

    monkeypatch.setattr("coach.app.stages.hearing.Transcribe.one", transcribe)
    monkeypatch.setattr("coach.app.stages.diarizing.open_diarizer", lambda *_args, **_how: Known(said))


def two(texts: tuple[str, str]) -> Said:
    return {"1": (Interval(1.0, 6.0), texts[0]), "2": (Interval(7.0, 12.0), texts[1])}


@pytest.fixture
def mono(tmp_path: Path) -> Path:
    samples, rate = soundfile.read(DEMO, frames=30 * 8000)
    soundfile.write(tmp_path / "mono.wav", samples.mean(axis=1), rate)
    return tmp_path / "mono.wav"


def test_where_it_is_unsure_the_first_line_is_the_command_that_swaps(
    tmp_path: Path, mono: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, two(LITTLE))

    ran = coach("review", mono, cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert "coach review --swap" in ran.stdout.splitlines()[0]
    before = who(tmp_path)
    assert load(tmp_path / "coaching" / "mono.json")["roles"]["confidence"] < 0.7
    coach("review", "--swap", cwd=tmp_path)
    assert who(tmp_path) == [(OTHER[role], start) for role, start in before]


@pytest.mark.parametrize("number", [1, 2])
def test_the_option_goes_before_the_words(
    tmp_path: Path, mono: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    says(monkeypatch, two((AGENT, CUSTOMER)))

    ran = coach("review", mono, "--agent-speaker", number, cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "mono.json")
    assert (review["roles"]["agent"], review["roles"]["source"]) == (str(number), "option")
    assert "had no effect" not in ran.stdout
    assert any("by the words the agent is" in warning for warning in review["warnings"]) == (number == 2)


def test_unattended_and_untold_it_stays_open(tmp_path: Path, mono: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, two(NOTHING))

    ran = coach("review", mono, cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "mono.json")
    assert {turn["role"] for turn in review["turns"]} == {"unknown"}
    (warning,) = (warning for warning in review["warnings"] if warning.startswith("Roles uncertain"))
    assert "--agent-speaker 1 or 2" in warning
    assert "--agent-channel" not in warning
    assert review["measures"]["talk_ratio"]["value"] is None


def test_a_second_agent_counts_as_agent_and_a_machine_as_nobody(
    tmp_path: Path, mono: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = [Interval(start, start + 5.0) for start in (0.5, 6.0, 12.0, 18.0)]
    says(monkeypatch, dict(zip("1234", zip(spans, (MACHINE, AGENT, CUSTOMER, SECOND), strict=True), strict=True)))

    ran = coach("review", mono, cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    review = load(tmp_path / "coaching" / "mono.json")
    assert [turn["role"] for turn in review["turns"]] == ["unknown", "agent", "customer", "agent"]
    assert review["measures"]["talk_ratio"]["value"] == pytest.approx(2 / 3)
    assert review["measures"]["interruptions_by_agent"]["value"] == 0
    shares = [review["measures"][f"talk_share_{role}"]["value"] for role in ("agent", "customer")]
    assert sum(shares) + review["measures"]["silence_ratio"]["value"] == pytest.approx(1.0)


def test_the_report_says_what_one_channel_makes_less_certain(
    tmp_path: Path, mono: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, two((AGENT, CUSTOMER)))

    coach("review", mono, cwd=tmp_path)

    page = (tmp_path / "coaching" / "mono.html").read_text(encoding="utf-8")
    assert "Where both speak at once" in page
    assert "A very short answer" in page
    assert "likely at most" in page
    assert "The two voices are apart (80%)." in page.replace("\u00a0", " ")
    assert load(tmp_path / "coaching" / "mono.json")["told_apart"] == 0.8
