"""Runs the command line in a process with limits that ends at once when something is done that no review does."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PRELOAD = ["confined", "coach.app.review", "coach.cli"]

MEMORY = 6 * 2**30
"""Bytes of address space; the libraries alone map two thirds of it."""

SECONDS = 60
"""Seconds of processor time, all threads together."""

FILE = 64 * 2**20
"""Bytes of the largest file that may be written."""

BROKEN_OUT = 99
"""Exit code when it did what no review does; the reason is in ``broken-out``."""

_EXECUTES = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.fork", "pty.spawn", "pickle.find_class")
_CONNECTS = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.bind")
_CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.truncate")


def review(arguments: Sequence[str | bytes], environment: Mapping[str, str], folder: str) -> None:
    """Run the command line in a folder; what it prints goes to ``printed`` beside it.

    Args:
        arguments: Of the command line.
        environment: What is different in it.
        folder: Working folder; only ``out``, ``coaching`` and the user's folders in its parent may be written to.
    """
    os.environ.update(environment)
    os.chdir(folder)
    base = Path(folder).parent.resolve()
    with (base / "printed").open("wb") as printed:
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    allowed = tuple(str(place) for place in (base / "given" / "out", base / "given" / "coaching", base / "user"))
    sys.addaudithook(_watch(base / "broken-out", allowed))
    sys.argv = ["coach", *map(os.fsdecode, arguments)]

    from coach.cli import main  # noqa: PLC0415  (the server holds it ready)

    main()


def _watch(log: Path, allowed: tuple[str, ...]):  # noqa: ANN202
    handle = os.open(log, os.O_WRONLY | os.O_CREAT, 0o600)

    def end(reason: str) -> None:
        os.write(handle, reason.encode("utf-8", "replace"))
        os._exit(BROKEN_OUT)

    def within(path: object) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return True  # a handle that is open already
        name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  (the folder of a link, not where it leads)
        return name == "/dev/null" or any(name == place or name.startswith(place + os.sep) for place in allowed)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _EXECUTES or event in _CONNECTS:
            end(f"{event} {arguments}")
        if event in _CHANGES and not all(within(part) for part in arguments[:2] if isinstance(part, str | bytes)):
            end(f"{event} {arguments}")
        if event == "open":
            path, mode, flags = arguments
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if (writes or (isinstance(mode, str) and set(mode) & set("wax+"))) and not within(path):
                end(f"{event} {arguments}")

    return hook
