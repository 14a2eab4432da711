"""Every query about advisors' reminders."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.db import insert_once
from customers.models import Advisor, Customer, Follow, LevelChange, SlotRecord
from customers.terms import Level, SlotName
from sop.due_reminders import Due, Known, urgency_of
from sop.keys import card_of, reminder_key
from sop.models import Reminder
from sop.reminder_terms import CAME, LIVE, OWN_EVENT, WAITING, FollowUp, ReminderKind, ReminderState

BY_LEVEL = (ReminderKind.ROSE, ReminderKind.LEVEL)
Contacts = Callable[[Session, Collection[str]], Mapping[str, datetime]]
_RANK = {level: number for number, level in enumerate(Level)}


def lacking(
    session: Session, kinds: Collection[ReminderKind], levels: Collection[str], *, owned: bool = True, after: int, limit: int
) -> list[Customer]:
    """Customers of an advisor (of none, when not `owned`), at one of these levels, without a live reminder of these kinds that was made for
    the level they have."""
    live = select(Reminder.id).where(
        Reminder.customer_id == Customer.id, Reminder.kind.in_(kinds), Reminder.state.in_(LIVE), Reminder.level == Customer.level
    )
    theirs = Customer.advisor != "" if owned else Customer.advisor == ""
    query = select(Customer).where(Customer.id > after, theirs, Customer.opted_out_at.is_(None), Customer.level.in_(levels))
    return list(session.scalars(query.where(~live.exists()).order_by(Customer.id).limit(limit)))


def known_of(session: Session, customers: Sequence[Customer], contacts: Contacts) -> dict[int, Known]:
    """What is known of each one's contacts, by the customer's row."""
    ids = [customer.id for customer in customers]
    said = contacts(session, [customer.external_id for customer in customers])
    recorded = _outcomes(session, ids)
    changes = _last_changes(session, ids)
    since = _follows(session, ids)
    owners = _owners(session, [one.id for one in customers if one.level == Level.O])
    return {
        one.id: _known(one, changes.get(one.id), since, [said.get(one.external_id), recorded.get(one.id)], delivered=one.id in owners)
        for one in customers
    }


def add(session: Session, customer: Customer, advisor: str, due: Due, reason: Mapping[str, Any], *, now: datetime) -> bool:
    """Make it once; False when it was made before."""
    key = reminder_key(due.kind, advisor, customer.external_id, due.cause)
    row = {
        "key": key,
        "card": card_of(key),
        "customer_id": customer.id,
        "external_id": customer.external_id,
        "advisor": advisor,
        "kind": due.kind,
        "level": customer.level,
        "urgency": urgency_of(due.kind, Level(customer.level)),
        "reason": {"text": "", "words": "", "message_id": "", "since": now.isoformat(), "story": [], **reason},
        "made_at": now,
        "due_at": due.at,
        "state": ReminderState.OPEN,
        "asked": 0,
        "outcome": "",
        "outcome_note": "",
        "outcome_by": "",
        "dropped_why": "",
    }
    return bool(insert_once(session, Reminder, [row], unique=["key"]))


def made_for_another(session: Session, customer: Customer, due: Due) -> bool:
    """Whether this reason has made a reminder already, whoever was the customer's advisor then."""
    same = Reminder.key.endswith(f":{customer.external_id}:{due.cause}", autoescape=True)
    query = select(Reminder.id).where(Reminder.customer_id == customer.id, Reminder.kind == due.kind, same)
    return session.scalar(query.limit(1)) is not None


def drop(row: Reminder, why: str, *, now: datetime) -> None:
    """It is not needed any more."""
    row.state, row.dropped_why, row.ended_at = ReminderState.DROPPED, why, now


def of_other_level(session: Session, customers: Sequence[Customer]) -> list[Reminder]:
    """What was planned for a level that these customers do not have any more; a card that waits for an answer is none of it."""
    query = select(Reminder).join(Customer, Customer.id == Reminder.customer_id)
    query = query.where(Reminder.customer_id.in_([one.id for one in customers]), Reminder.kind.in_(BY_LEVEL))
    return list(session.scalars(query.where(Reminder.state == ReminderState.OPEN, Reminder.level != Customer.level)))


