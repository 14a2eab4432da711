"""Why an operator lets a subject of a plan wait.

Revision: 8d4f6a1b9c02, after 5b1e0c7d2a41
"""

import sqlalchemy as sa
from alembic import op

revision = "8d4f6a1b9c02"
down_revision = "5b1e0c7d2a41"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_why", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_column("held_why")
