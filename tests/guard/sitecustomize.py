"""Refuse every connection that would leave this machine, in the tests and in the programs that they start."""

from __future__ import annotations

import ipaddress
import sys

_LOCAL_NAMES = frozenset({"localhost", "", "ip6-localhost"})


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
    elif event == "socket.getaddrinfo":
        address = (arguments[0], 0)
    else:
        return
    if not isinstance(address, tuple):
        return  # a path: a Unix socket
    host = address[0].decode() if isinstance(address[0], bytes) else str(address[0] or "")
    if host in _LOCAL_NAMES:
        return
    try:
        local = ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        local = False
    if not local:
        raise ConnectionRefusedError(f"the tests may not connect to {host}")


sys.addaudithook(_guard)
