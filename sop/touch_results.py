"""What became of each touch is written into its line of the ledger, as far as WeCom has told it; what is still open stays empty.

What is known of tasks and of the outbox comes through a port: sop knows neither. It is told again as often as one asks, so a crash, a
second process and a look that comes late change nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from core.db import Database
from sop.models import Touch

LOOK_EVERY = timedelta(minutes=5)
# Tasks are followed for three days and withdrawn within another; a process that was down for longer starts from there.
LOOK_BACK = timedelta(days=5)
# What was written while we looked is not missed.
_OVERLAP = timedelta(minutes=2)
_AT_ONCE = 1_000
SENT, PUBLISHED, HANDED_IN = "已送达", "已发表", "已发出"
SPOKE_LATER = f"{SENT}，之后来客服说过话"
_TOUCH = Touch.__table__
_WRITE = update(_TOUCH).where(_TOUCH.c.id == bindparam("of")).values(result=bindparam("text"))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Became:
    """What became of the touches behind one outbox row; an empty `subject` means all of them."""

    outbox_key: str
    subject: str
    text: str


News = Callable[[Session, datetime, datetime], Iterable[Became]]


@dataclass
class Results:
    """`news`: what was learnt since a moment. `looked_at` spares looks only."""

    database: Database
    news: News
    looked_at: datetime | None = None

    def minute(self, now: datetime) -> int:
        """Every few minutes; how many lines changed."""
        if self.looked_at is not None and now - self.looked_at < LOOK_EVERY:
            return 0
        since = (self.looked_at or now - LOOK_BACK) - _OVERLAP
        with self.database.reading() as session:
            lines = _changed(session, list(self.news(session, since, now)))
        for start in range(0, len(lines), _AT_ONCE):
            with self.database.unit_of_work(durable=False) as session:
                session.connection().execute(_WRITE, lines[start : start + _AT_ONCE])
        self.looked_at = now
        return len(lines)


def is_good(result: str) -> bool:
    """Whether it arrived."""
    return result.startswith((SENT, PUBLISHED, HANDED_IN))


def _changed(session: Session, news: Sequence[Became]) -> list[dict[str, object]]:
    by_key: dict[str, dict[str, str]] = {}
    for one in news:
        by_key.setdefault(one.outbox_key, {})[one.subject] = one.text
    lines: list[dict[str, object]] = []
    for key, of in by_key.items():
        columns = select(Touch.id, Touch.subject_id, Touch.result).where(Touch.outbox_key == key)
        for touch, subject, result in session.execute(columns):
            text = of.get(subject, of.get("", ""))
            # That he spoke afterwards stays known when the task is read once more.
            if text and not result.startswith(text):
                lines.append({"of": touch, "text": text})
    return lines
