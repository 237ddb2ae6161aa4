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
from pathlib import Path
from typing import Any

from coach.conversation import Interval, Timeline, bridge, intersection, union
from tests.benchmarks.diarization_calls import TWO, special, two_party
from tests.benchmarks.diarization_inside import ONE_SPEAKER, WHEEL
from tests.benchmarks.diarization_report import MADE, PERFECT, report, table
from tests.benchmarks.diarization_reviews import report as review_lines
from tests.benchmarks.diarization_reviews import reviewed
from tests.benchmarks.diarization_reviews import table as review_table
from tests.benchmarks.diarization_scores import COLLARS, Errors, Scored, compare
from tests.benchmarks.diarization_truth import Recording, made, real
from tests.calls.stems import BRIDGED

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
BUNDLED = "bundled"
PLAIN = (BUNDLED, ONE_SPEAKER, PERFECT)


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
    yield f"Gaps under {BRIDGED:g} s are bridged in what is said as they are in the truth. Speed is of telling apart,"
    yield "without decoding and without hearing when anybody speaks; memory is all that the process holds."


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

    def errors(truth: Mapping[str, Timeline]) -> dict[float, Errors]:
        return {collar: compare(truth, speech, seconds, collar) for collar in COLLARS}

    true, found = (sum(map(bool, who.values())) for who in (recording.truth, speech))
    return Scored(
        recording.name,
        recording.group,
        true,
        found,
        errors(recording.truth),
        seconds,
        {name: said[name] for name in ("wall", "cpu", "waited", "peak_mb", "before_mb")},
        also=_also(recording),
        voices=errors(recording.speakers) if len(recording.speakers) > len(recording.truth) else None,
        warnings=tuple(said["warnings"]),
    )


def _also(recording: Recording) -> tuple[str, ...]:
    if recording.made is None or recording.group not in TWO:
        return ()
    recipe = recording.made.recipe
    return MADE, f"made, {abs(recipe.apart):g} dB apart", f"made, noise {recipe.noise:g} dB below"


if __name__ == "__main__":
    main()
