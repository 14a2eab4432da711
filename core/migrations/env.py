"""Alembic's entry: the one place that imports every models.py, so that a migration sees all tables."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import admin.models
import bot.models
import customers.models
import intents.models
import kb.models
import sop.models
from core.db import Base, UtcDateTime

TABLES = (admin.models, bot.models, customers.models, intents.models, kb.models, sop.models)


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Migrations name the plain type: they must go on working when our own type changes."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Migrate over the connection that `core/migrate.py` hands in."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
