"""What is private leaves words and sound, and the sound is heard again to see whether it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coach.app.item import Call, Lane
from coach.app.labels import plain_labels
from coach.app.recipe import Need
from coach.app.stages.base import Stage
from coach.app.stages.hearing import Transcribe
from coach.conversation import Timeline, Transcript, complement, intersection, union
from coach.privacy.mask import Masked, MaskedSpan, mask
from coach.privacy.second import around, finds, muted, widened
from coach.privacy.sound import Silenced, spans_to_silence

UNCHECKED = (
    "The sound is silent where the transcript holds something private. Nobody heard it again to see whether that is "
    "all, for the words came from the transcript; without --transcript that is done."
)
STILL_HEARD = (
    "Something private ({kinds}) could still be heard at {places} after masking, so the whole turn is silent there "
    "and its words are left out."
)


class Mask(Stage):
    """Card numbers, passwords, addresses and the like leave words and sound, before anything is kept.

    Args:
        transcribe: Hears the silenced sound again.
    """

    name = "mask"
    version = 3
    need = Need(frozenset({"words"}), frozenset({"masked words"}))

    def __init__(self, transcribe: Transcribe) -> None:
        self._transcribe = transcribe

    def one(self, call: Call) -> Call:
        """Return the call with masked words, and where its sound must be silent."""
        if call.transcript is None:
            return replace(call, masked={})
        transcript, imported = call.transcript, call.imported
        if imported is not None:
            transcript, imported = plain_labels(transcript, imported, call.settings.masked)
        clean = _Clean(mask(transcript, call.settings.masked), ())
        clean = replace(clean, silenced=_silences(call, clean.masked))
        if clean.silenced and call.lanes:
            clean = self._heard_again(call, transcript, clean) if imported is None else clean.warned(UNCHECKED)
        return replace(
            call,
            transcript=clean.masked.transcript,
            imported=imported,
            masked=dict(clean.masked.counts),
            silenced=clean.silenced,
            warnings=(*call.warnings, *clean.warnings),
        )

    def _heard_again(self, call: Call, first: Transcript, clean: _Clean) -> _Clean:
        """Return what is silent and masked after the silenced sound was heard again, twice where need be."""
        left = self._left(call, first, clean)
        if not left:
            return clean
        wider = widened(clean.masked, left)
        clean = replace(clean, masked=wider, silenced=union(clean.silenced, _silences(call, wider)))
        left = self._left(call, first, clean)
        if not left:
            return clean
        mute, turns = muted(clean.masked, left)
        silenced = union(clean.silenced, _silences(call, mute), turns)
        return replace(clean, masked=mute, silenced=silenced).warned(_still_heard(left))

    def _left(self, call: Call, first: Transcript, clean: _Clean) -> Sequence[MaskedSpan]:
        window = around(clean.silenced, duration=call.duration)
        beside = tuple(part for one in window for part in complement(clean.silenced, one))
        lanes = [_within(lane, beside, clean.silenced) for lane in call.lanes]
        heard = self._transcribe.hear([lane for lane in lanes if lane.activity.likely], call.duration)
        return finds(first, heard, clean.silenced, duration=call.duration, kinds=call.settings.masked)


@dataclass(frozen=True, slots=True)
class _Clean:
    """What is masked and silent so far, and what to warn of."""

    masked: Masked
    silenced: Timeline
    warnings: tuple[str, ...] = ()

    def warned(self, warning: str) -> _Clean:
        return replace(self, warnings=(*self.warnings, warning))


def _silences(call: Call, masked: Masked) -> Timeline:
    return spans_to_silence(masked, duration=call.duration, payments="card" in call.settings.masked)


def _within(lane: Lane, beside: Timeline, silenced: Timeline) -> Lane:
    """Return a lane as it will be written, with speech only where it is heard again."""
    activity = replace(
        lane.activity,
        speech=intersection(lane.activity.speech, beside),
        likely=intersection(lane.activity.likely, beside),
    )
    return replace(lane, samples=Silenced(lane.samples, silenced), activity=activity)


def _still_heard(left: Sequence[MaskedSpan]) -> str:
    places = dict.fromkeys(f"{int(span.interval.start) // 60}:{int(span.interval.start) % 60:02d}" for span in left)
    return STILL_HEARD.format(kinds=", ".join(sorted({span.kind for span in left})), places=", ".join(places))
