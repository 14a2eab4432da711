"""What the page of follow-ups shows: whom advisors are to be in touch with, what is overdue first, and who is behind."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from admin.looks.paging import contains, part_of
from admin.looks.plans import moment_ahead
from admin.looks.wanted import Wanted
from admin.parts.phones import masked
from admin.parts.when import exactly, how_late, when
from admin.sight import in_sight
from admin.terms import Role, Who
from customers.models import Advisor, Customer
from customers.rules import LEVEL_NAMES
from customers.terms import Level
from sop.due_reminders import day_begins
from sop.models import Reminder
from sop.reminder_card import title_of
from sop.reminder_terms import FOLLOW_UP_NAMES, LIVE, FollowUp, ReminderState

Row = dict[str, Any]
# Without a choice: what is to be done today.
STATES: Mapping[str, str] = {
    "": "今天和逾期",
    "overdue": "逾期",
    "later": "明天以后",
    "open": "全部未处理",
    "unowned": "没有顾问",
    "unheard": "无人可上报",
    "done": "已处理",
    "dropped": "不用提醒了",
}
_STATE_NAMES = {
    ReminderState.OPEN: "待提醒",
    ReminderState.ASKED: "已提醒",
    ReminderState.ESCALATED: "已上报店长",
    ReminderState.UNHEARD: "无人可上报",
    ReminderState.DONE: "已处理",
    ReminderState.DROPPED: "不用提醒了",
}
_TONES = {ReminderState.ASKED: "info", ReminderState.ESCALATED: "bad", ReminderState.UNHEARD: "bad", ReminderState.DONE: "good"}
_BEHIND = 12


def tasks(session: Session, who: Who, wanted: Wanted, stores: Mapping[str, str], *, now: datetime) -> tuple[list[Row], int]:
    """A page of the list, overdue first, and how many there are in all."""
    query: Any = (
        select(Reminder, Customer, Advisor.name)
        .join(Customer, Customer.id == Reminder.customer_id)
        .outerjoin(Advisor, Advisor.userid == Reminder.advisor)
        .where(_seen(who), _in_state(wanted.get("state"), now))
    )
    if words := wanted.get("q"):
        query = query.where(or_(contains(Customer.nickname, words), contains(Reminder.advisor, words), contains(Advisor.name, words)))
    for name, column in (("advisor", Reminder.advisor), ("kind", Reminder.kind), ("level", Customer.level), ("store", Customer.store)):
        if value := wanted.get(name):
            query = query.where(column == value)
    over = wanted.get("state") in ("done", "dropped")
    usual = [Reminder.ended_at.desc(), Reminder.id] if over else [Reminder.due_at, Reminder.urgency, Reminder.id]
    sortable = {"due": Reminder.due_at, "level": Reminder.urgency, "advisor": Reminder.advisor}
    part = part_of(session, query, wanted, sortable=sortable, usual=usual)
    return [_row(row, customer, name, stores, now) for row, customer, name in map(tuple, part.rows)], part.total


def today(session: Session, who: Who, *, now: datetime) -> tuple[int, datetime | None]:
    """How many the list holds without a choice, and when the first of them was due."""
    query = select(func.count(), func.min(Reminder.due_at, type_=Reminder.due_at.type)).join(Customer, Customer.id == Reminder.customer_id)
    count, first = session.execute(query.where(_seen(who), _in_state("", now))).one()
    return count, first


def behind(session: Session, who: Who, *, now: datetime) -> Sequence[Row]:
    """The advisors with something to do today, who has most overdue first."""
    overdue = func.sum(case((Reminder.due_at <= now, 1), else_=0))
    query = (
        select(Reminder.advisor, func.max(Advisor.name), func.count(), overdue)
        .join(Customer, Customer.id == Reminder.customer_id)
        .outerjoin(Advisor, Advisor.userid == Reminder.advisor)
        .where(_seen(who), _in_state("", now))
        .group_by(Reminder.advisor)
        .order_by(overdue.desc(), func.count().desc(), Reminder.advisor)
        .limit(_BEHIND)
    )
    return [
        {"userid": userid, "name": name or userid or "没有顾问", "open": number, "overdue": int(late)}
        for userid, name, number, late in map(tuple, session.execute(query))
    ]


def advisors_to_choose(session: Session, who: Who) -> dict[str, str]:
    """Who may be given a task: active ones, of his store if he is bound to one."""
    query = select(Advisor.userid, Advisor.name).where(Advisor.is_active).order_by(Advisor.name, Advisor.userid)
    if who.role is Role.STORE_MANAGER:
        query = query.where(Advisor.store == who.store, Advisor.store != "")
    return {userid: name or userid for userid, name in session.execute(query)}


def task_in_sight(who: Who, reminder_id: int) -> Select[Any]:
    """This one, if he may see it."""
    return select(Reminder).join(Customer, Customer.id == Reminder.customer_id).where(Reminder.id == reminder_id, _seen(who))


def _seen(who: Who) -> ColumnElement[bool]:
    """His customers' tasks; an advisor's own ones also when the customer has left him."""
    return or_(in_sight(who), Reminder.advisor == who.userid) if who.role is Role.ADVISOR and who.userid else in_sight(who)


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    live, tomorrow = Reminder.state.in_(LIVE), day_begins(now) + timedelta(days=1)
    match state:
        case "overdue":
            return live & (Reminder.due_at <= now)
        case "open":
            return live
        case "later":
            return live & (Reminder.due_at >= tomorrow)
        case "unowned":
            return live & (Reminder.advisor == "")
        case "done" | "dropped" | "unheard":
            return Reminder.state == state
        case _:
            return live & (Reminder.due_at < tomorrow)


def _due(row: Reminder, *, live: bool, now: datetime) -> str:
    if not live:
        return when(row.due_at, now=now)
    return how_late(now - row.due_at) if row.due_at <= now else moment_ahead(row.due_at, now=now)


def _row(row: Reminder, customer: Customer, advisor: str | None, stores: Mapping[str, str], now: datetime) -> Row:
    live, state = row.state in LIVE, ReminderState(row.state)
    outcome = FOLLOW_UP_NAMES[FollowUp(row.outcome)] if row.outcome else ""
    story = [masked(str(line["text"])) for line in row.reason.get("story", [])]
    return {
        "id": row.id,
        "customer": customer.nickname or "（微信客户）",
        "external_id": row.external_id,
        "level": customer.level,
        "level_name": LEVEL_NAMES[Level(customer.level)],
        "kind": title_of(row),
        "words": masked(str(row.reason.get("words") or row.reason.get("text") or "")),
        "advisor": advisor or row.advisor or "没有顾问",
        "userid": row.advisor,
        "store": stores.get(customer.store, customer.store) or "—",
        "due": _due(row, live=live, now=now),
        "due_exactly": exactly(row.due_at),
        "late": live and row.due_at <= now,
        "asked": f"{row.asked} 次" if row.asked else "—",
        "live": live,
        "state": " ".join(filter(None, [outcome or _STATE_NAMES[state], masked(row.outcome_note)])),
        "tone": _TONES.get(state, ""),
        "why": row.dropped_why
        or row.reason.get("unheard", "")
        or (f"{row.outcome_by}，{exactly(row.outcome_at)}" if row.outcome_at else ""),
        "next": when(row.next_at, now=now) if row.next_at else "",
        "story": story,
    }
