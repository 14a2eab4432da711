"""Birthdays of customers.

Revision: a4c81d70e396, after f2a61c8b07d4
"""

import sqlalchemy as sa
from alembic import op

revision = "a4c81d70e396"
down_revision = "f2a61c8b07d4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Nobody has told one yet."""
    op.add_column("customers", sa.Column("birthday", sa.String(5), nullable=False, server_default=""))
    op.create_index("ix_customers_birthday", "customers", ["birthday"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_customers_birthday", table_name="customers")
    op.drop_column("customers", "birthday")
