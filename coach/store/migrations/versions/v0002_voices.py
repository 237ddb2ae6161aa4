"""How a voice was in a call: in a person's own library, and never in a shift's store.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "voices",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("heard", sa.Boolean, nullable=False),
        sa.Column("pitch_spread", sa.Float),
        sa.Column("loudness", sa.Float),
        sa.Column("loudness_spread", sa.Float),
        sa.Column("pace", sa.Float),
        sa.Column("pauses", sa.Float),
        sa.PrimaryKeyConstraint("sha256", name="pk_voices"),
        sa.ForeignKeyConstraint(["sha256"], ["calls.sha256"], name="fk_voices_sha256", ondelete="CASCADE"),
    )
