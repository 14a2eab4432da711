"""Earlier versions of plans.

Revision: c7e2d94f5b13, after 8d4f6a1b9c02
"""

import sqlalchemy as sa
from alembic import op

revision = "c7e2d94f5b13"
down_revision = "8d4f6a1b9c02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "plan_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan", "version"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("plan_versions")
