"""What the shell adds: closed and full streams, readers that leave early, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COACH = f"{sys.executable} -m coach"

needs_posix = pytest.mark.skipif(os.name != "posix", reason="a POSIX shell closes streams")
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full exists on Linux alone")


@pytest.fixture
def words(tmp_path: Path) -> Path:
    said = [
        ("agent", "Thank you for calling how can I help you"),
        ("customer", "my bill went up and I do not know why"),
    ]
    segments = [
        {"speaker": who, "words": [{"word": w, "start": 5 * n + 0.3 * k, "end": 5 * n + 0.3 * k + 0.25, "score": 0.9}
                                   for k, w in enumerate(text.split())]}
        for n, (who, text) in enumerate(said)
    ]  # fmt: skip
    path = tmp_path / "words.json"
    path.write_text(json.dumps({"segments": segments}), encoding="utf-8")
    return path


def shell(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, cwd=cwd, check=False, timeout=120
    )


@needs_posix
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_do_no_harm(tmp_path: Path, words: Path, closed: str) -> None:
    ran = shell(f"{COACH} review --transcript {words} {closed}", tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert "coach.review/1" in (tmp_path / "coaching" / "words.json").read_text(encoding="utf-8")
    assert bool(ran.stdout) == (">&-" not in closed.replace("2>&-", ""))


@needs_posix
@pytest.mark.parametrize(
    "command", ["review --help", "config show", "review a.wav b.wav c.wav --json", "review a.wav b.wav c.wav 2>&1"]
)
def test_a_reader_that_leaves_early_is_no_fault(tmp_path: Path, command: str) -> None:
    ran = shell(f"{COACH} {command} | true", tmp_path)

    assert "Traceback" not in ran.stderr
    assert "unforeseen" not in ran.stderr
    assert "Broken" not in ran.stderr
    assert ran.returncode == (4 if "a.wav" in command else 0)  # as if it had been read


@needs_full
@pytest.mark.parametrize("command", ["config show", "review --help"])
def test_output_that_cannot_be_written_is_said_to_be(tmp_path: Path, command: str) -> None:
    ran = shell(f"{COACH} {command} > /dev/full", tmp_path)

    assert ran.returncode == 74
    assert "cannot be written" in ran.stderr


@needs_full
def test_talk_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    assert shell(f"{COACH} review a.wav 2> /dev/full", tmp_path).returncode == 4


@needs_posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_from_outside_it_leaves_nothing_half_done(tmp_path: Path, words: Path, number: signal.Signals) -> None:
    stopping = (
        "import os, sys\nfrom pathlib import Path\nfrom coach.cli import main\n"
        f"Path.replace = lambda self, target: os.kill(os.getpid(), {number.value})\n"
        "main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", stopping, "review", "--transcript", str(words)],
        capture_output=True, text=True, cwd=tmp_path, check=False, timeout=120,
    )  # fmt: skip

    assert ran.returncode == 130
    assert "stopped" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert list((tmp_path / "coaching").iterdir()) == []
