"""Another run of coach, in a process of its own, on this computer or as good as on another."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_HOLDING = """
import sys
from coach.store.store import open_store
with open_store(sys.argv[1], purpose="shift", alone=True):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextlib.contextmanager
def another_run(url: str | Path, home: Path) -> Iterator[subprocess.Popen[str]]:
    """Work with a shift's store in a process of its own while the block runs.

    Args:
        url: Of the store.
        home: Folder of that process's user: it shares none with this one, as if it were another computer's.
    """
    environment = os.environ | {f"XDG_{name}_HOME": str(home / name) for name in ("DATA", "STATE", "CACHE", "CONFIG")}
    command = [sys.executable, "-c", _HOLDING, str(url)]
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert run.stdout is not None
        assert run.stdout.readline() == "held\n"
        yield run
    finally:
        run.kill()
        run.communicate()
