"""A server of files on this computer: what an address of another protocol than memory's is tried with.

It knows what Python's own client asks, and as much of RFC 959 and 3659 as that takes. It is slow, and nothing to be
used elsewhere.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

USER, PASSWORD = "ann", "hunter2-secret"


@dataclass
class Ftp:
    """A server while it runs.

    Attributes:
        root: The folder that it serves.
        port: Of the server.
        strict: Whether a new name takes no other's place, as on some servers.
        readonly: Whether it takes nothing in.
        asked: Commands that came, in order, without the password.
    """

    root: Path
    port: int = 0
    strict: bool = False
    readonly: bool = False
    asked: list[str] = field(default_factory=list)

    def address(self, path: str = "") -> str:
        """Return an address there, with what it takes to get in."""
        return f"ftp://{USER}:{PASSWORD}@localhost:{self.port}/{path}"

    def bare(self, path: str = "") -> str:
        """Return an address there as it may be shown."""
        return f"ftp://localhost:{self.port}/{path}"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False
    ftp: Ftp


@contextlib.contextmanager
def serving(root: Path, port: int = 0) -> Iterator[Ftp]:
    """Serve a folder while the block runs."""
    root.mkdir(exist_ok=True)
    with _Server(("127.0.0.1", port), _Session) as server:
        server.ftp = Ftp(root, server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.ftp
        finally:
            server.shutdown()
            thread.join()


class _Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.ftp: Ftp = self.server.ftp  # type: ignore[attr-defined]
        self.data: socket.socket | None = None
        self.user = self.known = ""
        self.skip = 0
        self.old: Path | None = None
        self.say("220 here")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            verb, _, rest = line.partition(" ")
            self.ftp.asked.append(f"{verb.upper()} {'' if verb.upper() == 'PASS' else rest}".strip())
            answer = getattr(self, f"do_{verb.lower()}", None)
            try:
                if answer is None:
                    self.say("502 not known")
                elif verb.upper() not in {"USER", "PASS", "QUIT"} and self.known != PASSWORD:
                    self.say("530 not logged in")
                else:
                    answer(rest)
            except OSError as error:
                self.say(f"550 {error.strerror}")
            if verb.upper() == "QUIT":
                return

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def at(self, path: str) -> Path:
        return self.ftp.root / path.lstrip("/")

    def taken(self) -> bool:
        if self.ftp.readonly:
            self.say("553 not allowed")
        return not self.ftp.readonly

    def do_user(self, name: str) -> None:
        self.user = name
        self.say("331 password?")

    def do_pass(self, password: str) -> None:
        self.known = password if self.user == USER else ""
        self.say("230 welcome" if self.known == PASSWORD else "530 not known")

    def do_quit(self, _: str) -> None:
        self.say("221 bye")

    def do_type(self, _: str) -> None:
        self.say("200 so be it")

    def finish(self) -> None:
        self._close()
        super().finish()

    def _close(self) -> None:
        if self.data is not None:
            self.data.close()
        self.data = None

    def do_pasv(self, _: str) -> None:
        self._close()
        self.data = socket.create_server(("127.0.0.1", 0))
        port = self.data.getsockname()[1]
        self.say(f"227 entered (127,0,0,1,{port // 256},{port % 256})")

    def do_rest(self, offset: str) -> None:
        self.skip = int(offset)
        self.say("350 from there")

    @contextlib.contextmanager
    def channel(self, mode: str) -> Iterator[BinaryIO]:
        assert self.data is not None
        self.say("150 coming")
        with self.data as waiting, waiting.accept()[0] as joined, joined.makefile(mode) as file:
            yield file  # type: ignore[misc]
        self.data = None
        self.say("226 done")

    def do_mlsd(self, path: str) -> None:
        entries = sorted(self.at(path).iterdir())
        with self.channel("wb") as file:
            for one in entries:
                kind, stat = "dir" if one.is_dir() else "file", one.stat()
                changed = time.strftime("%Y%m%d%H%M%S", time.gmtime(stat.st_mtime))
                file.write(f"type={kind};size={stat.st_size};modify={changed}; {one.name}\r\n".encode())

    def do_retr(self, path: str) -> None:
        with self.at(path).open("rb") as source:
            source.seek(self.skip)
            self.skip = 0
            with contextlib.suppress(ConnectionError), self.channel("wb") as file:
                shutil.copyfileobj(source, file)

    def do_stor(self, path: str) -> None:
        if not self.taken():
            return
        with self.at(path).open("r+b" if self.skip else "wb") as target:
            target.seek(self.skip)
            self.skip = 0
            with self.channel("rb") as file:
                shutil.copyfileobj(file, target)

    def do_dele(self, path: str) -> None:
        if self.taken():
            self.at(path).unlink()
            self.say("250 gone")

    def do_mkd(self, path: str) -> None:
        if self.taken():
            self.at(path).mkdir()
            self.say(f'257 "{path}"')

    def do_rnfr(self, path: str) -> None:
        self.old = self.at(path)
        self.say("350 to what?" if self.old.exists() else "550 not there")

    def do_rnto(self, path: str) -> None:
        new = self.at(path)
        if self.old is None or (self.ftp.strict and new.exists()):
            self.say("553 there is one")
            return
        self.old.replace(new)
        self.say("250 renamed")
