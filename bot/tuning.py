"""Thresholds: the measured ones, unless an operator set others, unless IT fixed them in the settings."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.decide import Thresholds
from bot.models import Tuning
from core.db import insert_once

ANSWER_AT, CLARIFY_AT = "answer_at", "clarify_at"


class Tuned:
    """What operators set, as last looked up: every message asks, so it is kept here and looked at every minute."""

    def __init__(self) -> None:
        self._values: Mapping[str, float] = {}

    def refresh(self, session: Session) -> None:
        """Look again."""
        self._values = {row.name: row.value for row in session.scalars(select(Tuning))}

    def over(self, measured: Thresholds, *, fixed: Mapping[str, float | None]) -> Thresholds:
        """What holds: what is `fixed`, else what was set, else what was measured. A menu never needs more sureness than an answer."""
        figures = {ANSWER_AT: measured.answer_at, CLARIFY_AT: measured.clarify_at}
        held = {**figures, **self._values, **{name: value for name, value in fixed.items() if value is not None}}
        return Thresholds(held[ANSWER_AT], min(held[CLARIFY_AT], held[ANSWER_AT]))


def tunings(session: Session) -> dict[str, Tuning]:
    """What was set, by name."""
    return {row.name: row for row in session.scalars(select(Tuning))}


def tune(session: Session, name: str, value: float | None, by: str, *, now: datetime) -> None:
    """Set a figure, or with None go back to the measured one."""
    if value is None:
        session.execute(delete(Tuning).where(Tuning.name == name))
        return
    insert_once(session, Tuning, [{"name": name, "value": value, "set_by": by, "set_at": now}], unique=["name"])
    row = session.scalars(select(Tuning).where(Tuning.name == name)).one()
    row.value, row.set_by, row.set_at = value, by, now
