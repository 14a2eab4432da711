"""Looks for what advisors ought to be reminded of, and makes a row of each: once, whoever looks and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import Database
from core.zone import SHANGHAI
from customers import store as customer_store
from customers.models import Advisor, Customer
from customers.placing import meet_advisor
from customers.terms import Level
from sop import reminder_store as store
from sop.askings_served import end_served
from sop.due_reminders import Due, day_begins, due_by_level, due_by_order, due_by_promise, due_by_visit, visit_day
from sop.models import Reminder
from sop.promises import promises
from sop.reminder_ports import ReminderPorts
from sop.reminder_terms import LIVE, FollowUpRules, ReminderKind, ReminderState

# Customers of one transaction; SQLite has one writer, and callbacks wait behind it.
SLICE = 500
# Of things said or done in this time a reminder is made; a process that was down for longer does not nag about last week.
LOOK_BACK = timedelta(days=3)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Finder:
    """Each look is safe to repeat and to do in two processes at once."""

    database: Database
    rules: FollowUpRules
    ports: ReminderPorts

    def find(self, *, now: datetime) -> None:
        """Everything that is due by level, by promise, by event; and what belongs to another advisor by now goes to him."""
        self._move(now)
        self._see_contacts(now)
        self._by_level(now)
        self._by_order(now)
        self._without_advisor(now)
        for find in (self._promises, self._askings, self._visits, self._deleted):
            with self.database.unit_of_work() as session:
                find(session, now)

    def _by_level(self, now: datetime) -> None:
        levels = [level for level, rule in self.rules.levels.items() if rule.every is not None]

        def plan(session: Session, some: list[Customer]) -> None:
            known = store.known_of(session, some, self.ports.contacts)
            for row in store.of_other_level(session, some):
                store.drop(row, "客户级别变了，按新级别提醒", now=now)
            for customer in some:
                due = due_by_level(known[customer.id], self.rules)
                if due is not None:
                    _make(session, customer, customer.advisor, due, now=now)

        self._slices((*store.BY_LEVEL,), levels, plan)

    def _by_order(self, now: datetime) -> None:
        def plan(session: Session, some: list[Customer]) -> None:
            known = store.known_of(session, some, self.ports.contacts)
            for customer in some:
                due = due_by_order(known[customer.id], self.rules)
                if due is not None:
                    _make(session, customer, customer.advisor, due, now=now)

        self._slices((ReminderKind.ORDER,), [Level.O], plan)

    def _without_advisor(self, now: datetime) -> None:
        """Of what happens with a customer whom nobody looks after a manager hears; regular follow-ups are an advisor's."""
        levels = [level for level, rule in self.rules.levels.items() if rule.first_touch is not None]

        def plan(session: Session, some: list[Customer]) -> None:
            known = store.known_of(session, some, self.ports.contacts)
            for customer in some:
                for due in (due_by_level(known[customer.id], self.rules), due_by_order(known[customer.id], self.rules)):
                    # He may have risen long before anybody asked for this: managers are not told of last year.
                    if due is not None and due.kind is not ReminderKind.LEVEL and due.at > now - LOOK_BACK:
                        _make(session, customer, "", due, now=now)

        self._slices((ReminderKind.ROSE, ReminderKind.ORDER), [*levels, Level.O], plan, owned=False)

    def _slices(
        self,
        kinds: tuple[ReminderKind, ...],
        levels: list[Level],
        plan: Callable[[Session, list[Customer]], None],
        *,
        owned: bool = True,
    ) -> None:
        after = 0
        while True:
            with self.database.reading() as session:
                ids = [one.id for one in store.lacking(session, kinds, levels, owned=owned, after=after, limit=SLICE)]
            if not ids:
                return
            with self.database.unit_of_work() as session:
                plan(session, list(session.scalars(select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id))))
            after = ids[-1]

    def _promises(self, session: Session, now: datetime) -> None:
        for line in self.ports.spoken(session, now - LOOK_BACK):
            found = promises(line.words, line.said_at, self.ports.read_times)
            customer = customer_store.customer_by_external_id(session, line.external_id) if found else None
            if customer is None:
                continue
            advisor = line.by if _is_advisor(session, line.by) else customer.advisor
            for number, promise in enumerate(found):
                due = due_by_promise(promise, f"{line.msgid}:{number}", self.rules)
                reason = {"words": promise.words, "message_id": line.msgid, "since": line.said_at.isoformat()}
                _make(session, customer, advisor, due, reason, now=now)

    def _askings(self, session: Session, now: datetime) -> None:
        end_served(session, self.ports, now=now)
        for asking in self.ports.askings(session, now - LOOK_BACK):
            customer = customer_store.customer_by_external_id(session, asking.external_id)
            if customer is not None:
                advisor = customer.advisor or next(iter(asking.told), "")
                if advisor:
                    meet_advisor(session, advisor)
                due = Due(ReminderKind.PERSON_ASKED, asking.asked_at + self.rules.person_asked_after, asking.cause)
                title = f"{asking.why}，还没有人接" if asking.why else ""
                reason = {"title": title, "words": asking.words, "since": asking.asked_at.isoformat()}
                _make(session, customer, advisor, due, reason, now=now)

    def _visits(self, session: Session, now: datetime) -> None:
        today = now.astimezone(SHANGHAI).date()
        _end_eves(session, now)
        for slot, customer in store.visits(session, first=str(today - DAY), last=str(today + DAY)):
            day = visit_day(slot.value)
            due = due_by_visit(day, str(slot.id), self.rules, today=today) if day else None
            if due is None or (due.kind is ReminderKind.VISIT_PAST and store.has_come(session, customer.id, since=due.at - DAY)):
                continue
            reason = {"text": f"约定 {slot.value.replace('T', ' ')}", "words": slot.words, "message_id": slot.message_id}
            _make(session, customer, customer.advisor, due, reason, now=now)

    def _deleted(self, session: Session, now: datetime) -> None:
        for follow, customer in store.deleted_by_customer(session, since=now - LOOK_BACK):
            assert follow.ended_at is not None
            due = Due(ReminderKind.LOST_CONTACT, follow.ended_at, follow.ended_at.astimezone(SHANGHAI).strftime("%Y%m%dT%H%M%S"))
            _make(session, customer, follow.advisor, due, {"since": follow.ended_at.isoformat()}, now=now)

    def _see_contacts(self, now: datetime) -> None:
        """Who was spoken with after the card came needs no answer to it any more."""
        after = 0
        while True:
            with self.database.unit_of_work() as session:
                rows = store.waiting_for_answer(session, after=after, limit=SLICE)
                known = store.known_of(session, [customer for _, customer in rows], self.ports.contacts)
                for row, customer in rows:
                    contacted = known[customer.id].contacted_at
                    if row.asked_at is not None and contacted is not None and contacted >= row.asked_at:
                        store.drop(row, "已和客户联系", now=now)
                after = rows[-1][0].id if rows else after
            if len(rows) < SLICE:
                return

    def _move(self, now: datetime) -> None:
        with self.database.unit_of_work() as session:
            for row, customer in store.astray(session, limit=SLICE):
                bound = row.kind in (ReminderKind.PROMISE, ReminderKind.PERSON_ASKED)
                if row.reason.get("assigned") or (bound and not store.has_left(session, customer.id, row.advisor)):
                    continue
                if not customer.advisor and row.kind == ReminderKind.LEVEL:
                    store.drop(row, "客户已经没有顾问", now=now)
                    continue
                hand_on(row, customer.advisor, "客户换了顾问" if customer.advisor else "客户已经没有顾问", now=now)


