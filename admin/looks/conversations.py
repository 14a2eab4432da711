"""What the list of conversations shows: who waits, who serves whom, the last words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from admin.looks.paging import contains, part_of, said_with
from admin.looks.said import said, titles_in
from admin.looks.wanted import Wanted
from admin.models import Operator
from admin.parts.levels import level_tone
from admin.parts.when import lasted, when
from admin.sight import seen
from admin.terms import Who
from bot.describe import DECISION_NAMES
from bot.models import KfSession, Utterance
from bot.serving import SERVES_NAMES, Serves, is_served_by, who_serves
from customers.models import Advisor, Customer
from customers.rules import LEVEL_NAMES
from customers.terms import Level

FILTERS = ("view", "servicer", "decision", "level", "words")
VIEWS: Mapping[str, str] = {
    "waiting": "等回复",
    "unread": "没看过",
    **{str(serves): name for serves, name in SERVES_NAMES.items()},
}
_TONES = {Serves.OPERATOR: "info", Serves.SERVICER: "info", Serves.POOL: "warn", Serves.PROMISED: "warn", Serves.ASSISTANT: "good"}
_SPEAKERS = {"customer": "", "assistant": "助手：", "person": "人工："}
_OPERATOR = "operator:"
_SHOWN = 80  # characters of the last words


def conversations(session: Session, who: Who, wanted: Wanted, *, now: datetime) -> tuple[Sequence[dict[str, Any]], int]:
    """Customers who have spoken, newest first; in the view of those who wait, the longest wait first."""
    query = _filtered(_of(who), who, wanted, now=now)
    waits = wanted.get("view") == "waiting"
    usual = [KfSession.waiting_since.asc() if waits else KfSession.heard_at.desc(), KfSession.id.desc()]
    sortable = {"at": KfSession.heard_at, "waits": KfSession.waiting_since, "level": Customer.score}
    part = part_of(session, query, wanted, sortable=sortable, usual=usual)
    rows: list[Any] = list(part.rows)
    last = _last_words(session, [row[0].id for row in rows])
    names, titles = {**advisor_names(session), **holders(session, [row[0] for row in rows])}, titles_in(session, list(last.values()))
    told = {kf_id: _told(line, titles) for kf_id, line in last.items()}
    return [_row(row[0], row[1], told.get(row[0].id, "—"), names, now=now) for row in rows], part.total


def counts(session: Session, who: Who, *, now: datetime) -> dict[str, int]:
    """How many conversations each view of the headline has."""
    views = ("waiting", "unread", Serves.OPERATOR, Serves.SERVICER, Serves.POOL, Serves.PROMISED)
    columns = [func.coalesce(func.sum(case((_view(view, now=now), 1), else_=0)), 0) for view in views]
    row = session.execute(_of(who).with_only_columns(*columns)).one()
    return {str(view): int(number) for view, number in zip(views, row, strict=True)}


def advisor_names(session: Session) -> dict[str, str]:
    """Userid → name, of those who have one."""
    rows = session.execute(select(Advisor.userid, Advisor.name).where(Advisor.name != ""))
    return {str(row[0]): str(row[1]) for row in rows}


def _of(who: Who) -> Select[Any]:
    joined: Any = select(KfSession, Customer).join(Customer, Customer.external_id == KfSession.external_id)
    return seen(who, joined).where(KfSession.heard_at.isnot(None))


def _filtered(query: Select[Any], who: Who, wanted: Wanted, *, now: datetime) -> Select[Any]:
    if view := wanted.get("view"):
        query = query.where(_view(view, now=now))
    if servicer := wanted.get("servicer"):
        query = query.where(or_(KfSession.servicer == servicer, Customer.advisor == servicer))
    if decision := wanted.get("decision"):
        query = query.where(KfSession.decision == decision)
    if level := wanted.get("level"):
        query = query.where(Customer.level == level)
    if words := wanted.get("words"):
        spoke = select(Utterance.external_id).where(said_with(who, Utterance.words, words))
        query = query.where(or_(contains(Customer.nickname, words), KfSession.external_id.in_(spoke)))
    return query


def _view(view: str, *, now: datetime) -> ColumnElement[bool]:
    if view == "waiting":
        return KfSession.waiting_since.isnot(None)
    if view == "unread":
        return and_(KfSession.heard_at.isnot(None), or_(KfSession.read_at.is_(None), KfSession.read_at < KfSession.heard_at))
    return is_served_by(Serves(view), now=now) if view in {str(one) for one in Serves} else KfSession.id.isnot(None)


def _last_words(session: Session, kf_ids: Sequence[int]) -> dict[int, Utterance]:
    newest = (
        select(Utterance.id)
        .where(Utterance.external_id == KfSession.external_id, Utterance.speaker != "system")
        .order_by(Utterance.said_at.desc(), Utterance.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    ids = {kf_id: line for kf_id, line in session.execute(select(KfSession.id, newest).where(KfSession.id.in_(kf_ids))) if line}
    lines = {line.id: line for line in session.scalars(select(Utterance).where(Utterance.id.in_(ids.values())))}
    return {kf_id: lines[line] for kf_id, line in ids.items()}


def _row(kf: KfSession, customer: Customer, last: str, names: Mapping[str, str], *, now: datetime) -> dict[str, Any]:
    serves = who_serves(kf, now=now)
    return {
        "id": kf.id,
        "external_id": kf.external_id,
        "open_kfid": kf.open_kfid,
        "name": customer.nickname or "微信客户",
        "unread": kf.heard_at is not None and (kf.read_at is None or kf.read_at < kf.heard_at),
        "level": customer.level,
        "level_tone": level_tone(customer.level),
        "level_name": LEVEL_NAMES[Level(customer.level)],
        "serves": served_by(kf, serves, names),
        "tone": _TONES.get(serves, ""),
        "waits": lasted(now - kf.waiting_since) if kf.waiting_since else "",
        "late": bool(kf.waiting_since and (now - kf.waiting_since).total_seconds() > 600),
        "decision": DECISION_NAMES.get(kf.decision, "") if kf.decision else "—",
        "words": last,
        "at": when(kf.heard_at, now=now),
    }


def served_by(kf: KfSession, serves: Serves, names: Mapping[str, str]) -> str:
    """«张三 接待», «后台接管 · 李娜», or the plain word. `names` are advisors' by userid and operators' as `holders` tells them."""
    if serves is Serves.SERVICER and kf.servicer:
        return f"{names.get(kf.servicer, kf.servicer)} 接待"
    return f"后台接管 · {names.get(holder(kf), kf.held_by)}" if serves is Serves.OPERATOR else SERVES_NAMES[serves]


def holders(session: Session, talks: Sequence[KfSession]) -> dict[str, str]:
    """How the operators are called who hold one of these, by `holder`; a closed account keeps its name."""
    names = {kf.held_by for kf in talks if kf.held_by}
    rows = session.execute(select(Operator.name, Operator.shown_as).where(Operator.name.in_(names))) if names else ()
    return {_OPERATOR + name: shown_as or name for name, shown_as in rows}


def holder(kf: KfSession) -> str:
    """Who holds it, apart from the userids of advisors: an account may have the name of somebody else's userid."""
    return _OPERATOR + kf.held_by


def _told(last: Utterance, titles: Mapping[str, str]) -> str:
    words = " ".join(said(last, titles).split())
    shown = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
    return _SPEAKERS.get(last.speaker, "") + ("（已撤回）" if last.recalled_at else "") + shown
