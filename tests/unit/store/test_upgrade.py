"""A store of an earlier revision comes up to date with all that is in it; one of a later revision is left as it is."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from other_runs import another_run
from postgres import GROUP, USER, Server
from review_files import HERON, review_file, sha
from sqlalchemy import Engine, MetaData, create_engine, inspect, text

from coach.conversation import CoachError, ConfigurationError, LockedError
from coach.store import migrating, opening
from coach.store.opening import HEAD, VERSION_TABLE, place
from coach.store.store import open_store
from coach.store.tables import metadata

DUMPS = Path(__file__).parent / "dumps"
"""Stores as coach made them at a revision, written down by the database's own program, never to be changed."""

NEXT = '''
"""Made for a test: what a later revision may do."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None


def upgrade() -> None:
    op.add_column("calls", sa.Column("queue", sa.Text, nullable=False, server_default="none"))
    op.execute("UPDATE calls SET queue = 'of ' || agent")
    op.create_table("made", sa.Column("name", sa.Text, primary_key=True))
'''


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=GROUP)])
def at_0001(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a shift's store that was made and filled at revision 0001."""
    dump = DUMPS / f"0001-{request.param}.sql"
    if request.param == "sqlite":
        file = tmp_path / "shift.sqlite"
        with sqlite3.connect(file) as base:
            base.executescript(dump.read_text(encoding="utf-8"))
        base.close()
        return str(file)
    url: str = request.getfixturevalue("postgres_url")
    server: Server = request.getfixturevalue("postgres_server")
    with open_engine(url) as engine:
        database = engine.url.database
    command = [str(server.programs / "psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-h", str(server.folder)]
    command += ["-p", str(server.port), "-U", USER, "-d", str(database), "-f", str(dump)]
    subprocess.run(command, check=True, capture_output=True)
    return url


@contextlib.contextmanager
def open_engine(url: str) -> Iterator[Engine]:
    """Open a database as any program would."""
    engine = create_engine(url if "://" in url else f"sqlite:///{url}")
    yield engine
    engine.dispose()


def content(url: str) -> dict[str, Any]:
    """Return all that is in a database: tables with their columns and rows, views, indexes."""
    with open_engine(url) as engine, engine.connect() as connection:
        there = MetaData()
        there.reflect(connection)
        look = inspect(connection)
        return {
            name: (
                [(column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(name)],
                sorted(index["name"] or "" for index in look.get_indexes(name)),
                sorted(map(repr, connection.execute(table.select()))),
            )
            for name, table in there.tables.items()
        } | {view: look.get_view_definition(view) for view in look.get_view_names()}


def revision(url: str) -> str:
    with open_engine(url) as engine, engine.connect() as connection:
        return str(connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar())  # noqa: S608


def test_a_store_of_the_first_revision_comes_up_to_date_with_all_that_is_in_it(at_0001: str) -> None:
    assert revision(at_0001) == "0001"
    with open_store(at_0001, purpose="shift", alone=True) as store:
        assert store.folder == place(at_0001, "shift").folder  # words and turns are where they were
        first, second = store.calls()
        assert (first.sha256, first.agent, first.uri) == (sha("a"), "Dana", "a.wav")
        assert (second.sha256, second.agent) == (sha("b"), "Lee")
        assert first.measures["talk_ratio"].numerator == 9.0
        assert (first.moments[0].kind, first.moments[0].text) == ("account", f"I saw {HERON}")
        assert first.skills[0].moments == (1,)
        assert {advice.kind for advice in first.advice} == {"keep", "try"}
        assert [(answer.question, answer.answer, answer.settled) for answer in store.answers()] == [
            ("heard", "yes", None),
            ("misheard", "yes", "stands"),
        ]
        assert [(one.key, one.state, one.attempts) for one in store.attempts()] == [
            ("a", "done", 1),
            ("b", "done", 1),
            ("d", "working", 2),
        ]
        assert [(one.sha256, one.why) for one in store.tombstones()] == [(sha("c"), "retention")]
        assert [(one.who, one.what, one.agent) for one in store.looks()] == [("Dana", "report", "Lee")]
        assert store.sentences("Dana").total == 1
        assert len(store.runs()) == 1

        again = store.record(review_file("e"))  # counters go on where they were
        store.answer(sha("e"), question="heard", answer="no", who="Lee")
        assert again.sha256 == sha("e")
        assert len(store.calls()) == 3
    assert revision(at_0001) == HEAD
    with open_engine(at_0001) as engine, engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


@contextlib.contextmanager
def later_coach(folder: Path) -> Iterator[Path]:
    """Let coach know one revision more while the block runs; yields that revision's file."""
    shutil.copytree(migrating.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    script = folder / "versions" / "v0002_next.py"
    script.write_text(NEXT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrating, "FOLDER", folder)
        patch.setattr(opening, "HEAD", "0002")
        yield script


@pytest.fixture
def later(tmp_path: Path) -> Iterator[Path]:
    """A coach that knows one revision more, for the whole test."""
    with later_coach(tmp_path / "later") as script:
        yield script


def test_a_step_that_changes_tables_keeps_what_is_in_them(at_0001: str, later: Path) -> None:
    before = content(at_0001)

    with ThreadPoolExecutor(3) as several:  # several programs, one of which does it
        stores = list(several.map(lambda _: open_store(at_0001, purpose="shift"), range(3)))
    for store in stores:
        assert [call.agent for call in store.calls()] == ["Dana", "Lee"]
        store.close()

    after = content(at_0001)
    assert revision(at_0001) == "0002"
    assert {name for name in after if after[name] != before.get(name)} == {"calls", "made", VERSION_TABLE}
    assert [row.count("'of ") for row in after["calls"][2]] == [1, 1]
    assert len(after["calls"][2]) == len(before["calls"][2])


def test_beside_a_run_no_table_is_changed(at_0001: str, later: Path, tmp_path: Path) -> None:
    before = content(at_0001)
    with another_run(at_0001, tmp_path / "elsewhere"):  # of the coach of today
        with pytest.raises(LockedError, match="Another run of coach is at work with"):
            open_store(at_0001, purpose="shift")
        assert content(at_0001) == before

    open_store(at_0001, purpose="shift").close()

    assert revision(at_0001) == "0002"


def test_a_step_that_fails_changes_nothing_and_can_be_tried_again(at_0001: str, later: Path) -> None:
    before = content(at_0001)
    later.write_text(f"{NEXT}    op.drop_table('nowhere')\n", encoding="utf-8")

    with pytest.raises(CoachError) as failed:
        open_store(at_0001, purpose="shift")

    assert "nowhere" not in str(failed.value)
    assert content(at_0001) == before
    later.write_text(NEXT, encoding="utf-8")
    with open_store(at_0001, purpose="shift") as store:
        assert len(store.calls()) == 2


@pytest.mark.parametrize("alone", [False, True])
def test_a_store_of_a_later_revision_is_refused_and_nothing_in_it_is_changed(
    at_0001: str, tmp_path: Path, alone: bool
) -> None:
    with later_coach(tmp_path / "later"):
        open_store(at_0001, purpose="shift").close()
    before = content(at_0001)
    assert revision(at_0001) == "0002"

    with pytest.raises(ConfigurationError, match=r"was made by a newer coach \(its version is 0002\)\. Update coach"):
        open_store(at_0001, purpose="shift", alone=alone)

    assert content(at_0001) == before
