"""Groups of unanswered questions that become one.

Revision: f2a61c8b07d4, after c7e2d94f5b13
"""

import sqlalchemy as sa
from alembic import op

revision = "f2a61c8b07d4"
down_revision = "c7e2d94f5b13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Whatever an operator has ever done to a group is in the audit; who settled it, in the group too."""
    op.add_column("gaps", sa.Column("signs", sa.JSON(), nullable=True))
    op.add_column("gaps", sa.Column("into_id", sa.Integer(), nullable=True))
    op.add_column("gaps", sa.Column("touched", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_gaps_into_id", "gaps", ["into_id"])
    op.execute(
        "UPDATE gaps SET touched = true WHERE settled_by <> '' "
        "OR CAST(id AS VARCHAR) IN (SELECT subject_id FROM audit_entries WHERE subject = 'gap')"
    )


def downgrade() -> None:
    """Back. No table is made anew, which in SQLite would take the turns along."""
    op.execute("DELETE FROM gaps WHERE state = 'merged'")
    op.drop_index("ix_gaps_into_id", table_name="gaps")
    for name in ("touched", "into_id", "signs"):
        op.drop_column("gaps", name)
