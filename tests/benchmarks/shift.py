"""How a shift of calls runs: side by side against one after the other, over time, again, and through Ray.

    python -m tests.benchmarks.shift --calls 200 --block 100        # an hour and more; 24 calls take ten minutes

The calls are made: two voices of the committed pool, one to six minutes, a channel a party. Runs over the same calls
are interleaved in blocks, so that whatever else the machine does falls on all of them; where one is compared with
another, the figure is the ratio of such runs. What it leaves out: real noise, accents and silence move the
recogniser's time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from coach.engines.machine import cores
from tests.benchmarks.shift_calls import LONGEST, make
from tests.benchmarks.shift_runs import Watched, command, differing, engine, other_texts, shift

FASTER = 1.4
"""Times as fast as one `coach review` after the other."""
GROWTH = 0.05
"""Share by which memory in the last quarter of a run may be above that of the second."""
OVERHEAD = 0.15
"""Share by which Ray may take longer than processes."""
AGAIN = 100.0
"""Calls a second in a shift that has been reviewed."""


def main() -> None:
    """Measure and print."""
    options = _options()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="shift-"))
    _apart_from_the_user(folder)
    try:
        calls, seconds = make(folder / "calls", options.calls, longest=options.longest)
        print(
            f"{len(calls)} made calls, {seconds / 60:.0f} minutes, in blocks of {options.block}; {cores()} cores, "
            f"load {os.getloadavg()[0]:.1f} at the start"
        )
        runs = Runs(folder, options)
        for at in range(0, len(calls), options.block):
            runs.block(calls[at : at + options.block])
        runs.tell(seconds)
        runs.again(calls)
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def _apart_from_the_user(folder: Path) -> None:
    """Keep the runs out of the user's own folders and library, of which a shift knows nothing."""
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        os.environ[name] = str(folder / "user" / name)
    os.environ |= {"COACH_LIBRARY": "false", "COACH_TRANSCRIBER": "bundled"}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How a shift of calls runs.")
    parser.add_argument("--calls", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--block", type=int, default=50, help="calls a run (default 50)")
    parser.add_argument("--longest", type=float, default=LONGEST, help="seconds of the longest (default 360)")
    parser.add_argument("--jobs", type=int, help="calls at once (default: what the machine has room for)")
    parser.add_argument(
        "--apart", type=int, default=3, help="calls of each block reviewed by a command each (default 3)"
    )
    parser.add_argument("--skip", default="", help="of command,shift,apart,ray: what to leave out")
    parser.add_argument("--folder", type=Path, help="keep calls and reports there")
    return parser.parse_args()


class Runs:
    """The runs so far, by kind."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self._folder = folder
        self._jobs = options.jobs
        self._apart = options.apart
        self._skip = set(options.skip.split(","))
        if find_spec("ray") is None and "ray" not in self._skip:
            print("Ray: not measured, it is not installed")
            self._skip.add("ray")
        self.runs: dict[str, list[Watched]] = {}
        self._apart_of: list[float] = []

    def out(self, kind: str) -> Path:
        return self._folder / "reports" / kind

    def block(self, calls: Sequence[Path]) -> None:
        """Run every kind over some calls, the order turned round in every second block."""
        kinds = [kind for kind in ("command", "local", "shift", "apart", "ray") if kind not in self._skip]
        for kind in kinds if len(self.runs.get("local", ())) % 2 == 0 else kinds[::-1]:
            print(f"{kind}: {len(calls)} calls", file=sys.stderr, flush=True)
            self.runs.setdefault(kind, []).append(self._run(kind, calls))

    def _run(self, kind: str, calls: Sequence[Path]) -> Watched:
        if kind == "command":
            return command(calls, self.out(kind))
        if kind == "shift":
            return shift(calls, self.out(kind), force=True)
        if kind != "apart":
            return engine(kind, calls, self.out(kind), jobs=self._jobs, force=True)
        single = [command([call], self.out(kind)) for call in calls[: self._apart]]
        together = command(calls[: self._apart], self.out(kind))
        self._apart_of.append(sum(run.seconds for run in single) / together.seconds)
        return Watched(sum(run.seconds for run in single), sum(run.cpu for run in single))

    def tell(self, duration: float) -> None:
        """Print what was found."""
        for kind, runs in self.runs.items():
            if kind != "apart":
                seconds, cpu = sum(run.seconds for run in runs), sum(run.cpu for run in runs)
                number = len(list(self.out(kind).glob("call-*.json")))
                print(
                    f"{kind:8} {seconds:8.1f} s, {3600 * number / seconds:6.0f} calls/hour, "
                    f"{duration / seconds:5.1f} x real time, {cpu:7.1f} s of cores ({cpu / seconds:.2f} busy, "
                    f"{duration / cpu:.1f} x real time each)"
                )
        self._compare()
        self._memory()

    def _compare(self) -> None:
        if "command" in self.runs:
            apart = statistics.median(self._apart_of) if self._apart_of else None
            for kind in ("local", "shift"):
                if kind in self.runs:
                    self._against_one_after_the_other(kind, apart)
        if "ray" in self.runs:
            ratios = self._ratios("ray", "local")
            local = self.runs["local"]
            begun = [ray.said["first"] - own.said["first"] for ray, own in zip(self.runs["ray"], local, strict=True)]
            cpu = sum(run.cpu for run in self.runs["ray"]) / sum(run.cpu for run in local)
            print(
                f"Ray against processes: {statistics.median(ratios) - 1:+.0%} by the clock (at most {OVERHEAD:.0%}; "
                f"the first call {statistics.median(begun):+.1f} s later), {cpu - 1:+.0%} of cores; "
                f"{self._differing('ray')}"
            )

    def _against_one_after_the_other(self, kind: str, apart: float | None) -> None:
        ratios = self._ratios("command", kind)
        ratio = statistics.median(ratios)
        print(
            f"{kind} against one `coach review` of all: {ratio:.2f} x as fast (of the blocks "
            f"{', '.join(f'{r:.2f}' for r in ratios)}); {self._differing('command', kind)}"
        )
        if apart is not None:
            print(
                f"  against a `coach review` for each call: {ratio * apart:.2f} x (target {FASTER:g}; such a command "
                f"takes {apart:.2f} x its share of one for all)"
            )

    def _ratios(self, one: str, two: str) -> list[float]:
        """Return how many times as long one kind of run takes, of each block."""
        return [a.seconds / b.seconds for a, b in zip(self.runs[one], self.runs[two], strict=True)]

    def _differing(self, kind: str, other: str = "local") -> str:
        """Return what differs: of a shift, whose recipe is another, what the reviews say, else any byte of a file."""
        one, two = self.out(other), self.out(kind)
        what, found = (
            ("texts and findings", other_texts(one, two)) if other == "shift" else ("files", differing(one, two))
        )
        return f"{what} that differ: " + (f"{len(found)} ({', '.join(found[:3])})" if found else "none")

    def _memory(self) -> None:
        for kind in ("command", "local", "shift", "ray"):
            for run in self.runs.get(kind, ())[-1:]:
                second, last = (_mean(run, part) for part in (1, 3))
                peak = max(held for _, held in run.memory)
                print(
                    f"memory of {kind}, all processes: {peak / 1e6:.0f} MB at most; last quarter {last / 1e6:.0f} MB, "
                    f"{last / second - 1:+.1%} over the second (at most {GROWTH:.0%})"
                )

    def again(self, calls: Sequence[Path]) -> None:
        """Run over what has been reviewed, twice: at first its files are read, then only looked at."""
        for what in ("files read", "files looked at"):
            run = engine("local", calls, self.out("local"), jobs=self._jobs, force=False)
            rate = run.said["unchanged"] / run.said["seconds"]
            print(
                f"again, {what}: {run.said['unchanged']:.0f} unchanged in {run.said['seconds']:.2f} s, "
                f"{rate:.0f} calls/s (target {AGAIN:g}), {run.seconds:.1f} s with the start"
            )
        for what in () if "shift" in self._skip else ("again", "once more"):
            run = shift(calls, self.out("shift"), force=False)
            print(
                f"`coach shift` {what}, pages and all: {len(calls)} unchanged in {run.seconds:.2f} s with the start, "
                f"{len(calls) / run.seconds:.0f} calls/s ({len(calls) / run.cpu:.0f} by the time of cores)"
            )


def _mean(run: Watched, quarter: int) -> float:
    """Return the mean memory in a quarter of a run, counted from 0."""
    held = [memory for at, memory in run.memory if quarter <= 4 * at / run.seconds < quarter + 1]
    return statistics.fmean(held) if held else float("nan")


if __name__ == "__main__":
    main()
