"""Who spoke when, found against true: ``python tests/benchmarks/diarization.py``.

Each diarizer runs in a process of its own, on two cores, with the product's own activity. Errors are in percent of the
true speech, overlap counted. Targets for the bundled one: confusion at most 2 % on the made calls and on
auto-repairs-40, never one speaker where there are two, 12 % error without a collar.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

from coach.conversation import Interval, Timeline, bridge, intersection, union
from tests.benchmarks.diarization_calls import special, two_party
from tests.benchmarks.diarization_inside import CADENCE, ONE_SPEAKER, WHEEL
from tests.benchmarks.diarization_reviews import report as review_lines
from tests.benchmarks.diarization_reviews import reviewed
from tests.benchmarks.diarization_reviews import table as review_table
from tests.benchmarks.diarization_scores import COLLARS, MEASURES, Scored, compare, highest, summed, times_real
from tests.benchmarks.diarization_truth import Recording, made, real
from tests.calls.stems import BRIDGED

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
BUNDLED, PERFECT = "bundled", "perfect"
PLAIN = (BUNDLED, ONE_SPEAKER, PERFECT)
TWO = ("same sex", "different sex")
INSTANT = 10_000  # times real time: nothing was computed
MADE = "made calls of two"
NOTES = {
    WHEEL: f" (moonshine-voice's own call, cadence {CADENCE}: it listens by itself and writes the words down too)",
    ONE_SPEAKER: " (all speech that was heard is one speaker's: what a diarizer must at least beat)",
    PERFECT: " (the true speakers wherever anything was heard: what the activity alone costs)",
}
TITLES = ("DER", "conf.", "missed", "false")


def main() -> None:
    """Make, tell apart, compare and print."""
    options = _options()
    keep = nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory()
    with keep as folder:
        recordings = list(_recordings(options, Path(folder)))
        print(*_heading(recordings), sep="\n")
        results: dict[str, Any] = {}
        for name in _diarizers(options):
            run = _run(ONE_SPEAKER if name == PERFECT else name, recordings)
            said = [run["recordings"][str(recording.path.resolve())] for recording in recordings]
            if name == PERFECT:
                said = [one | {"speech": parted(rec, one["speech"])} for rec, one in zip(recordings, said, strict=True)]
            scored = [score(recording, one) for recording, one in zip(recordings, said, strict=True)]
            print("", *report(name, scored, where=options.where), sep="\n", flush=True)
            results[name] = {"load": run["load"], **table(scored)}
        if options.reviews:
            reviews = reviewed(two_party(options.reviews))
            print("", *review_lines(reviews), sep="\n", flush=True)
            results["reviews"] = review_table(reviews)
        if options.json:
            options.json.write_text(json.dumps(results, indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Who spoke when, found against true.")
    parser.add_argument("--calls", type=int, default=24, help="how many made calls of two (default 24)")
    parser.add_argument(
        "--only", action="append", help="only recordings whose name or group begins so; may be repeated"
    )
    parser.add_argument("--diarizers", help=f"of {','.join((*PLAIN, WHEEL))} (default: all that are installed)")
    parser.add_argument("--pyannote", type=Path, action="append", default=[], help="also a pipeline in this folder")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of real recordings (default ../shared/data)")
    parser.add_argument("--keep", type=Path, help="leave the recordings and their truth in this folder")
    parser.add_argument("--reviews", type=int, default=0, help="also review so many made calls of two, stereo and mono")
    parser.add_argument("--where", action="store_true", help="a line for each made call as well")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    return parser.parse_args()


def _diarizers(options: argparse.Namespace) -> list[str]:
    if options.diarizers:
        chosen = str(options.diarizers).split(",")
    else:
        chosen = [*PLAIN, *([WHEEL] if find_spec("moonshine_voice") else [])]
    return [*chosen, *(str(folder.resolve()) for folder in options.pyannote)]


def _recordings(options: argparse.Namespace, folder: Path) -> Iterator[Recording]:
    found = [*real(options.data / "calls", folder), *made([*two_party(options.calls), *special()], folder)]
    only = tuple(options.only or [""])
    yield from (one for one in found if one.name.startswith(only) or one.group.startswith(only))
    if not (options.data / "calls").is_dir():
        print(f"real recordings: not measured, {options.data / 'calls'} is not on this machine (--data FOLDER says)")


def _heading(recordings: Sequence[Recording]) -> Iterator[str]:
    minutes = sum(recording.duration for recording in recordings) / 60
    yield f"{len(recordings)} recordings, {minutes:.0f} minutes. Percent of true speech, overlap counted, with no"
    yield "collar (left) and with 0.25 s left out on either side of each true boundary (pyannote.metrics' 0.5)."
    yield f"Gaps under {BRIDGED:g} s are bridged in what is said as they are in the truth."


def _run(name: str, recordings: Sequence[Recording]) -> dict[str, Any]:
    """Return what one diarizer says in a new process.

    Raises:
        RuntimeError: It failed.
    """
    with tempfile.TemporaryDirectory() as home:
        result = Path(home, "result.json")
        paths = [str(recording.path.resolve()) for recording in recordings]
        command = [sys.executable, "-m", "tests.benchmarks.diarization_inside", name, *paths, "--result", str(result)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{name} failed: {done.stderr[-2000:]}")
        return dict(json.loads(result.read_text()))


def parted(recording: Recording, speech: Mapping[str, Any]) -> dict[str, list[tuple[float, float]]]:
    """Return the true speakers wherever anybody was heard: what is still missed is the activity's doing."""
    heard = union(*(timeline(spoken) for spoken in speech.values()))
    return {who: [(s.start, s.end) for s in intersection(true, heard)] for who, true in recording.truth.items()}