def waiting_for_answer(session: Session, *, after: int, limit: int) -> list[tuple[Reminder, Customer]]:
    """Cards without an answer, those that a manager was told of as well."""
    query = select(Reminder, Customer).join(Customer, Customer.id == Reminder.customer_id)
    query = query.where(Reminder.id > after, Reminder.state.in_(WAITING))
    return [(row, customer) for row, customer in session.execute(query.order_by(Reminder.id).limit(limit))]


def live_of(session: Session, customer_id: int) -> list[Reminder]:
    """A customer's live reminders, most urgent first."""
    query = select(Reminder).where(Reminder.customer_id == customer_id, Reminder.state.in_(LIVE))
    return list(session.scalars(query.order_by(Reminder.urgency, Reminder.due_at)))


def astray(session: Session, *, limit: int) -> list[tuple[Reminder, Customer]]:
    """Live reminders whose advisor is not the customer's any more."""
    query = select(Reminder, Customer).join(Customer, Customer.id == Reminder.customer_id)
    query = query.where(Reminder.state.in_(LIVE), Reminder.advisor != Customer.advisor, Reminder.kind != ReminderKind.LOST_CONTACT)
    return [(row, customer) for row, customer in session.execute(query.order_by(Reminder.id).limit(limit))]


def has_left(session: Session, customer_id: int, advisor: str) -> bool:
    """Whether the relation of this pair has ended."""
    query = select(Follow.id).where(Follow.customer_id == customer_id, Follow.advisor == advisor, Follow.ended_at.is_not(None))
    return session.scalar(query) is not None


def advisors_at_work(session: Session, *, unanswered_since: datetime, now: datetime) -> list[str]:
    """Whom something is due for, or who has not answered a card that was sent before then."""
    due = (Reminder.state == ReminderState.OPEN) & (Reminder.due_at <= now)
    silent = (Reminder.state == ReminderState.ASKED) & (Reminder.asked_at <= unanswered_since)
    query = select(Reminder.advisor).where(or_(due, silent), Reminder.advisor != "")
    return list(session.scalars(query.distinct().order_by(Reminder.advisor)))


def unowned_stores(session: Session, states: Collection[ReminderState], *, now: datetime) -> list[str]:
    """The stores (empty: not known) of customers without an advisor of whom something is due, in these states."""
    query = select(Customer.store).join(Reminder, Reminder.customer_id == Customer.id)
    query = query.where(Reminder.state.in_(states), Reminder.due_at <= now, Reminder.advisor == "")
    return list(session.scalars(query.distinct().order_by(Customer.store)))


def due_unowned(session: Session, store: str, states: Collection[ReminderState], *, limit: int, now: datetime) -> list[Reminder]:
    """What is due of this store's customers without an advisor, most urgent first, held until the transaction ends."""
    query = select(Reminder).join(Customer, Customer.id == Reminder.customer_id)
    query = query.where(Reminder.state.in_(states), Reminder.due_at <= now, Reminder.advisor == "", Customer.store == store)
    return list(session.scalars(query.order_by(Reminder.urgency, Reminder.due_at).limit(limit).with_for_update(of=Reminder)))


def told_of_unowned(session: Session, store: str, *, since: datetime) -> int:
    """How many cards about this store's customers without an advisor were sent since then."""
    query = select(func.count()).select_from(Reminder).join(Customer, Customer.id == Reminder.customer_id)
    return session.scalar(query.where(Reminder.advisor == "", Customer.store == store, Reminder.asked_at >= since)) or 0


def unheard_advisors(session: Session) -> list[str]:
    """Advisors of whose open reminders no manager could be told."""
    query = select(Reminder.advisor).where(Reminder.state == ReminderState.UNHEARD, Reminder.advisor != "")
    return list(session.scalars(query.distinct().order_by(Reminder.advisor)))


def unheard(session: Session, advisor: str) -> list[Reminder]:
    """These, held until the transaction ends."""
    query = select(Reminder).where(Reminder.state == ReminderState.UNHEARD, Reminder.advisor == advisor)
    return list(session.scalars(query.order_by(Reminder.urgency, Reminder.due_at).with_for_update()))


