"""Nights as the computer runs them: processes of their own, two at a time, and by the line that cron is given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import coach
from nights import make_call, write_night

from coach.store.store import open_store


@pytest.mark.engine
def test_of_two_nights_at_once_one_works_and_the_other_says_so_and_nothing_is_lost(tmp_path: Path) -> None:
    for seed in range(4):
        make_call(tmp_path / "inbox" / f"call-{seed}.wav", seed, 2.0)
    recipe = write_night(tmp_path, jobs=1)
    command = [sys.executable, "-m", "coach", "nightly", str(recipe), "--quiet"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path) for _ in range(2)]
    said = [night.communicate(timeout=120)[1] for night in both]
    codes = [night.returncode for night in both]
    assert sorted(codes) == [0, 75], said
    assert "Another run of coach is at work" in " ".join(said[codes.index(75)].split())
    with open_store(str(tmp_path / "shift.sqlite"), purpose="shift") as store:
        assert len(store.calls()) == 4
        assert {(attempt.state, attempt.attempts) for attempt in store.attempts()} == {("done", 1)}
    assert len(list((tmp_path / "out").glob("night-*.md"))) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="cron is where a shell is: run this on Linux or macOS")
def test_the_line_for_cron_runs_the_night(tmp_path: Path) -> None:
    folder = tmp_path / 'the 100 % "mine" & $HOME'
    folder.mkdir()
    recipe = write_night(folder)
    ran = coach("schedule", recipe, "--for", "cron", cwd=tmp_path)
    assert ran.returncode == 0
    (line,) = [row for row in ran.stdout.splitlines() if not row.startswith("#")]
    minute, hour, *_, command = line.split(" ", 5)
    assert (minute, hour) == ("30", "02")
    # cron gives the shell what stands before the first % that is not escaped, with \% as %.
    done = subprocess.run(
        ["/bin/sh", "-c", command.replace(r"\%", "%")],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={name: value for name, value in os.environ.items() if name.startswith("XDG_") or name == "PYTHONPATH"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / "out" / "shift.html").is_file()
