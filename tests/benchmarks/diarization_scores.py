"""How far what a diarizer says is from the truth, by pyannote.metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyannote.core import Annotation, Segment
from pyannote.core import Timeline as Extent
from pyannote.metrics.diarization import DiarizationErrorRate

from coach.conversation import Timeline
from tests.benchmarks.review import _free

COLLARS = (0.0, 0.25)
"""Seconds on either side of each true boundary that are left out, as NIST counts them. ``pyannote.metrics`` takes the
whole width, which is twice that."""
MEASURES = ("wall", "cpu", "free")
"""Seconds by the clock, of the cores, and by the clock had no thread waited for a core."""
PARTS = ("confusion", "missed detection", "false alarm")


@dataclass(frozen=True, slots=True)
class Errors:
    """Seconds that a diarizer got wrong; simultaneous speech counts once for each who speaks.

    Attributes:
        speech: Seconds of true speech that were looked at.
        confusion: Given to the wrong speaker.
        missed: Given to nobody.
        false: Given to somebody while nobody, or one fewer, speaks.
    """

    speech: float = 0.0
    confusion: float = 0.0
    missed: float = 0.0
    false: float = 0.0

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            self.speech + other.speech,
            self.confusion + other.confusion,
            self.missed + other.missed,
            self.false + other.false,
        )

    def share(self, seconds: float) -> float:
        """Return seconds as a share of the true speech, in percent."""
        return 100 * seconds / self.speech if self.speech else 0.0

    @property
    def rates(self) -> dict[str, float]:
        """Diarization error and its parts, in percent of the true speech."""
        parts = {"confusion": self.confusion, "missed": self.missed, "false": self.false}
        return {"der": self.share(sum(parts.values())), **{name: self.share(s) for name, s in parts.items()}}


@dataclass(frozen=True, slots=True)
class Scored:
    """One recording under one diarizer.

    Attributes:
        name: The recording's.
        group: Under which it is summed up.
        true: How many speak.
        found: How many were heard to.
        errors: By collar.
        seconds: Length of the recording.
        took: What telling apart took: ``wall``, ``cpu``, ``waited``, ``peak_mb``, ``before_mb``.
        also: What it is summed up under besides its group.
        voices: Errors against each voice by itself, where one side has several.
        warnings: What the diarizer said about it.
    """

    name: str
    group: str
    true: int
    found: int
    errors: Mapping[float, Errors]
    seconds: float
    took: Mapping[str, float | None]
    also: tuple[str, ...] = ()
    voices: Mapping[float, Errors] | None = None
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the figures as plain values."""
        return {
            "group": self.group,
            "also": list(self.also),
            "speakers": {"true": self.true, "found": self.found},
            **{f"collar {collar:g}": errors.rates for collar, errors in self.errors.items()},
            **{f"each voice, collar {collar:g}": errors.rates for collar, errors in (self.voices or {}).items()},
            "speech": self.errors[0.0].speech,
            "seconds": self.seconds,
            "took": dict(self.took),
            "warnings": list(self.warnings),
        }


def compare(truth: Mapping[str, Timeline], found: Mapping[str, Timeline], seconds: float, collar: float) -> Errors:
    """Return what a diarizer got wrong, its labels matched to the true ones in the best way.

    Args:
        truth: Who really speaks when.
        found: Who is said to, under any names.
        seconds: Length of the recording; all of it is looked at.
        collar: Seconds on either side of each true boundary that are left out.
    """
    metric = DiarizationErrorRate(collar=2 * collar, skip_overlap=False)
    parts = metric.compute_components(annotation(truth), annotation(found), uem=Extent([Segment(0, seconds)]))
    return Errors(float(parts["total"]), *(float(parts[part]) for part in PARTS))


def annotation(spoken: Mapping[str, Timeline]) -> Annotation:
    """Return who spoke when as ``pyannote.metrics`` takes it."""
    made = Annotation()
    for who, speech in spoken.items():
        for number, interval in enumerate(speech):
            made[Segment(interval.start, interval.end), f"{who} {number}"] = who
    return made


def summed(errors: Iterable[Errors]) -> Errors:
    """Return the errors of several recordings together: each counts by how much is said in it."""
    return sum(errors, Errors())


def times_real(scored: Sequence[Scored], measure: str = "wall") -> float | None:
    """Return how many seconds of sound a second was enough for, by one of ``MEASURES``."""
    return speed([(one.seconds, one.took) for one in scored], measure)


def speed(spans: Iterable[tuple[float, Mapping[str, float | None]]], measure: str) -> float | None:
    """Return how many seconds of sound a second was enough for.

    Args:
        spans: Seconds of sound, and what they took: ``wall``, ``cpu``, ``waited``.
        measure: One of ``MEASURES``.
    """
    pairs = [(seconds, _free(took) if measure == "free" else took[measure] or 0.0) for seconds, took in spans]
    spent = sum(second for _, second in pairs)
    return sum(seconds for seconds, _ in pairs) / spent if spent else None


def highest(scored: Iterable[Scored]) -> float | None:
    """Return the most memory that any of them took, in MB."""
    return max((peak for one in scored if (peak := one.took["peak_mb"]) is not None), default=None)
