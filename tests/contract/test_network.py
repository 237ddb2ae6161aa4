"""A review connects to nothing: not from Python, not from native code, and it gathers nothing to send later."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

# What Python does is written down; a socket of the internet's families ends the process, whoever asks for it.
WATCHED = """
import ctypes, json, struct, sys

log, script = open(sys.argv.pop(1), "w"), sys.argv.pop(1)
EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname")

def hook(event, arguments):
    if event in EVENTS:
        log.write(f"{event} {arguments[1:] if event != 'socket.getaddrinfo' else arguments}\\n")
        log.flush()

sys.addaudithook(hook)

machine = json.loads(sys.argv.pop(1))
if machine is not None:
    architecture, number = machine
    # Linux, seccomp(2): kill on socket(AF_INET or AF_INET6), allow all else.
    program = b"".join(struct.pack("HBBI", *line) for line in (
        (0x20, 0, 0, 4), (0x15, 0, 5, architecture),
        (0x20, 0, 0, 0), (0x15, 0, 3, number),
        (0x20, 0, 0, 16), (0x15, 2, 0, 2), (0x15, 1, 0, 10),
        (0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x80000000),
    ))
    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("lines", ctypes.c_char_p)]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(Program(len(program) // 8, program)), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")

exec(script)
"""

DEMO = "from coach.cli import main; main()"
NATIVE = "import ctypes; ctypes.CDLL(None).socket({family}, 1, 0)"

SYSCALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Architecture of the audit interface and number of ``socket`` by machine."""

MACHINE = SYSCALLS.get(platform.machine()) if sys.platform == "linux" and ctypes.sizeof(ctypes.c_void_p) == 8 else None
needs_seccomp = pytest.mark.skipif(MACHINE is None, reason="native code is watched on Linux alone (seccomp)")


@cache
def without_network() -> tuple[str, ...]:
    """Return the command that takes the network away, empty where the machine does not let us."""
    for command in (("unshare", "-rn"), ("unshare", "-n")):
        try:
            if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
                return command
        except OSError:
            pass
    return ()


def watched(tmp_path: Path, script: str, *arguments: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run a script, and return how it ended with what it did on the network."""
    log = tmp_path / "network.log"
    command = [*without_network(), sys.executable, "-c", WATCHED, str(log), script, json.dumps(MACHINE), *arguments]
    folders = {name: str(tmp_path / name) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    # The guard of the other tests would refuse a connection before it is written down here.
    environment = {**os.environ, **folders, "PYTHONPATH": ""}
    environment.pop("HF_HUB_OFFLINE", None)
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False, timeout=300
    )
    return ran, log.read_text(encoding="utf-8")


@pytest.mark.engine
def test_a_whole_review_connects_to_nothing(tmp_path: Path) -> None:
    ran, events = watched(tmp_path, DEMO, "demo", "--quiet")

    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert events == ""
    # It is a whole review by the engine that ships.
    review = json.loads((tmp_path / "coaching" / "high-bill.json").read_text(encoding="utf-8"))
    assert review["separation"] == "channels"
    assert review["provenance"]["transcriber"].endswith("(bundled)")
    assert "data:audio/mpeg;base64," in (tmp_path / "coaching" / "high-bill.html").read_text(encoding="utf-8")
    # What a library gathers to send another day lies in the user's folders.
    kept = {path for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME") for path in (tmp_path / name).rglob("*")}
    assert {path.relative_to(tmp_path).parts[1] for path in kept} <= {"coach"}


def test_libraries_are_told_to_stay_silent_whatever_the_environment_says() -> None:
    script = (
        "import os, coach.app.review as use; use.open_pipeline({}); "
        "print(os.environ['ORT_DISABLE_TELEMETRY'], os.environ['HF_HUB_OFFLINE'])"
    )
    environment = {**os.environ, "ORT_DISABLE_TELEMETRY": "0", "HF_HUB_OFFLINE": "0"}

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)

    assert ran.stdout.split() == ["1", "1"]


def test_the_check_sees_what_python_does(tmp_path: Path) -> None:
    _, events = watched(tmp_path, "import socket; socket.getaddrinfo('127.0.0.1', 80)")

    assert "socket.getaddrinfo" in events


@needs_seccomp
@pytest.mark.parametrize(("family", "ended"), [(2, -signal.SIGSYS), (10, -signal.SIGSYS), (1, 0)])
def test_the_check_ends_native_code_that_connects(tmp_path: Path, family: int, ended: int) -> None:
    assert watched(tmp_path, NATIVE.format(family=family))[0].returncode == ended
