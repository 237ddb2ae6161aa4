"""How long a review takes and how much memory: ``python tests/benchmarks/review.py``.

Each measurement runs in a process of its own, on two cores, in turn with what it is compared to; what is printed
are medians. A machine that others use makes everything slower: beside the seconds by the clock stand the seconds
of the cores, and an estimate of the clock had no thread waited for a core.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.review_made import HIGH_BILL, lengthened
from tests.benchmarks.review_runs import Figures, command, helps, inside, median

FAST = 20.0
"""Times real time that a whole stereo review should reach on two cores."""
FASTER = 4.0
"""Times the speed of the same weights in their own library's call."""
AROUND = 0.25
"""Most that everything but the recogniser may take of a review."""
MOST_MEMORY = 900.0
"""MB for a call of four hours."""
MOST_GROWTH = 200.0
"""MB that it may take over a call of four minutes."""

CALLS = Path(__file__).parents[2].parent / "shared" / "data" / "calls"
REAL = "auto-repairs-40"
SHORT = 4 / 60
HELPS = 7


def main() -> None:
    """Measure and print."""
    options = _options()
    found: dict[str, object] = {}
    print(f"Medians of {options.runs}, each in a new process on two cores; seconds by the clock of this machine.")
    for title, recordings in _calls(options.calls):
        found[title] = _speed(title, recordings, options.runs)
    ours, bare = helps(max(options.runs, HELPS))
    found["help"] = {"coach": ours, "bare typer app": bare}
    print(f"\ncoach --help: {ours:.2f} s, {ours / bare:.2f} x a bare typer app's ({bare:.2f} s)")
    found["memory"] = _memory([SHORT] if options.skip_long else [SHORT, options.hours])
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How long a review takes and how much memory.")
    parser.add_argument("--runs", type=int, default=3, help="of each measurement of speed (default 3)")
    parser.add_argument("--calls", type=Path, default=CALLS, help="folder of real calls (default ../shared/data/calls)")
    parser.add_argument("--hours", type=float, default=4.0, help="length of the long call (default 4)")
    parser.add_argument("--skip-long", action="store_true", help="leave the long call out")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    return parser.parse_args()