def unheard_counts(session: Session) -> tuple[int, int]:
    """How many reminders nobody can hear of: (an advisor's whose manager is missing, of customers without an advisor)."""
    his, nobodys = func.count().filter(Reminder.advisor != ""), func.count().filter(Reminder.advisor == "")
    unanswered, unowned = session.execute(select(his, nobodys).where(Reminder.state == ReminderState.UNHEARD)).one()
    return unanswered, unowned


def advisor(session: Session, userid: str) -> Advisor | None:
    """His row."""
    return session.scalar(select(Advisor).where(Advisor.userid == userid))


def lock_advisor(session: Session, userid: str) -> Advisor | None:
    """His row, held until the transaction ends: two schedulers do not count his cards at the same time."""
    return session.scalar(select(Advisor).where(Advisor.userid == userid).with_for_update())


def kinds_sent(session: Session, advisor: str, *, since: datetime) -> list[ReminderKind]:
    """The kinds of the cards that he got since then."""
    query = select(Reminder.kind).where(Reminder.advisor == advisor, Reminder.asked_at >= since)
    return [ReminderKind(kind) for kind in session.scalars(query)]


def due_for(session: Session, advisor: str, kinds: Collection[ReminderKind], *, limit: int, now: datetime) -> list[Reminder]:
    """What is due for him, most urgent first."""
    query = select(Reminder).where(Reminder.advisor == advisor, Reminder.state == ReminderState.OPEN, Reminder.due_at <= now)
    return list(session.scalars(query.where(Reminder.kind.in_(kinds)).order_by(Reminder.urgency, Reminder.due_at).limit(limit)))


def unanswered(session: Session, advisor: str, *, since: datetime) -> list[Reminder]:
    """His cards without an answer that were sent before then."""
    query = select(Reminder).where(Reminder.advisor == advisor, Reminder.state == ReminderState.ASKED, Reminder.asked_at <= since)
    return list(session.scalars(query.order_by(Reminder.urgency, Reminder.asked_at)))


def pending(session: Session, customer_ids: Collection[int]) -> dict[int, int]:
    """Customers of whom an advisor was asked already and has not answered → the urgency of that."""
    query = select(Reminder.customer_id, func.min(Reminder.urgency)).where(
        Reminder.customer_id.in_(customer_ids), Reminder.state.in_(WAITING)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Reminder.customer_id))}


def today_of(session: Session, advisor: str, *, until: datetime, limit: int = 200) -> list[tuple[Reminder, Customer]]:
    """His live reminders that are due before then, most urgent first, one a customer; news stands before what a manager was told."""
    query = select(Reminder, Customer).join(Customer, Customer.id == Reminder.customer_id)
    query = query.where(Reminder.advisor == advisor, Reminder.state.in_(LIVE), Reminder.due_at < until)
    firsts: dict[int, tuple[Reminder, Customer]] = {}
    for row, customer in session.execute(query.order_by(Reminder.urgency, Reminder.due_at).limit(limit)):
        first, _ = firsts.setdefault(customer.id, (row, customer))
        if first.state == ReminderState.ESCALATED != row.state and row.kind in OWN_EVENT:
            firsts[customer.id] = (row, customer)
    return list(firsts.values())


def advisors_with_work(session: Session, *, until: datetime) -> list[str]:
    """Who has live reminders due before then."""
    query = select(Reminder.advisor).where(Reminder.state.in_(LIVE), Reminder.due_at < until, Reminder.advisor != "")
    return list(session.scalars(query.distinct().order_by(Reminder.advisor)))


def by_card(session: Session, card: str) -> Reminder | None:
    """The reminder behind a card, held until the transaction ends."""
    return session.scalar(select(Reminder).where(Reminder.card == card).with_for_update())


def last_promise(session: Session, customer_id: int) -> Reminder | None:
    """The newest promise to him that was ever found."""
    query = select(Reminder).where(Reminder.customer_id == customer_id, Reminder.kind == ReminderKind.PROMISE)
    return session.scalar(query.order_by(Reminder.made_at.desc(), Reminder.id.desc()).limit(1))