def timeline(spoken: Sequence[Sequence[float]]) -> Timeline:
    """Return pairs of seconds as intervals."""
    return tuple(Interval(start, end) for start, end in spoken)


def score(recording: Recording, said: Mapping[str, Any]) -> Scored:
    """Return how far what a diarizer said of a recording is from the truth."""
    speech = {who: bridge(timeline(spoken), BRIDGED) for who, spoken in said["speech"].items()}
    seconds = float(said["seconds"])
    errors = {collar: compare(recording.truth, speech, seconds, collar) for collar in COLLARS}
    took = {name: said[name] for name in ("wall", "cpu", "waited", "peak_mb", "before_mb")}
    true, found = (sum(map(bool, who.values())) for who in (recording.truth, speech))
    return Scored(recording.name, recording.group, true, found, errors, seconds, took, tuple(said["warnings"]))


def table(scored: Sequence[Scored]) -> dict[str, Any]:
    """Return the figures as plain values."""
    return {
        "groups": {
            name: {f"collar {collar:g}": summed(group, collar).rates for collar in COLLARS}
            for name, group in grouped(scored)
        },
        "times_real": {measure: times_real(scored, measure) for measure in MEASURES},
        "peak_mb": highest(scored),
        "recordings": {one.name: one.as_dict() for one in scored},
    }


def grouped(scored: Sequence[Scored]) -> Iterator[tuple[str, list[Scored]]]:
    """Yield the recordings of each group, in their order, and all made calls of two together."""
    order = list(dict.fromkeys(one.group for one in scored))
    for name, group in groupby(sorted(scored, key=lambda one: order.index(one.group)), key=lambda one: one.group):
        yield name, list(group)
    both = [one for one in scored if one.group in TWO]
    if both:
        yield MADE, both


def report(name: str, scored: Sequence[Scored], *, where: bool) -> Iterator[str]:
    """Yield the lines to print of one diarizer."""
    yield f"{name}{NOTES.get(name, '')}"
    head = "".join(f"{title:>8}" for _ in COLLARS for title in TITLES)
    yield f"  {'':34}{head}  found  x real time"
    for group, some in grouped(scored):
        if group != MADE and (where or group not in TWO or len(some) == 1):
            yield from (_row(one.name, [one]) for one in some)
        if len(some) > 1:
            yield _row(f"= {group}", some)
    if name not in (ONE_SPEAKER, PERFECT):
        yield _cost(scored)
    lost = [one.name for one in scored if one.found < one.true]
    if lost:
        yield "  fewer speakers than there are: " + ", ".join(lost)


def _cost(scored: Sequence[Scored]) -> str:
    clock, cores, alone = (_times(times_real(scored, measure)) for measure in MEASURES)
    peak = highest(scored)
    memory = "memory not counted here" if peak is None else f"at most {peak:.0f} MB, imports and all"
    return f"  {clock} x real time by the clock, {alone} with the cores free, {cores} by their seconds; {memory}"


def _row(title: str, some: Sequence[Scored]) -> str:
    figures = "".join(f"{value:8.1f}" for collar in COLLARS for value in summed(some, collar).rates.values())
    found = f"{some[0].found}/{some[0].true}" if len(some) == 1 else ""
    return f"  {title:34}{figures}{found:>7}{_times(times_real(some)):>13}"


def _times(value: float | None) -> str:
    return "–" if value is None or value > INSTANT else f"{value:.1f}"


if __name__ == "__main__":
    main()