def _calls(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    yield "made call", [HIGH_BILL]
    real = [folder / REAL / name for name in ("agent.wav", "caller.wav")]
    if all(path.is_file() for path in real):
        yield REAL, real
    else:
        print(f"\n{REAL}: not measured, {folder / REAL} is not on this machine (--calls FOLDER says where)")


@dataclass(frozen=True)
class Speed:
    """Figures of one recording.

    Attributes:
        whole: Seconds of the whole command, models and all.
        ours: Of the review alone.
        library: Of the same lanes in the library's own call; ``None`` where it is not installed.
    """

    whole: float
    ours: Figures
    library: Figures | None


def _speed(title: str, recordings: Sequence[Path], runs: int) -> Figures:
    wholes, ours, theirs = [], [], []
    for run in range(runs):
        _note(f"{title}: run {run + 1} of {runs}")
        ours.append(inside("review", recordings))
        if find_spec("moonshine_voice") is not None:
            theirs.append(inside("library", recordings))
        wholes.append({"seconds": command(recordings)})
    speed = Speed(median(wholes)["seconds"], median(ours), median(theirs) if theirs else None)
    print("", *_speed_lines(title, speed), sep="\n")
    return {"command": speed.whole, "review": speed.ours, "library": speed.library}


def _speed_lines(title: str, speed: Speed) -> Iterator[str]:
    ours, duration = speed.ours, speed.ours["duration"]
    yield f"{title}, {duration:.0f} s, {ours['words']} words heard by {ours['engine']}"
    titles = ("seconds", "x real time", "of the cores", "cores free", "x real time", "MB")
    yield "  {:12}{:>9}{:>13}{:>14}{:>12}{:>13}{:>7}".format("", *titles)
    for name, stage in ours["stages"].items():
        yield _row(name, stage, duration)
    yield _row("review", _summed(ours), duration) + f"   (target {FAST:g} x)"
    yield f"  models loaded in {ours['load']:.2f} s, code in {ours['import']:.2f} s"
    yield f"  the whole command, models and all: {speed.whole:.2f} s, {duration / speed.whole:.1f} x real time"
    yield _around_line(ours["stages"])
    yield _library_line(ours, speed.library)


def _row(name: str, span: Mapping[str, float | None], duration: float) -> str:
    wall, cpu, free, peak = span["wall"] or 0.0, span["cpu"] or 0.0, _free(span), span.get("peak_mb")
    memory = "–" if peak is None else f"{peak:.0f}"
    speeds = (f"{duration / seconds:.0f}" if seconds > 0.01 else "" for seconds in (wall, free))
    return f"  {name:12}{wall:9.2f}{next(speeds):>13}{cpu:14.2f}{free:12.2f}{next(speeds):>13}{memory:>7}"


def _free(span: Mapping[str, float | None]) -> float:
    """Return the seconds by the clock that a span would have taken had no thread waited for a core.

    Threads that work side by side wait side by side: the clock is shortened by the share that they waited.
    """
    wall, cpu, waited = (span[name] or 0.0 for name in ("wall", "cpu", "waited"))
    return wall * cpu / (cpu + waited) if cpu + waited else wall


def _summed(ours: Figures) -> dict[str, float | None]:
    """Return the review as one span whose cores are free where each stage's are."""
    free = sum(_free(stage) for stage in ours["stages"].values())
    wall, cpu = ours["wall"], ours["cpu"]
    return {"wall": wall, "cpu": cpu, "waited": max(wall * cpu / free - cpu, 0.0), "peak_mb": ours["peak_mb"]}


def _around_line(stages: Mapping[str, Mapping[str, float]]) -> str:
    def share(measure: Callable[[Mapping[str, float]], float]) -> str:
        whole = sum(measure(stage) for stage in stages.values())
        return f"{1 - measure(stages['transcribe']) / whole:.0%}"

    return (
        f"  everything but the recogniser: {share(lambda s: s['wall'])} of the review by the clock, "
        f"{share(lambda s: s['cpu'])} of the cores' seconds, {share(_free)} with the cores free "
        f"(target under {AROUND:.0%})"
    )


def _library_line(ours: Figures, library: Figures | None) -> str:
    if library is None:
        return "  the library's own call: not measured, moonshine-voice is not installed"
    clock, cores = library["wall"] / ours["wall"], library["cpu"] / ours["cpu"]
    return (
        f"  the same weights in moonshine_voice's own call on the same lanes: {library['wall']:.2f} s, "
        f"{library['duration'] / library['wall']:.1f} x real time, {library['words']} words; the whole review is "
        f"{clock:.1f} x as fast by the clock, {cores:.1f} x by the cores' seconds (target {FASTER:g} x)"
    )


def _memory(hours: Sequence[float]) -> list[Figures]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for length in hours:
            _note(f"memory: {_length(length)}")
            recording = Path(folder, "made.wav")
            lengthened(HIGH_BILL, recording, length * 3600)
            found.append(inside("review", [recording]))
    print("\nmemory, at its highest (MB of 10⁶ bytes; a stage's own)")
    if any(figures["peak_mb"] is None for figures in found):
        print("  not measured: nothing on this system counts it (/proc/self/status)")
        return found
    for length, figures in zip(hours, found, strict=True):
        print(*_memory_lines(length, figures), sep="\n")
    if len(found) > 1:
        more = found[1]["peak_mb"] - found[0]["peak_mb"]
        print(f"  {_length(hours[1])} over {_length(hours[0])}: {more:+.0f} MB (target at most {MOST_GROWTH:g})")
    return found


def _memory_lines(length: float, figures: Figures) -> Iterator[str]:
    target = f" (target under {MOST_MEMORY:g} for 4 hours)" if length > SHORT else ""
    yield f"  {_length(length)}, {figures['words']} words: {figures['peak_mb']:.0f} MB{target}"
    yield "    " + ", ".join(f"{name} {stage['peak_mb']:.0f}" for name, stage in figures["stages"].items())
    if length > SHORT:
        yield "    " + ", ".join(f"{name} {stage['wall']:.1f} s" for name, stage in figures["stages"].items())
        yield f"    {figures['wall']:.0f} s by the clock, {figures['duration'] / figures['wall']:.1f} x real time"


def _length(hours: float) -> str:
    count, unit = (hours, "hour") if hours >= 1 else (hours * 60, "minute")
    return f"{count:g} {unit}" + "s" * (count != 1)


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
