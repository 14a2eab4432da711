"""What the next turn leans on.

Revision: 90c563b76cc1, after 19f03a1ecfc2
"""

import sqlalchemy as sa
from alembic import op

revision = "90c563b76cc1"
down_revision = "19f03a1ecfc2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("kf_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("context", sa.JSON(), nullable=True))
        batch_op.drop_column("offered")


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("kf_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.drop_column("context")
