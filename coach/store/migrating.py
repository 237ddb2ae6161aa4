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


def upgrade(connection: Connection, found: str | None) -> bool:
    """Bring a database's tables up to date, within the transaction that the connection is in.

    Args:
        connection: In a transaction that holds the lock.
        found: The database's version; ``None`` for an empty one.

    Returns:
        Whether its version is one that this program knows; when not, nothing was changed.
    """
    scripts = ScriptDirectory(str(FOLDER))
    if found is not None and not _known(scripts, found):
        return False

    def steps(revision: str, context: MigrationContext) -> object:  # noqa: ARG001
        return scripts._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE)
        environment.run_migrations()
    return True


def _known(scripts: ScriptDirectory, revision: str) -> bool:
    try:
        return scripts.get_revision(revision) is not None
    except (RevisionError, Exception):  # noqa: BLE001
        return False
