"""Ways to hear a made call: by the whole product, by its parts on some of the truth, by its rules on all of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from coach.conversation import Conversation, Party, Review, Timeline, converse
from coach.speech.activity import detect
from coach.speech.decoding.decoder import decode
from coach.speech.silero import Silero
from tests.benchmarks.scores import SIDES, Found, Onset, bridged
from tests.calls.compose import ComposedCall

NAMES = {"interruption_attempt": "attempt"}
ONSETS = ("interruption", "interruption_attempt", "backchannel", "cooperative", "came_in_early")

Hearing = Callable[[ComposedCall], tuple[Found, dict[str, str]]]
"""Returns what was found in a made call, and each party's words where a recogniser heard them."""
Reviewing = Callable[[Path, str | None], Review]
"""Returns the review of a recording whose agent is on the named channel."""


def oracle(call: ComposedCall) -> tuple[Found, dict[str, str]]:
    """Return what the rules find when speech and words are the true ones: rule errors alone."""
    parties = [Party(side, side, call.truth.speech[side], call.truth.words[side]) for side in SIDES]
    return _ruled(converse(parties, call.duration, "channels")), {}


@contextmanager
def without_words() -> Iterator[Hearing]:
    """Hear the speech and take the true words: what is left when no recogniser errs."""
    with Silero() as silero, tempfile.TemporaryDirectory() as folder:

        def hear(call: ComposedCall) -> tuple[Found, dict[str, str]]:
            recording = Path(folder, f"{call.seed}.wav")
            call.write(recording)
            with decode(recording, folder=Path(folder)) as sound:
                found = detect(sound.lanes, silero)
                parties = [
                    Party(side, side, lane.speech, call.truth.words[side])
                    for side, lane in zip(SIDES, found, strict=True)
                ]
                return _ruled(converse(parties, sound.duration, "channels")), {}

        yield hear


@contextmanager
def product(transcriber: str | None = None) -> Iterator[Reviewing]:
    """Review recordings as ``coach review`` does, with one loading of its models."""
    from coach.app.item import Request  # noqa: PLC0415  (the rules alone are tried without the product)
    from coach.app.review import open_pipeline, review_all  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        flags = {"out": folder, "formats": ("json",)} | ({"transcriber": transcriber} if transcriber else {})
        pipeline = open_pipeline(flags)

        def review(recording: Path, agent_channel: str | None) -> Review:
            (outcome,) = review_all([Request(recording=recording, agent_channel=agent_channel)], pipeline, force=True)
            if outcome.review is None:
                raise RuntimeError(f"{recording.name}: {outcome.failure}")
            return outcome.review

        yield review


def by(review: Reviewing) -> Hearing:
    """Return the product as a way to hear made calls."""

    def hear(call: ComposedCall) -> tuple[Found, dict[str, str]]:
        with tempfile.TemporaryDirectory() as folder:
            recording = Path(folder, f"made-{call.seed}.wav")
            call.write(recording)
            reviewed = review(recording, "left")
        moments = tuple(
            Onset(NAMES.get(m.kind, m.kind), m.role, m.start, m.confidence) for m in reviewed.findings.of(*ONSETS)
        )
        return Found(_speech(reviewed.conversation), moments), words(reviewed.conversation)

    return hear


def words(conversation: Conversation) -> dict[str, str]:
    """Return what each party said, in one line."""
    return {party.role: " ".join(word.text for word in party.words) for party in conversation.parties}


def _ruled(conversation: Conversation) -> Found:
    moments = (Onset(NAMES.get(e.kind, e.kind), e.role, e.onset, e.confidence) for e in conversation.floor)
    return Found(_speech(conversation), tuple(moments))


def _speech(conversation: Conversation) -> dict[str, Timeline]:
    speech: dict[str, Timeline] = dict.fromkeys(SIDES, ())
    return speech | {party.role: bridged(party.speech) for party in conversation.parties}
