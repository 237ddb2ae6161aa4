"""Try a parser on made inputs: ``python -m tests.fuzz.run transcripts --seconds 600 --seed 1``.

Without a name it lists the parsers. It prints one line of JSON, and ends with 1 when something was found; the
inputs are written to ``--finds``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from tests.fuzz.engine import fuzz, save
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Run one parser's program."""
    reading = argparse.ArgumentParser(description="Try a parser on made inputs.")
    reading.add_argument("target", nargs="?", choices=sorted(TARGETS))
    reading.add_argument("--seconds", type=float, default=600.0)
    reading.add_argument("--seed", type=int, default=1)
    reading.add_argument("--finds", type=Path, default=Path("fuzz-finds"))
    given = reading.parse_args()
    if given.target is None:
        sys.stdout.write("\n".join(sorted(TARGETS)) + "\n")
        return 0
    began = time.monotonic()
    found = fuzz(TARGETS[given.target], given.seconds, given.seed * 1000)
    paths = save(given.target, found.finds, given.finds) if found.finds else []
    told = {
        "target": given.target,
        "seconds": round(time.monotonic() - began),
        "executions": found.executions,
        "taken": found.taken,
        "kept": found.kept,
        "finds": {what: str(path) for what, path in zip(found.finds, paths, strict=True)},
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if found.finds else 0


if __name__ == "__main__":
    sys.exit(main())
