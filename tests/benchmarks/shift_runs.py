"""One run over a shift's calls in a process of its own, watched from outside; also that process's program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
GLANCE = 0.5
"""Seconds between two looks at a run."""
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Watched:
    """What a run took.

    Attributes:
        seconds: By the clock.
        cpu: Seconds of cores, of all its processes.
        memory: Bytes held by all its processes, shared ones counted once, over time: (seconds, bytes).
        said: What it printed last, read as JSON where it is that.
    """

    seconds: float
    cpu: float
    memory: list[tuple[float, int]] = field(default_factory=list)
    said: dict[str, float] = field(default_factory=dict)


def command(calls: Sequence[Path], out: Path) -> Watched:
    """Review calls with one ``coach review``."""
    return _watch([sys.executable, "-m", "coach", "review", "--quiet", "--force", *_tail(calls, out)])


def engine(name: str, calls: Sequence[Path], out: Path, *, jobs: int | None, force: bool) -> Watched:
    """Review calls through an engine."""
    options = json.dumps({"name": name, "jobs": jobs, "force": force, "out": str(out)})
    return _watch([sys.executable, __file__, options, *map(str, calls)])


def shift(calls: Sequence[Path], out: Path, *, force: bool) -> Watched:
    """Review calls with ``coach shift``, its store and its agreement beside the reports' folder."""
    from tests.nights import POLICY  # noqa: PLC0415  (this file is also the program of runs, which need less)

    agreed = out.with_name("policy.toml")
    agreed.write_text(POLICY, encoding="utf-8")
    store = str(out.with_name("shift.sqlite"))
    options = ["--quiet", "--policy", str(agreed), "--store", store, *(["--force"] if force else [])]
    return _watch([sys.executable, "-m", "coach", "shift", *options, *_tail(calls, out)])


def _tail(calls: Sequence[Path], out: Path) -> list[str]:
    return ["--out", str(out), *map(str, calls)]


def _watch(arguments: Sequence[str]) -> Watched:
    begun = time.monotonic()
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path})
    cpu: dict[int, float] = {}
    memory: list[tuple[float, int]] = []
    while process.poll() is None:
        pids = _tree(process.pid)
        for pid in pids:
            cpu[pid] = max(cpu.get(pid, 0.0), _cpu(pid))
        memory.append((time.monotonic() - begun, sum(map(_held, pids))))
        time.sleep(GLANCE)
    seconds = time.monotonic() - begun
    out = process.stdout.read().strip() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"a run ended with {process.returncode}: {' '.join(arguments)[:200]}")
    said = json.loads(out.splitlines()[-1]) if out.endswith("}") else {}
    return Watched(seconds, sum(cpu.values()), memory, said)


def _tree(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            fields = _stat(int(path.name))
            if fields:
                parents.setdefault(int(fields[1]), []).append(int(path.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def _stat(pid: int) -> list[str]:
    """Return a process's fields after its name: the state, the parent and so on."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _cpu(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICK if fields else 0.0


def _held(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def differing(one: Path, two: Path) -> list[str]:
    """Return the names of calls' files that two folders do not hold alike, but for when a review was made."""
    names = sorted({path.name for folder in (one, two) for path in folder.glob("call-*")})
    return [name for name in names if _content(one / name) != _content(two / name)]


def other_texts(one: Path, two: Path) -> list[str]:
    """Return the names of reviews whose turns, measures or moments are not the same in two folders."""
    names = sorted({path.name for folder in (one, two) for path in folder.glob("call-*.json")})
    return [name for name in names if _said(one / name) != _said(two / name)]


def _said(path: Path) -> object:
    review = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return [review.get(part) for part in ("turns", "speech", "masked", "measures", "moments", "skills")]


def _content(path: Path) -> object:
    if not path.is_file():
        return None
    if path.suffix != ".json":
        return path.read_bytes()
    review = json.loads(path.read_text(encoding="utf-8"))
    review.pop("reviewed_at", None)
    return review


def main() -> None:
    """Review calls through an engine and print what came of them as one line of JSON."""
    from coach.app.batch import plan_jobs, review_batch  # noqa: PLC0415  (workers read this file, not all of that)
    from coach.app.item import Request  # noqa: PLC0415
    from coach.engines.choose import open_engine  # noqa: PLC0415

    options = json.loads(sys.argv[1])
    flags = {"out": options["out"]}
    begun = time.monotonic()
    first, counts = 0.0, dict.fromkeys(("reviewed", "unchanged", "failed", "died"), 0)
    with open_engine(options["name"], jobs=options["jobs"]) as chosen:
        jobs = plan_jobs([Request(recording=Path(path)) for path in sys.argv[2:]], flags)
        for outcome in review_batch(jobs, flags, engine=chosen, force=options["force"]):
            counts[outcome.status] += 1
            first = first or time.monotonic() - begun
    print(json.dumps({**counts, "seconds": time.monotonic() - begun, "first": first}))


if __name__ == "__main__":
    main()
