"""Sound in hand leaves nothing behind: not after a kill, and not a day later."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coach.app import working
from coach.app.doctor.places import abandoned

HOLD = """
import sys, time
from pathlib import Path
from coach.app.working import nameless
with nameless(Path(sys.argv[1]), "take.webm", lambda file: file.write(b"quuxzanzibar" * 9)) as path:
    print(path.read_bytes()[:12].decode(), flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux gives nameless files a path")
def test_killed_with_sound_in_hand_no_byte_of_it_stays(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "quuxzanzibar\n"  # it could be read by its path
        child.send_signal(signal.SIGKILL)
    left = [path for path in tmp_path.rglob("*") if not path.is_dir() or path.is_symlink()]
    assert [path.readlink().parent for path in left] == [Path("/proc/self/fd")]  # a name that leads nowhere


def test_what_is_written_can_be_read_where_no_path_leads_to_a_nameless_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "_LINKS", tmp_path / "none")
    with working.nameless(tmp_path, "a.wav", lambda file: file.write(b"sound")) as path:
        assert path.read_bytes() == b"sound"
        assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


def test_a_killed_runs_folder_is_told_of_after_an_hour_and_swept_after_a_day(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    left = tmp_path / f"{working.PREFIX}abc"
    left.mkdir()
    (left / "take.webm").write_bytes(b"sound")
    working.sweep(tmp_path)
    assert abandoned("working files", tmp_path).state == "well"
    _aged(left, 2)
    _aged(mine, 200)
    working.sweep(tmp_path)
    assert left.is_dir()
    assert abandoned("working files", tmp_path).state == "mind"
    _aged(left, 25)
    working.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [mine]


def _aged(path: Path, hours: float) -> None:
    then = time.time() - hours * 3600
    os.utime(path, (then, then))
