"""A review connects to nothing: not from Python, not from native code, and it gathers nothing to send later."""

from __future__ import annotations

import base64
import ctypes
import errno
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest
import soundfile

from coach.resources import resource

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

COACH = "from coach.cli import main; main()"
DEMO_CALL = resource("demo", "high-bill.wav")
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


def watched(
    tmp_path: Path, script: str, *arguments: str, **settings: str
) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run a script, and return how it ended with what it did on the network."""
    log = tmp_path / "network.log"
    command = [*without_network(), sys.executable, "-c", WATCHED, str(log), script, json.dumps(MACHINE), *arguments]
    folders = {name: str(tmp_path / name) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    # The guard of the other tests would refuse a connection before it is written down here.
    environment = {**os.environ, **folders, "PYTHONPATH": "", **settings}
    environment.pop("HF_HUB_OFFLINE", None)
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False, timeout=300
    )
    return ran, log.read_text(encoding="utf-8")


class Case(NamedTuple):
    """One command that has to do its work without a network.

    Attributes:
        name: For the list of tests.
        arguments: What is typed after ``coach``; ``{call}`` is a recording with a channel each, ``{mono}`` one with
            both on one, ``{answer}`` an answer to a customer, ``{take}`` one that a report's page saved, ``{policy}``
            an agreement, ``{night}`` a recipe of a night with both calls in its inbox.
        codes: How it may end.
        writes: A file that has to be there afterwards, from the working folder; empty for none.
        first: Commands that prepare it, watched in the same way.
        settings: Of the environment.
    """

    name: str
    arguments: tuple[str, ...]
    codes: tuple[int, ...] = (0,)
    writes: str = ""
    first: tuple[tuple[str, ...], ...] = ()
    settings: Mapping[str, str] = MappingProxyType({})


CASES = (
    Case("review", ("review", "{call}"), writes="coaching/call.json"),
    Case("review of one channel", ("review", "{mono}", "--diarizer", "bundled"), writes="coaching/mono.json"),
    Case("review with its recording redacted", ("review", "{call}", "--redact-original"), writes="coaching/call.json"),
    Case("swap", ("review", "--swap"), writes="coaching/call.json", first=(("review", "{call}"),)),
    Case("practice, typed", ("practice", "shut-off", "--answer", "So it goes off on Thursday.")),
    Case("practice, spoken", ("practice", "shut-off", "--wav", "{answer}"), codes=(0, 3)),
    Case("words of a take", ("words", "add", "{take}"), codes=(0, 3)),
    Case("words", ("words", "list")),
    Case("progress", ("progress",), first=(("review", "{call}"),)),
    Case("config show", ("config", "show")),
    Case("models list", ("models", "list")),
    Case("models verify", ("models", "verify")),
    Case("doctor", ("doctor",), codes=(0, 3, 5)),
    Case("probe", ("probe", "{call}")),
    Case("shift", ("shift", "{call}", "{mono}", "--policy", "{policy}"), writes="coaching/shift.html"),
    Case("nightly", ("nightly", "{night}"), writes="coaching/shift.html"),
    Case("looks", ("looks",)),
    Case("schedule", ("schedule", "{night}", "--for", "cron")),
)
"""Every command but `models pull`, which is there to connect; one that comes to be is added here."""

POLICY = """
purpose = "coaching"
supervisors = ["Ann"]
sees = ["reports"]
keep_days = 90
told_on = 2026-01-02
ask = "Ann"
"""
NIGHT = """
[night]
inbox = ["call.wav", "mono.wav"]
policy = "policy.toml"
settle = 0
"""

LENGTH = 16.0
"""Seconds of the demo call that are reviewed."""


@pytest.fixture
def recordings(tmp_path: Path) -> dict[str, str]:
    """Return recordings by what a case calls them."""
    samples, rate = soundfile.read(DEMO_CALL)
    cut = samples[: int(LENGTH * rate)]
    for name, sound in (("call", cut), ("mono", cut.mean(axis=1)), ("answer", cut[:, 0])):
        soundfile.write(tmp_path / f"{name}.wav", sound, rate)
    sound = base64.b64encode((tmp_path / "answer.wav").read_bytes()).decode()
    take = {"schema": "coach.take/1", "moment": {"kind": "missed_empathy"}, "sound": f"data:audio/wav;base64,{sound}"}
    (tmp_path / "take.json").write_text(json.dumps(take), encoding="utf-8")
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    solo = resource("pipelines", "shift.toml").read_text(encoding="utf-8")
    (tmp_path / "night.toml").write_text(solo + NIGHT, encoding="utf-8")
    return {file.stem: str(file) for file in tmp_path.iterdir() if file.is_file()}


@pytest.mark.engine
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_command_connects_to_nothing(tmp_path: Path, recordings: dict[str, str], case: Case) -> None:
    for arguments in case.first:
        ran, events = watched(tmp_path, COACH, *(word.format(**recordings) for word in arguments), **case.settings)
        assert (ran.returncode, events) == (0, ""), ran.stderr

    ran, events = watched(tmp_path, COACH, *(word.format(**recordings) for word in case.arguments), **case.settings)

    assert ran.returncode in case.codes, ran.stderr
    assert events == ""
    assert "unforeseen" not in ran.stderr
    assert not case.writes or (tmp_path / case.writes).is_file()


@pytest.mark.engine
def test_a_whole_review_is_made_and_nothing_is_kept_to_send_another_day(tmp_path: Path) -> None:
    ran, events = watched(tmp_path, COACH, "demo", "--quiet")

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


@pytest.mark.skipif(not without_network(), reason="a network can be taken away where unshare -n is allowed (Linux)")
def test_without_a_network_there_is_no_route_anywhere(tmp_path: Path) -> None:
    script = (
        "import socket, sys\n"
        "try: socket.create_connection(('192.0.2.1', 80), 5)\n"
        "except OSError as error: print(error.errno)\n"
    )
    command = [*without_network(), sys.executable, "-c", script]

    ran = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": ""})

    assert int(ran.stdout) == errno.ENETUNREACH


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
