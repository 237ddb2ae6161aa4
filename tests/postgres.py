"""A PostgreSQL server of the tests' own, started from the system's programs and gone with them.

It listens on this machine alone. Tests that ask for it belong to one group, so that one server serves them all when
several processes test side by side.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest

GROUP = pytest.mark.xdist_group("postgres")

USER, PASSWORD = "tester", "not-to-be-shown-7301"

_HOMES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/pgsql/bin")
_NAMES = count(1)


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        port: On 127.0.0.1, where a password is asked for.
        folder: Of its socket, where none is.
        programs: Folder of psql and its kin.
    """

    port: int
    folder: Path
    programs: Path

    def url(self, database: str) -> str:
        """Return the URL of a database, by socket and without a password."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}&port={self.port}"

    @property
    def data(self) -> Path:
        """Folder of its data."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """File of what it says."""
        return self.folder / "log"

    @contextlib.contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Make a database, a copy of another, for as long as the block lasts, and yield its name."""
        name = f"t{os.getpid()}_{next(_NAMES)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield name
        self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement with psql, and return what it says."""
        command = [str(self.programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder)]
        command += ["-p", str(self.port), "-U", USER, "-d", database, "-c", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=self.folder).stdout.strip()


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest where there are several."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for home in _HOMES:
        folders += sorted(Path("/").glob(home[1:]))
    whole = [folder for folder in folders if all((folder / name).exists() for name in ("initdb", "postgres", "psql"))]
    return whole[-1] if whole else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A server, or the reason why there is none."""
    with running() as one:
        yield one.server


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """A URL of a database of the test's own."""
    with postgres_server.database() as name:
        yield postgres_server.url(name)


@contextlib.contextmanager
def running() -> Iterator[Running]:
    """Run a server of its own while the block runs; skip the test where there is none to run."""
    home = programs()
    if home is None or find_spec("psycopg") is None:
        pytest.skip("needs PostgreSQL: install the system's postgresql package and psycopg (coach's extra postgres)")
    folder = Path(tempfile.mkdtemp(prefix="coach-pg-"))
    try:
        with Running(home, folder) as one:
            yield one
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Running:
    """A server that runs while the block runs, and may fall and be started again meanwhile.

    Attributes:
        server: How it is reached.
    """

    def __init__(self, home: Path, folder: Path) -> None:
        self._home, self._folder = home, folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Running:
        secret = self._folder / "password"
        secret.write_text(PASSWORD + "\n")
        _give_away(self._folder, secret)
        data = self._folder / "data"
        access = ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}"]
        self._run("initdb", "-D", str(data), "-U", USER, "-E", "UTF8", "--no-sync", "--no-locale", *access)
        self.server = Server(_free_port(), self._folder, self._home)
        self.start()
        return self

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [str(self._home / "postgres"), "-D", str(self.server.data), "-k", str(self._folder)]
        command += ["-h", "127.0.0.1", "-p", str(self.server.port), "-F"]
        with self.server.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, **_as_other())
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise

    @property
    def fallen(self) -> bool:
        """Whether its process has ended."""
        return self._process is None or self._process.poll() is not None

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._home / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self._folder, check=False, **_as_other())
        assert done.returncode == 0, done.stderr

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                self.server.sql("SELECT 1")
            except subprocess.CalledProcessError as error:
                if self.fallen or time.monotonic() > until:
                    raise AssertionError(self.server.log.read_text(errors="replace")) from error
                time.sleep(0.05)
            else:
                return

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # "fast": clients are sent away
            self._process.wait(30)


def _as_other() -> dict[str, object]:
    """Return how to start a program that refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    user, group = _other()
    return {"user": user, "group": group, "extra_groups": []}


def _other() -> tuple[int, int]:
    import pwd  # noqa: PLC0415  (not on Windows)

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return found.pw_uid, found.pw_gid
    raise AssertionError("nobody is there to run PostgreSQL as")


def _give_away(*paths: Path) -> None:
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, *_other())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