def hand_on(row: Reminder, advisor: str, why: str, *, now: datetime) -> None:
    """The reminder is another advisor's from now on; the story so far goes with it, and he is asked afresh."""
    before = f"原顾问 {row.advisor}" if row.advisor else "之前没有顾问"
    told = f"提醒过 {row.asked} 次" if row.asked else "还没有提醒"
    # A card has 26 characters for it: the number stands first, so that at most a long userid is cut.
    line = {"at": now.isoformat(), "text": f"{why}：{before}，{told}", "short": f"{told}，{before}"}
    row.reason = {**row.reason, "story": [*row.reason.get("story", []), line], "asked_before": row.asked, "unheard": ""}
    row.advisor, row.state, row.asked_at, row.escalated_at = advisor, ReminderState.OPEN, None, None


def _end_eves(session: Session, now: datetime) -> None:
    """The eve's reminder ends with its day: unanswered, or told to a manager, it would hold back the question how the visit went."""
    over = select(Reminder).where(Reminder.kind == ReminderKind.VISIT_EVE, Reminder.state.in_(LIVE), Reminder.due_at < day_begins(now))
    # A click may come at this moment: whoever is first has the row.
    for row in session.scalars(over.order_by(Reminder.id).with_for_update()):
        store.drop(row, "约定到店的日子已经到了", now=now)


def _make(session: Session, customer: Customer, advisor: str, due: Due, reason: dict[str, str] | None = None, *, now: datetime) -> None:
    # What is due by level names its advisor in the query that finds it; an event is one event, whoever is the advisor by now.
    if due.kind in store.BY_LEVEL or not store.made_for_another(session, customer, due):
        store.add(session, customer, advisor, due, reason or {}, now=now)


def _is_advisor(session: Session, userid: str) -> bool:
    return bool(userid) and session.scalar(select(Advisor.id).where(Advisor.userid == userid)) is not None
