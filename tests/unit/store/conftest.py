"""The same tests on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import GROUP, Server

from coach.store.store import open_store
from coach.store.tables import metadata

ALL = ", ".join(name for name in metadata.tables if name != "about")

EMPTYING = f"TRUNCATE {ALL} RESTART IDENTITY; DELETE FROM about WHERE name <> 'purpose'"  # noqa: S608
"""Much quicker than a database of its own for each test."""

BOTH = ["sqlite", pytest.param("postgresql", marks=GROUP)]


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'library' / 'shift.sqlite'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a shift's store in which nothing is yet."""
    if request.param == "sqlite":
        file = tmp_path / "library" / "shift.sqlite"
        file.parent.mkdir()
        shutil.copyfile(request.getfixturevalue("made_file"), file)
        yield f"sqlite:///{file}"
    else:
        server: Server = request.getfixturevalue("postgres_server")
        name: str = request.getfixturevalue("made_database")
        yield server.url(name)
        server.sql(EMPTYING, name)


@pytest.fixture(scope="session")
def made_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shift's store in a file, to be copied."""
    file = tmp_path_factory.mktemp("made") / "shift.sqlite"
    open_store(str(file), purpose="shift").close()
    return file


@pytest.fixture(scope="session")
def made_database(postgres_server: Server) -> Iterator[str]:
    """A shift's store on the server, emptied after each test."""
    with postgres_server.database() as name:
        open_store(postgres_server.url(name), purpose="shift").close()
        yield name


@pytest.fixture
def file(made_file: Path, tmp_path: Path) -> Path:
    """A shift's store in a file."""
    copy = tmp_path / "library" / "shift.sqlite"
    copy.parent.mkdir()
    shutil.copyfile(made_file, copy)
    return copy
