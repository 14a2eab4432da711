"""The tick's part for advisors: what is due is looked at again and sent as a card, asked again, or told to the manager; and the day's list.

Each advisor is one transaction that holds his row: a crash is finished by the next look, and two schedulers send each card once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import outbox
from bot.messages import Channel
from core.db import Database
from core.log import place_of
from core.zone import SHANGHAI
from customers.models import Advisor, Customer
from customers.pack import LevelRules
from sop import ledger
from sop import reminder_store as store
from sop.due_reminders import (
    Known,
    Next,
    cards_left,
    day_begins,
    due_by_level,
    due_by_order,
    on_duty_at,
    when_unanswered,
    why_not_now,
)
from sop.escalate import Escalation
from sop.find_reminders import Finder
from sop.models import Reminder
from sop.reminder_card import asks_of, card_payload, list_text, portrait
from sop.reminder_ports import ReminderPorts
from sop.reminder_terms import OWN_EVENT, URGENT, FollowUpRules, ReminderKind, ReminderState
from sop.weekly import Weekly

log = structlog.get_logger()

# Nobody needs to be found within the minute; looking through everybody costs.
FIND_EVERY = timedelta(minutes=5)
# After a morning of downtime a list at noon is late, but still of use; in the evening it is not.
_DIGEST_WITHIN = timedelta(hours=4)
_LOOKED_AT = 30
_MOVED_AT_ONCE = 200


@dataclass
class Reminding:
    """What each minute's look works with. `found_at` and `listed_on` spare looks only: what they forget in a crash is done again safely."""

    database: Database
    rules: FollowUpRules
    levels: LevelRules
    ports: ReminderPorts
    found_at: datetime | None = None
    listed_on: date | None = None
    weekly: Weekly = field(init=False)
    escalation: Escalation = field(init=False)

    def __post_init__(self) -> None:
        self.escalation = Escalation(self.database, self.rules, self.ports, self._needed, self._send)
        self.weekly = Weekly(self.database, self.rules, self.ports.managers)

    def minute(self, now: datetime) -> None:
        """One look, safe to repeat at any time and in any number of processes."""
        if self.found_at is None or now - self.found_at >= FIND_EVERY:
            Finder(self.database, self.rules, self.ports).find(now=now)
            self.found_at = now
        if on_duty_at(self.rules, now) == now:
            self._speak(now)
            self.escalation.minute(now)
        self._list_day(now)
        self.weekly.minute(now)

    def _speak(self, now: datetime) -> None:
        with self.database.reading() as session:
            advisors = store.advisors_at_work(session, unanswered_since=now - self._patience, now=now)
        for advisor in advisors:
            try:
                with self.database.unit_of_work() as session:
                    self._speak_to(session, advisor, now)
            except SQLAlchemyError as error:
                # One advisor's trouble holds up nobody else; he is looked at again in the next minute.
                log.error("reminders failed", advisor=advisor, error=place_of(error))

    @property
    def _patience(self) -> timedelta:
        return min(self.rules.again_after, self.rules.urgent_again_after)

    def _speak_to(self, session: Session, advisor: str, now: datetime) -> None:
        known = store.lock_advisor(session, advisor)
        if known is not None and not known.is_active:
            rows = store.due_for(session, advisor, list(ReminderKind), limit=_MOVED_AT_ONCE, now=now)
            rows += store.unanswered(session, advisor, since=now - self._patience)
            self.escalation.tell(session, advisor, known, self._needed(session, rows, now), "顾问不在岗", now)
            return
        self._send_due(session, advisor, now)
        self._follow_unanswered(session, advisor, known, now)

    def _send_due(self, session: Session, advisor: str, now: datetime) -> None:
        sent = store.kinds_sent(session, advisor, since=day_begins(now))
        free = [kind for kind in ReminderKind if cards_left(self.rules, sent, kind)]
        due = store.due_for(session, advisor, free, limit=_LOOKED_AT, now=now) if free else []
        asked = store.pending(session, [row.customer_id for row in due])
        for row in self._needed(session, due, now):
            is_free = row.kind in OWN_EVENT or asked.get(row.customer_id, row.urgency + 1) > row.urgency
            if is_free and cards_left(self.rules, sent, ReminderKind(row.kind)):
                self._send(session, row, [advisor], now)
                sent.append(ReminderKind(row.kind))
                asked[row.customer_id] = row.urgency

    def _follow_unanswered(self, session: Session, advisor: str, known: Advisor | None, now: datetime) -> None:
        to_manager = []
        for row in self._needed(session, store.unanswered(session, advisor, since=now - self._patience), now):
            assert row.asked_at is not None
            match when_unanswered(ReminderKind(row.kind), asks_of(row), row.asked_at, self.rules, now=now):
                case Next.AGAIN:
                    self._send(session, row, [advisor], now)
                case Next.MANAGER:
                    to_manager.append(row)
                case Next.WAIT:
                    pass
        self.escalation.tell(session, advisor, known, to_manager, "多次提醒没有结果", now)

    def _needed(self, session: Session, rows: Sequence[Reminder], now: datetime) -> list[Reminder]:
        """Those that are needed still; the others are dropped, each with its reason."""
        customers = {row.customer_id: session.get_one(Customer, row.customer_id) for row in rows}
        known = store.known_of(session, list(customers.values()), self.ports.contacts)
        for row in rows:
            if why := self._why_not(session, row, customers[row.customer_id], known[row.customer_id], now):
                store.drop(row, why, now=now)
        return [row for row in rows if row.state != ReminderState.DROPPED]

    def _why_not(self, session: Session, row: Reminder, customer: Customer, known: Known, now: datetime) -> str:
        kind = ReminderKind(row.kind)
        if customer.opted_out_at is not None and kind in (ReminderKind.ROSE, ReminderKind.LEVEL, ReminderKind.ORDER):
            return "客户不希望被打扰"
        if kind is ReminderKind.VISIT_PAST and store.has_come(session, customer.id, since=row.made_at - timedelta(days=2)):
            return "到店已有记录"
        if kind is ReminderKind.LOST_CONTACT and not store.has_left(session, customer.id, row.advisor):
            return "客户又加回了顾问"
        since = datetime.fromisoformat(str(row.reason.get("since") or row.made_at.isoformat()))
        due = due_by_order(known, self.rules) if kind is ReminderKind.ORDER else due_by_level(known, self.rules)
        return why_not_now(kind, row.due_at, since, known, due)

    def _send(self, session: Session, row: Reminder, members: Sequence[str], now: datetime) -> None:
        customer = session.get_one(Customer, row.customer_id)
        known = store.known_of(session, [customer], self.ports.contacts)[customer.id]
        row.asked, row.asked_at, row.state = row.asked + 1, now, ReminderState.ASKED
        payload = card_payload(row, members, portrait(session, customer, known, self.levels, self.ports, now=now), self.rules)
        task = str(payload["task_id"])
        outbox.enqueue(session, f"reminder:{task}", Channel.ADVISOR_CARD, payload, lane=f"app:{task}", now=now)
        ledger.note_told(session, f"reminder:{task}", members, row.kind, now=now)

    def _list_day(self, now: datetime) -> None:
        here = now.astimezone(SHANGHAI)
        at = datetime.combine(here.date(), self.rules.digest_at, SHANGHAI)
        if self.listed_on == here.date() or not at <= now < at + _DIGEST_WITHIN:
            return
        end = day_begins(now) + timedelta(days=1)
        with self.database.reading() as session:
            advisors = store.advisors_with_work(session, until=end)
        for advisor in advisors:
            with self.database.unit_of_work() as session:
                self._list_for(session, advisor, end, now)
        self.listed_on = here.date()

    def _list_for(self, session: Session, advisor: str, end: datetime, now: datetime) -> None:
        known = store.lock_advisor(session, advisor)
        rows = store.today_of(session, advisor, until=end)
        self._needed(session, [row for row, _ in rows if row.state == ReminderState.OPEN and row.due_at <= now], now)
        rows = [(row, one) for row, one in rows if row.state != ReminderState.DROPPED]
        if rows and (known is None or known.is_active):
            urgent = sum(row.kind in URGENT for row, _ in rows)
            head = f"今天要跟进 {len(rows)} 位客户" + (f"，其中 {urgent} 位要尽快：" if urgent else "：")
            payload = {"userids": [advisor], "text": list_text(head, rows, now=now), "external_ids": [one.external_id for _, one in rows]}
            key = f"digest:{advisor}:{now.astimezone(SHANGHAI).date()}"
            outbox.enqueue(session, key, Channel.ADVISOR_TEXT, payload, lane=f"app:{key}", now=now)
            ledger.note_told(session, key, [advisor], "digest", now=now)
