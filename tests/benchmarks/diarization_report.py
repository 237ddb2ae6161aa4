"""What is printed and kept of the errors of one diarizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.benchmarks.diarization_inside import CADENCE, ONE_SPEAKER, WHEEL
from tests.benchmarks.diarization_scores import COLLARS, MEASURES, Errors, Scored, highest, summed, times_real

PERFECT = "perfect"
MADE = "made calls of two"
CONFUSED = 2.0
"""Most confusion that the bundled diarizer should have, in percent."""
WRONG = 12.0
"""Most error without a collar, in percent."""

NOTES = {
    WHEEL: f" (moonshine-voice's own call, cadence {CADENCE}: it listens by itself and writes the words down too)",
    ONE_SPEAKER: " (all speech that was heard is one speaker's: what a diarizer must at least beat)",
    PERFECT: " (the true speakers wherever anything was heard: what the activity alone costs)",
}
TITLES = ("DER", "conf.", "missed", "false")
WIDTH = 34
INSTANT = 10_000  # times real time: nothing was computed


def table(scored: Sequence[Scored]) -> dict[str, Any]:
    """Return the figures as plain values."""
    return {
        "groups": {
            name: {f"collar {collar:g}": summed([one.errors[collar] for one in some]).rates for collar in COLLARS}
            for name, some in grouped(scored)
        },
        "times_real": {measure: times_real(scored, measure) for measure in MEASURES},
        "peak_mb": highest(scored),
        "recordings": {one.name: one.as_dict() for one in scored},
    }


def grouped(scored: Sequence[Scored]) -> Iterator[tuple[str, list[Scored]]]:
    """Yield the recordings of each group, and then of all that they belong to besides."""
    for name in dict.fromkeys(one.group for one in scored):
        yield name, [one for one in scored if one.group == name]
    for name in sorted({name for one in scored for name in one.also}):
        yield name, [one for one in scored if name in one.also]


def report(name: str, scored: Sequence[Scored], *, where: bool) -> Iterator[str]:
    """Yield the lines to print of one diarizer.

    Args:
        name: The diarizer's.
        scored: All recordings under it.
        where: Whether to print a line for each of the made calls that are summed up.
    """
    yield f"{name}{NOTES.get(name, '')}"
    yield f"  {'':{WIDTH}}{''.join(f'{title:>8}' for _ in COLLARS for title in TITLES)}  found  x real time"
    for group, some in grouped(scored):
        named = group == some[0].group
        for one in [one for one in some if named and (where or not one.also or len(some) == 1)]:
            yield _row(one.name, [one])
            if one.voices is not None:
                yield f"  {'  each voice apart':{WIDTH}}{_rates([one.voices])}"
        if len(some) > 1 or not named:
            yield _row(f"= {group}", some)
    if name not in (ONE_SPEAKER, PERFECT):
        yield from _remarks(scored)
        yield _cost(scored)


def _remarks(scored: Sequence[Scored]) -> Iterator[str]:
    rates = {one.name: one.errors[COLLARS[0]].rates for one in scored}
    lists = {
        "fewer speakers than there are": [one.name for one in scored if one.found < one.true],
        "more speakers than there are": [one.name for one in scored if one.found > one.true],
        f"confusion over {CONFUSED:g} %": [one for one, rate in rates.items() if rate["confusion"] > CONFUSED],
        f"error over {WRONG:g} %": [one for one, rate in rates.items() if rate["der"] > WRONG],
    }
    yield from (f"  {title}: {', '.join(names) or 'none'}" for title, names in lists.items())


def _cost(scored: Sequence[Scored]) -> str:
    clock, cores, alone = (_times(times_real(scored, measure)) for measure in MEASURES)
    peak = highest(scored)
    memory = "memory not counted here" if peak is None else f"at most {peak:.0f} MB"
    return f"  {clock} x real time by the clock, {alone} with the cores free, {cores} by their seconds; {memory}"


def _row(title: str, some: Sequence[Scored]) -> str:
    found = f"{some[0].found}/{some[0].true}" if len(some) == 1 else ""
    return f"  {title:{WIDTH}}{_rates([one.errors for one in some])}{found:>7}{_times(times_real(some)):>13}"


def _rates(errors: Sequence[Mapping[float, Errors]]) -> str:
    rates = (summed([one[collar] for one in errors]).rates for collar in COLLARS)
    return "".join(f"{value:8.1f}" for rate in rates for value in rate.values())


def _times(value: float | None) -> str:
    return "–" if value is None or value > INSTANT else f"{value:.1f}"
