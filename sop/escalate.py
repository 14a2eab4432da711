"""What no advisor answers or can hear goes to managers, once: a customer nobody looks after as a card, an advisor's open ones as one text.

Where there is no manager at all the reminder is UNHEARD, with its reason, and is looked at again until there is one: it is never marked as
told when nobody was. docs/runbook.md says who a manager is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot import outbox
from bot.messages import Channel
from core.db import Database
from core.fingerprint import fingerprint
from customers.models import Advisor, Customer
from sop import ledger
from sop import reminder_store as store
from sop.due_reminders import day_begins
from sop.models import Reminder
from sop.reminder_card import name_of, title_of
from sop.reminder_ports import ReminderPorts
from sop.reminder_terms import FollowUpRules, ReminderState

log = structlog.get_logger()

NO_ADVISOR = "没有顾问"
NOBODY = "没有店长可以通知：请在“账号”里给店长填写企业微信成员账号"
_DUE, _AGAIN = (ReminderState.OPEN,), (ReminderState.OPEN, ReminderState.UNHEARD)
_AT_ONCE, _LINES = 200, 10
Needed = Callable[[Session, Sequence[Reminder], datetime], list[Reminder]]
SendCard = Callable[[Session, Reminder, Sequence[str], datetime], None]


@dataclass(frozen=True)
class Escalation:
    """Tells them. `needed` leaves out what has become needless; `send` makes the card of one reminder for these members."""

    database: Database
    rules: FollowUpRules
    ports: ReminderPorts
    needed: Needed
    send: SendCard

    def minute(self, now: datetime) -> None:
        """Customers without an advisor; and what nobody could be told of, as soon as there is somebody."""
        with self.database.reading() as session:
            new = store.unowned_stores(session, _DUE, now=now)
            old = store.unowned_stores(session, (ReminderState.UNHEARD,), now=now)
            # Only who is heard now is worth a transaction: what nobody can hear costs a look and no more.
            stores = {*new, *(one for one in old if self.ports.who_hears(session, one))}
            advisors = [one for one in store.unheard_advisors(session) if self._hear_of(session, one)]
        for one in sorted(stores):
            with self.database.unit_of_work() as session:
                self._tell_of_unowned(session, one, now)
        for advisor in advisors:
            with self.database.unit_of_work() as session:
                known = store.lock_advisor(session, advisor)
                rows = self.needed(session, store.unheard(session, advisor), now)
                for why in sorted({str(row.reason.get("escalated", "")) for row in rows}):
                    self.tell(session, advisor, known, [row for row in rows if row.reason.get("escalated", "") == why], why, now)

    def tell(self, session: Session, userid: str, advisor: Advisor | None, rows: Sequence[Reminder], why: str, now: datetime) -> None:
        """One text about these reminders of one advisor, to the managers of his store."""
        if not rows:
            return
        managers = list(self.ports.who_hears(session, advisor.store if advisor else ""))
        name = (advisor.name if advisor else "") or userid
        for row in rows:
            row.reason = {**row.reason, "escalated": why}
        self._text(session, managers, f"请关注：顾问 {name} 有 {len(rows)} 位客户待跟进（{why}）", rows, now)

    def _hear_of(self, session: Session, userid: str) -> Sequence[str]:
        advisor = store.advisor(session, userid)
        return self.ports.who_hears(session, advisor.store if advisor else "")

    def _tell_of_unowned(self, session: Session, place: str, now: datetime) -> None:
        managers = list(self.ports.who_hears(session, place))
        rows = self.needed(session, store.due_unowned(session, place, _AGAIN if managers else _DUE, limit=_AT_ONCE, now=now), now)
        left = self.rules.cards_a_day - store.told_of_unowned(session, place, since=day_begins(now)) if managers else 0
        for row in rows[: max(left, 0)]:
            self.send(session, row, managers, now)
            self._is_told(row, now)
        rest = rows[max(left, 0) :]
        self._text(session, managers, f"请安排顾问：{len(rest)} 位客户还没有顾问", rest, now)

    def _text(self, session: Session, managers: list[str], head: str, rows: Sequence[Reminder], now: datetime) -> None:
        if not rows:
            return
        if not managers:
            for row in rows:
                row.state, row.reason = ReminderState.UNHEARD, {**row.reason, "unheard": NOBODY}
            log.warning("no manager to tell of reminders", reminders=len(rows), advisor=rows[0].advisor)
            return
        key = f"escalate:{fingerprint([(row.key, row.asked) for row in rows])}"
        text = "\n".join([head, *(_line(session, row) for row in rows[:_LINES])])
        payload = {"userids": managers, "text": text, "external_ids": [row.external_id for row in rows]}
        outbox.enqueue(session, key, Channel.ADVISOR_TEXT, payload, lane=f"app:{key}", now=now)
        ledger.note_told(session, key, managers, "escalated", now=now)
        for row in rows:
            self._is_told(row, now)

    def _is_told(self, row: Reminder, now: datetime) -> None:
        row.state, row.escalated_at = ReminderState.ESCALATED, now
        row.reason = {**row.reason, "unheard": ""}


def _line(session: Session, row: Reminder) -> str:
    return f"· {name_of(session.get_one(Customer, row.customer_id))} {row.level} 级：{title_of(row)}"