def has_come(session: Session, customer_id: int, *, since: datetime) -> bool:
    """Whether a visit or an order was recorded since then."""
    query = select(Reminder.id).where(Reminder.customer_id == customer_id, Reminder.outcome.in_(CAME), Reminder.outcome_at >= since)
    return session.scalar(query.limit(1)) is not None


def visits(session: Session, *, first: str, last: str) -> list[tuple[SlotRecord, Customer]]:
    """The visits that customers named for these days (ISO dates, both included); of each customer what he named last."""
    newest = (
        select(func.max(SlotRecord.id).label("id"))
        .where(SlotRecord.name == SlotName.VISIT_TIME, SlotRecord.undone_at.is_(None))
        .group_by(SlotRecord.customer_id)
        .subquery()
    )
    query = select(SlotRecord, Customer).join(newest, newest.c.id == SlotRecord.id).join(Customer, Customer.id == SlotRecord.customer_id)
    # An hour of the last day («…T15:00») sorts behind the day itself.
    query = query.where(SlotRecord.value >= first, SlotRecord.value <= f"{last}~")
    return [(slot, customer) for slot, customer in session.execute(query)]


def deleted_by_customer(session: Session, *, since: datetime) -> list[tuple[Follow, Customer]]:
    """Relations that the customer ended since then."""
    query = select(Follow, Customer).join(Customer, Customer.id == Follow.customer_id)
    return [(follow, one) for follow, one in session.execute(query.where(Follow.ended_by == "customer", Follow.ended_at >= since))]


def _known(
    customer: Customer, change: LevelChange | None, since: Mapping[int, datetime], contacts: Sequence[datetime | None], *, delivered: bool
) -> Known:
    contacted = max((moment for moment in contacts if moment is not None), default=None)
    rose = change is not None and _RANK[Level(change.after)] < _RANK[Level(change.before)]
    return Known(
        level=Level(customer.level),
        since=since.get(customer.id, customer.first_seen_at),
        changed_at=change.changed_at if change else None,
        rose=rose,
        heard_at=customer.last_heard_at,
        contacted_at=contacted,
        delivered=delivered,
    )


def _owners(session: Session, ids: Collection[int]) -> set[int]:
    """Of these those whose car was recorded as fetched."""
    return set(session.scalars(select(Reminder.customer_id).where(Reminder.customer_id.in_(ids), Reminder.outcome == FollowUp.DELIVERED)))


def _outcomes(session: Session, ids: Collection[int]) -> dict[int, datetime]:
    query = select(Reminder.customer_id, func.max(Reminder.outcome_at)).where(
        Reminder.customer_id.in_(ids), Reminder.outcome_at.is_not(None), Reminder.outcome != FollowUp.LATER
    )
    return {customer: at for customer, at in session.execute(query.group_by(Reminder.customer_id)) if at is not None}


def _last_changes(session: Session, ids: Collection[int]) -> dict[int, LevelChange]:
    newest = select(func.max(LevelChange.id)).where(LevelChange.customer_id.in_(ids)).group_by(LevelChange.customer_id)
    return {change.customer_id: change for change in session.scalars(select(LevelChange).where(LevelChange.id.in_(newest)))}


def _follows(session: Session, ids: Collection[int]) -> dict[int, datetime]:
    query = select(Follow.customer_id, func.max(Follow.since)).where(Follow.customer_id.in_(ids), Follow.ended_at.is_(None))
    return {row[0]: row[1] for row in session.execute(query.group_by(Follow.customer_id))}


def reported(session: Session, customer: Customer, advisor: str, *, now: datetime) -> Reminder:
    """A row for what an advisor reports unasked."""
    due = Due(ReminderKind.LEVEL, now, f"reported:{now.timestamp():.6f}")
    add(session, customer, advisor, due, {"text": "顾问主动记录"}, now=now)
    return session.scalars(select(Reminder).where(Reminder.key == reminder_key(due.kind, advisor, customer.external_id, due.cause))).one()
