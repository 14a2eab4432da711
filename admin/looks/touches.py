"""触达台账: each touch with its verdict, why, and what became of it; counted by reason."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from admin.looks.box_words import STATE_NAMES as BOX_STATES
from admin.looks.paging import contains, part_of
from admin.looks.plan_cockpit import names_of
from admin.looks.plan_words import KIND_NAMES, VERDICT_NAMES, VERDICT_TONES, reach_in_words, reason_in_words, step_title
from admin.looks.plans import titles
from admin.looks.wanted import Wanted
from admin.parts.when import exactly, when
from admin.sight import sees_all, subjects_in_sight
from admin.terms import Who
from bot.mass_rule import MassState, Reach
from bot.models import MassResult, MassTask, OutboxMessage
from customers.models import Advisor, Customer, GroupChat
from sop.ledger import TITLES
from sop.models import Touch
from sop.terms import Held, Skipped
from sop.touch_results import is_good

Row = dict[str, Any]
PERIODS: Mapping[str, str] = {"": "最近 7 天", "1": "最近一天", "30": "最近 30 天", "90": "最近 90 天", "all": "不限时间"}
REASONS: Mapping[str, str] = {str(one): str(one) for one in (*Held, *Skipped)}
_USUAL_DAYS = 7
_SUBJECTS = {"customer": "/customers/", "group": "/groups/"}
_BOX_TONES = {"parked": "bad", "unclear": "bad", "waiting": "info", "claimed": "info"}


def touches(session: Session, who: Who, wanted: Wanted, *, now: datetime) -> tuple[list[Row], int]:
    """The wanted page of the ledger, the newest decisions first, and how many lines there are."""
    query = _filtered(select(Touch), who, wanted, now=now)
    usual = [Touch.decided_at.desc(), Touch.id.desc()]
    part = part_of(session, query, wanted, sortable={"at": Touch.decided_at, "planned": Touch.planned}, usual=usual)
    found = [row[0] for row in part.rows]
    names, named, results = names_of(session, [one.subject_id for one in found]), titles(session), _results(session, found)
    return [_row(one, names, named, results[one.id], now=now) for one in found], part.total


def by_reason(session: Session, who: Who, wanted: Wanted, *, now: datetime) -> list[tuple[str, str, int]]:
    """(verdict, reason, how many) under the same filters, except that verdict and reason themselves do not narrow it."""
    free = Wanted({name: value for name, value in wanted.filters.items() if name not in ("verdict", "reason")})
    counted: Any = select(Touch.verdict, Touch.reason, func.count())
    query = _filtered(counted, who, free, now=now).group_by(Touch.verdict, Touch.reason)
    order = list(VERDICT_NAMES)
    found = [(verdict, reason, int(count)) for verdict, reason, count in session.execute(query)]
    return sorted(found, key=lambda one: (order.index(one[0]), -one[2], one[1]))


def _filtered(query: Select[Any], who: Who, wanted: Wanted, *, now: datetime) -> Select[Any]:
    for name, column in (
        ("plan", Touch.plan),
        ("step", Touch.step),
        ("kind", Touch.kind),
        ("verdict", Touch.verdict),
        ("reason", Touch.reason),
    ):
        if value := wanted.get(name):
            query = query.where(column == value)
    if words := wanted.get("q"):
        query = query.where(_concerns(words))
    days = wanted.get("days")
    if days != "all":
        query = query.where(Touch.decided_at >= now - timedelta(days=int(days) if days in PERIODS and days else _USUAL_DAYS))
    return query if sees_all(who) else query.where(subjects_in_sight(who, Touch.subject_kind, Touch.subject_id))


def _concerns(words: str) -> Any:
    """Whom it reached is called so: a customer, a group, a member, or an internal group."""
    named = ((Customer.external_id, Customer.nickname), (GroupChat.chat_id, GroupChat.name), (Advisor.userid, Advisor.name))
    return or_(Touch.subject_id == words, *(Touch.subject_id.in_(select(id_).where(contains(name, words))) for id_, name in named))


def _row(one: Touch, names: Mapping[str, str], named: Mapping[str, str], result: tuple[str, str], *, now: datetime) -> Row:
    return {
        "id": one.id,
        "what": step_title(one.plan, one.step, {**TITLES, **named}),
        "plan": one.plan if one.plan in named else "",
        "step": one.step,
        "kind": KIND_NAMES[one.kind],
        "to": names.get(one.subject_id, one.subject_id),
        "to_link": f"{_SUBJECTS[one.subject_kind]}{one.subject_id}" if one.subject_kind in _SUBJECTS else "",
        "verdict": VERDICT_NAMES[one.verdict],
        "tone": VERDICT_TONES[one.verdict],
        "reason": reason_in_words(one.reason, one.detail, named),
        "result": result[0] or ("—" if one.verdict == "go" else ""),
        "result_tone": result[1],
        "wording": f"第 {one.wording + 1} 种" if one.verdict == "go" else "",
        "planned": when(one.planned, now=now),
        "planned_exactly": exactly(one.planned),
        "latest": exactly(one.latest),
        "at": when(one.decided_at, now=now),
        "at_exactly": exactly(one.decided_at),
        "made": exactly(one.made_at),
    }


def _results(session: Session, found: Sequence[Touch]) -> dict[int, tuple[str, str]]:
    """What became of each, with its colour: as WeCom told it for the subject, else how far its row in the outbox is."""
    keys = {one.outbox_key for one in found if one.outbox_key}
    tasks = {task.key: task for task in session.scalars(select(MassTask).where(MassTask.key.in_(keys)))}
    subjects = {one.subject_id for one in found}
    ids = [task.id for task in tasks.values()]
    reached = {
        (task, subject): status
        for task, subject, status in session.execute(
            select(MassResult.task_id, MassResult.subject, MassResult.status).where(
                MassResult.task_id.in_(ids), MassResult.subject.in_(subjects)
            )
        )
    }
    columns = (OutboxMessage.key, OutboxMessage.state, OutboxMessage.reason)
    boxes = {key: (state, reason) for key, state, reason in session.execute(select(*columns).where(OutboxMessage.key.in_(keys)))}

    def result(one: Touch) -> tuple[str, str]:
        task = tasks.get(one.outbox_key)
        if one.result:
            return one.result, "good" if is_good(one.result) else "bad"
        if task is not None and (task.id, one.subject_id) in reached:
            status = reached[task.id, one.subject_id]
            return reach_in_words(status, task.state), _reach_tone(status, task.state)
        if one.outbox_key in boxes:
            state, reason = boxes[one.outbox_key]
            return "：".join(filter(None, [BOX_STATES[state], reason.partition("（errcode")[0]])), _BOX_TONES.get(state, "good")
        return "", ""

    return {one.id: result(one) for one in found}


def _reach_tone(status: int, state: str) -> str:
    if status == Reach.SENT:
        return "good"
    return "warn" if status == Reach.NOT_SENT and state in (MassState.OPEN, MassState.MAKING) else "bad"
