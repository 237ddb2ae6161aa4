"""Alembic's part in opening a store."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from sqlalchemy import Connection

from coach.store.opening import VERSION_TABLE

FOLDER = Path(__file__).parent / "migrations"


def knows(revision: str) -> bool:
    """Return whether this program knows a database's version."""
    try:
        return ScriptDirectory(str(FOLDER)).get_revision(revision) is not None
    except (RevisionError, Exception):  # noqa: BLE001
        return False


def upgrade(connection: Connection) -> None:
    """Bring a database's tables up to date, within the transaction that the connection is in.

    Args:
        connection: In a transaction that holds the lock; of a database that is empty, or of a version that is known.
    """
    scripts = ScriptDirectory(str(FOLDER))

    def steps(revision: str, context: MigrationContext) -> object:  # noqa: ARG001
        return scripts._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE)
        environment.run_migrations()
