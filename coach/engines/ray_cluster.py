"""A Ray cluster elsewhere: whether there is one at an address, found out soon and quietly."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from coach.conversation import UsageError
from coach.engines.schedule import EngineError

KNOCK = 10.0
"""Seconds in which a cluster's machine takes a connection."""
JOIN = 45.0
"""Seconds in which joining a cluster is tried."""

UNREACHABLE = "No Ray cluster answers at {address}. Is it running, and may this machine connect to it?"
NOT_JOINED = (
    "The Ray cluster at {address} could not be joined ({kind}). Ray and Python have to be of one version here and "
    "there; an address with ray:// needs pip install 'ray[client]' too."
)
NO_ADDRESS = (
    "{address} is no address of a Ray cluster. Write it as 10.0.0.5:6379; leave it out for a Ray of this machine."
)

AUTO = "auto"
"""The address of whatever cluster this machine is in."""

QUIETLY: Mapping[str, Any] = {
    "log_to_driver": False,
    "logging_level": logging.ERROR,
    "configure_logging": False,
    "include_dashboard": False,
}


def parts(address: str) -> tuple[str, int]:
    """Return the machine and the port of an address.

    Raises:
        UsageError: It is none.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
        raise UsageError(NO_ADDRESS.format(address=address))
    return host.removeprefix("[").removesuffix("]"), int(port)


def reach(address: str) -> None:
    """Make sure that a cluster can be joined, before anything of Ray's waits for it here: it waits for minutes, aloud.

    Raises:
        EngineError: It cannot.
    """
    if address != AUTO:
        try:
            socket.create_connection(parts(address), timeout=KNOCK).close()
        except OSError as error:
            raise EngineError(UNREACHABLE.format(address=address)) from error
    try:  # in a process of its own, which can be ended, and whose complaints nobody has to read
        tried = subprocess.run(  # noqa: S603  (our own; the address is a word of its own)
            [sys.executable, "-c", f"from {__name__} import join; join()", address],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, check=False, timeout=JOIN,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise EngineError(UNREACHABLE.format(address=address)) from None
    if tried.returncode == 0:
        return
    kind = tried.stdout.strip().rpartition("\n")[2]
    sentence = UNREACHABLE if kind in ("", ConnectionError.__name__) else NOT_JOINED
    raise EngineError(sentence.format(address=address, kind=kind))


def join() -> None:
    """Join the cluster that this process is told to, and leave it again; where that fails, print the kind of error."""
    try:
        ray = import_module("ray")
        ray.init(address=sys.argv[1], **QUIETLY)
        ray.shutdown()
    except Exception as error:  # noqa: BLE001  (Ray's own errors share no base class)
        print(f"\n{type(error).__name__}")  # noqa: T201  (to the process that asks)
        sys.exit(1)
