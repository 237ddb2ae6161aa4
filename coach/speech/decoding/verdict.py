"""How well a recording was decoded, in sentences for the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coach.conversation import RecordingError
from coach.speech.decoding.probe import Probe
from coach.speech.decoding.track import Track

_SHARE = 0.02
"""Share of a recording that may be missing or damaged before it counts as partial."""

_SLACK = 0.25
"""Seconds that codecs lose at the ends of a recording."""

_NOTABLE = 0.5
"""Seconds of silence in place of missing sound that are worth a word."""


_HOPELESS = 0.9
"""Share of pieces that cannot be decoded from which on what was is chance: of an encrypted file now and then one is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether much is missing, and what to tell."""

    partial: bool
    warnings: tuple[str, ...]


def judge(tracks: Sequence[Track], found: Probe, name: str, *, length: float, broken: bool) -> Verdict:
    """Return how well a recording was decoded.

    Args:
        tracks: Its streams, after decoding.
        found: What its header said.
        name: What messages call it.
        length: Seconds that were decoded.
        broken: Whether reading stopped before the end.

    Raises:
        RecordingError: There is no sound at all, or next to none that can be decoded.
    """
    packets, bad = sum(t.packets for t in tracks), sum(t.bad for t in tracks)
    if not length or bad > _HOPELESS * packets:
        raise RecordingError(f"{name}: {_nothing(packets, bad)}")
    silence = max(track.clock.silence for track in tracks)
    partial, warnings = broken, []
    missing = (found.declared or 0.0) - length
    if missing > max(_SHARE * (found.declared or 0.0), _SLACK):
        partial = True
        warnings.append(
            f"The recording is cut: its header promises {found.declared:.1f} s and {length:.1f} s are there. "
            "Only these were reviewed."
        )
    elif broken:
        warnings.append(f"The recording could be read for {length:.1f} s only; what follows is damaged.")
    if bad > 1 and (bad > _SHARE * packets or silence > _SHARE * length):
        partial = True
        warnings.append(f"{bad} of {packets} pieces of the recording are damaged and silent here: much is missing.")
    elif bad:
        warnings.append(f"{bad} of {packets} pieces of the recording are damaged and silent here.")
    return Verdict(partial, (*warnings, *_notes(tracks, silence)))


def _notes(tracks: Sequence[Track], silence: float) -> list[str]:
    """Return sentences on what was mended without loss that matters."""
    notes = []
    if silence > _NOTABLE:
        gaps = sum(track.clock.gaps for track in tracks)
        notes.append(f"The recorder left out {silence:.1f} s in {gaps} places; they are silent here.")
    if any(track.clock.resets for track in tracks):
        notes.append("The recording's time stamps jump; its pieces were joined as they come.")
    if wrong := sum(track.not_numbers for track in tracks):
        notes.append(f"{wrong} samples of the recording were not numbers; they are silent here.")
    if any(track.refitted for track in tracks):
        notes.append("The number of channels changes within the recording.")
    ends = [track.clock.position + (track.clock.origin or 0.0) for track in tracks]
    if max(ends) - min(ends) > 2.0:
        notes.append(f"One track ends {max(ends) - min(ends):.1f} s before the other; it is silent from there.")
    return notes


def _nothing(packets: int, bad: int) -> str:
    if packets and bad > _HOPELESS * packets:
        return (
            f"{bad} of its {packets} pieces of sound cannot be decoded: it is locked (DRM) or damaged. "
            "Export an unlocked copy from the phone system."
        )
    return "holds no sound (0 s): the recorder wrote a header and nothing after it. Fetch it again."
