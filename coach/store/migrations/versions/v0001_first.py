"""The first tables.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

HASH = sa.String(64)
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.DateTime(timezone=True)

# For those who look into the database with other programs; coach itself asks the tables.
LATEST = """
CREATE VIEW latest AS
SELECT r.id AS result_id, r.sha256, r.fingerprint, r.reviewed_at, r.report, r.separation, r.heard_agent,
  r.heard_customer, r.hard, r.roles_known, r.words_agent, c.uri, c.agent, c.started_at, c.direction,
  c.call_type, c.duration
FROM results r JOIN calls c ON c.sha256 = r.sha256
WHERE r.id = (SELECT max(n.id) FROM results n WHERE n.sha256 = r.sha256)
"""

UNSAMPLED = (
    *(("calls", "uri"), ("calls", "agent"), ("results", "report"), ("results", "warnings"), ("measures", "why")),
    *(("moments", "text"), ("moments", "evidence"), ("skills", "why"), ("advice", "said"), ("sentences", "sentence")),
    *(("answers", "who"), ("answers", "answer"), ("attempts", "key"), ("attempts", "uri"), ("attempts", "message")),
    *(("looks", "who"), ("looks", "agent")),
)
"""What the server's planner may keep no samples of: they would outlive the rows."""


def upgrade() -> None:
    """Make every table; what another refers to comes first."""
    op.create_table(
        "about",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_about"),
    )
    _calls()
    _results()
    _of_result()
    _moments()
    _answers()
    _attempts()
    _accounts()
    op.execute(LATEST)
    if op.get_bind().dialect.name == "postgresql":
        for table, column in UNSAMPLED:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def _calls() -> None:
    op.create_table(
        "runs",
        sa.Column("fingerprint", sa.String(128), nullable=False),
        sa.Column("coach", sa.Text, nullable=False),
        sa.Column("recipe", sa.Text, nullable=False),
        sa.Column("transcriber", sa.Text, nullable=False),
        sa.Column("diarizer", sa.Text),
        sa.Column("definitions", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_runs"),
    )
    op.create_table(
        "calls",
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("uri", sa.Text),
        sa.Column("agent", sa.Text),
        sa.Column("started_at", TIME),
        sa.Column("direction", sa.Text),
        sa.Column("call_type", sa.Text),
        sa.Column("duration", sa.Float),
        sa.Column("added_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_calls"),
    )
    op.create_index("ix_calls_agent", "calls", ["agent"])
    op.create_index("ix_calls_started_at", "calls", ["started_at"])


def _results() -> None:
    op.create_table(
        "results",
        sa.Column("id", ID, nullable=False),
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("fingerprint", sa.String(128), nullable=False),
        sa.Column("reviewed_at", TIME, nullable=False),
        sa.Column("report", sa.Text),
        sa.Column("separation", sa.Text, nullable=False),
        sa.Column("heard_agent", sa.Float),
        sa.Column("heard_customer", sa.Float),
        sa.Column("hard", sa.Boolean, nullable=False),
        sa.Column("roles_known", sa.Boolean, nullable=False),
        sa.Column("words_agent", sa.Integer),
        sa.Column("warnings", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["calls.sha256"], name="fk_results_sha256", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["fingerprint"], ["runs.fingerprint"], name="fk_results_fingerprint"),
        sa.PrimaryKeyConstraint("id", name="pk_results"),
        sa.UniqueConstraint("sha256", "fingerprint", name="uq_results_sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_results_fingerprint", "results", ["fingerprint"])


def _result_of(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column("result_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=f"fk_{table}_result_id", ondelete="CASCADE"),
    )


def _of_result() -> None:
    op.create_table(
        "measures",
        *_result_of("measures"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("numerator", sa.Float),
        sa.Column("denominator", sa.Float),
        sa.Column("why", sa.Text),
        sa.PrimaryKeyConstraint("result_id", "name", name="pk_measures"),
    )
    op.create_table(
        "skills",
        *_result_of("skills"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("met", sa.Integer, nullable=False),
        sa.Column("judged", sa.Integer, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("moments", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_skills"),
    )
    op.create_table(
        "advice",
        *_result_of("advice"),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("skill", sa.Text, nullable=False),
        sa.Column("moment", sa.Integer),
        sa.Column("said", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("result_id", "kind", name="pk_advice"),
    )
    op.create_table(
        "sentences",
        *_result_of("sentences"),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("result_id", "sentence", name="pk_sentences"),
    )


def _moments() -> None:
    op.create_table(
        "moments",
        sa.Column("id", ID, nullable=False),
        *_result_of("moments"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("start_s", sa.Float, nullable=False),
        sa.Column("end_s", sa.Float, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_moments"),
        sa.UniqueConstraint("result_id", "position", name="uq_moments_result_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_moments_kind", "moments", ["kind"])


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", ID, nullable=False),
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("moment_index", sa.Integer),
        sa.Column("kind", sa.Text),
        sa.Column("start_s", sa.Float),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("settled", sa.Text),
        sa.Column("settled_at", TIME),
        sa.ForeignKeyConstraint(["sha256"], ["calls.sha256"], name="fk_answers_sha256", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answers_sha256", "answers", ["sha256"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("sha256", HASH),
        sa.Column("uri", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("stage", sa.Text),
        sa.Column("message", sa.Text),
        sa.Column("exit_code", sa.Integer),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attempts"),
    )
    op.create_index("ix_attempts_step", "attempts", ["step"])
    op.create_index("ix_attempts_sha256", "attempts", ["sha256"])


def _accounts() -> None:
    op.create_table(
        "tombstones",
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_tombstones"),
    )
    op.create_table(
        "looks",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("sha256", HASH),
        sa.Column("agent", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_looks"),
        sqlite_autoincrement=True,
    )
