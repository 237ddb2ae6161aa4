"""The tables, in types that SQLite and PostgreSQL share. docs/store.md tells of every column.

A change here needs a migration beside it (``coach/store/migrations``); a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints are named, so that a later migration can name them."""


class Utc(TypeDecorator[datetime]):
    """A time of day, in UTC in the database and out of it. SQLite keeps it as text that sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a time into UTC; one without a zone is a programming mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone")
        universal = value.astimezone(UTC)
        return universal.replace(tzinfo=None) if dialect.name == "sqlite" else universal

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give a time its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(naming_convention=NAMES)

_HASH = String(64)
_ID = BigInteger().with_variant(Integer, "sqlite")  # a busy year has more moments than a small integer counts


def _of_result() -> Column[int]:
    return Column("result_id", _ID, ForeignKey("results.id", ondelete="CASCADE"), nullable=False, primary_key=True)


about = Table("about", metadata, Column("name", String(32), primary_key=True), Column("value", Text, nullable=False))

runs = Table(
    "runs",
    metadata,
    Column("fingerprint", String(128), primary_key=True),
    Column("coach", Text, nullable=False),
    Column("recipe", Text, nullable=False),
    Column("transcriber", Text, nullable=False),
    Column("diarizer", Text),
    Column("definitions", JSON, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("sha256", _HASH, primary_key=True),
    Column("uri", Text),
    Column("agent", Text, index=True),
    Column("started_at", Utc, index=True),
    Column("direction", Text),
    Column("call_type", Text),
    Column("duration", Float),
    Column("added_at", Utc, nullable=False),
)

# Ids of results are never given twice, so that the greatest is the newest.
results = Table(
    "results",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sha256", _HASH, ForeignKey("calls.sha256", ondelete="CASCADE"), nullable=False),
    Column("fingerprint", String(128), ForeignKey("runs.fingerprint"), nullable=False, index=True),
    Column("reviewed_at", Utc, nullable=False),
    Column("report", Text),
    Column("separation", Text, nullable=False),
    Column("heard_agent", Float),
    Column("heard_customer", Float),
    Column("hard", Boolean, nullable=False),
    Column("roles_known", Boolean, nullable=False),
    Column("words_agent", Integer),
    Column("warnings", JSON, nullable=False),
    UniqueConstraint("sha256", "fingerprint"),
    sqlite_autoincrement=True,
)

measures = Table(
    "measures",
    metadata,
    _of_result(),
    Column("name", Text, primary_key=True),
    Column("value", Float),
    Column("unit", Text, nullable=False),
    Column("numerator", Float),
    Column("denominator", Float),
    Column("why", Text),
)

moments = Table(
    "moments",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("result_id", _ID, ForeignKey("results.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("start_s", Float, nullable=False),
    Column("end_s", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("evidence", JSON, nullable=False),
    UniqueConstraint("result_id", "position"),
    sqlite_autoincrement=True,
)

skills = Table(
    "skills",
    metadata,
    _of_result(),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("met", Integer, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("score", Float),
    Column("weight", Float, nullable=False),
    Column("why", Text, nullable=False),
    Column("moments", JSON, nullable=False),
)

advice = Table(
    "advice",
    metadata,
    _of_result(),
    Column("kind", String(8), primary_key=True),
    Column("skill", Text, nullable=False),
    Column("moment", Integer),
    Column("said", Text, nullable=False),
)

sentences = Table(
    "sentences",
    metadata,
    _of_result(),
    Column("sentence", Text, primary_key=True),
)

answers = Table(
    "answers",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sha256", _HASH, ForeignKey("calls.sha256", ondelete="CASCADE"), nullable=False, index=True),
    Column("moment_index", Integer),
    Column("kind", Text),
    Column("start_s", Float),
    Column("who", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("settled", Text),
    Column("settled_at", Utc),
    sqlite_autoincrement=True,
)

attempts = Table(
    "attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("step", BigInteger, nullable=False, index=True),  # counts changes, as clocks may jump
    Column("sha256", _HASH, index=True),
    Column("uri", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("stage", Text),
    Column("message", Text),
    Column("exit_code", Integer),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("sha256", _HASH, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("why", Text, nullable=False),
)

looks = Table(
    "looks",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("sha256", _HASH),
    Column("agent", Text),
    sqlite_autoincrement=True,
)

OF_RESULT: Final = (measures, moments, skills, advice, sentences)
"""What goes when its result goes."""
