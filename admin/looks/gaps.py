"""What the pages show of unanswered questions: the groups by what they are worth, and one group with its turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from admin.acts.gaps import STATE_NAMES
from admin.gap_store import led_to
from admin.impersonal import impersonal
from admin.looks.paging import part_of, said_with
from admin.looks.wanted import Wanted
from admin.models import Gap, GapMining, GapTurn
from admin.parts.phones import masked
from admin.parts.when import when
from admin.script_rules import plain
from admin.sight import in_sight
from admin.terms import Who
from core.zone import SHANGHAI
from customers.models import Customer
from customers.terms import Level
from kb.models import Script

# What a question is worth by who asks it: who may buy this week is lost soonest.
WORTH: Mapping[Level, int] = {Level.H: 8, Level.A: 4, Level.B: 2, Level.O: 2, Level.C: 1, Level.N: 1, Level.L: 1}
DAYS = 30
_WEEK = timedelta(days=7)
_EXAMPLES = 3
# The form asks for five and more; what is longer than a line tells a story besides.
PHRASINGS = 8
_LONG = 40
_TURNS_READ = 200
_SHOWN_LEVELS = (Level.O, Level.H, Level.A, Level.B, Level.C, Level.N, Level.L)


@dataclass(frozen=True)
class Counts:
    """Groups by state, how many turns were looked at and left out, and when somebody looked last."""

    states: Mapping[str, int]
    left_out: int
    done_at: datetime | None


def gaps(session: Session, who: Who, wanted: Wanted, *, now: datetime) -> tuple[Sequence[dict[str, Any]], int]:
    """The groups, dearest first."""
    sums = _sums(who, now).subquery()
    query = select(Gap, sums).join(sums, sums.c.gap_id == Gap.id).where(*_filters(who, wanted))
    sortable = {"count": sums.c.turns, "worth": sums.c.worth, "week": sums.c.week, "last": Gap.last_at}
    part = part_of(session, query, wanted, sortable=sortable, usual=[sums.c.worth.desc(), Gap.last_at.desc(), Gap.id])
    ids = [row[0].id for row in part.rows]
    levels, days, examples = _levels(session, who, ids), _days(session, ids, now), _examples(session, ids)
    return [
        {
            **_row(row[0], now),
            "count": row.turns,
            "people": sum(one["count"] for one in levels.get(row[0].id, [])),
            "worth": int(row.worth),
            "week": int(row.week),
            "before": int(row.before),
            "levels": levels.get(row[0].id, []),
            "spark": spark(days[row[0].id]),
            "examples": [words for words in examples.get(row[0].id, []) if words != masked(row[0].title)][: _EXAMPLES - 1],
        }
        for row in part.rows
    ], part.total


def counts(session: Session) -> Counts:
    """For the head of the page."""
    states = {state: count for state, count in session.execute(select(Gap.state, func.count()).group_by(Gap.state)) if count}
    left_out = session.scalar(select(func.count()).select_from(GapTurn).where(GapTurn.gap_id.is_(None))) or 0
    return Counts(states, left_out, session.scalar(select(GapMining.done_at)))


def gap(session: Session, gap_id: int, *, now: datetime) -> dict[str, Any] | None:
    """One group, or the one that it went into; None when it is gone."""
    found = led_to(session, gap_id)
    if found is None:
        return None
    title = session.scalar(select(Script.title).where(Script.key == found.script)) if found.script else ""
    return {**_row(found, now), "count": found.count, "script_title": title or found.script, "settled_by": found.settled_by}


def turns(session: Session, who: Who, gap_id: int, wanted: Wanted, *, now: datetime) -> tuple[Sequence[dict[str, Any]], int]:
    """The turns of a group that he may see, newest first."""
    query: Any = (
        select(GapTurn, Customer.nickname, Customer.level)
        .outerjoin(Customer, Customer.external_id == GapTurn.external_id)
        .where(GapTurn.gap_id == gap_id, in_sight(who))
    )
    part = part_of(session, query, wanted, sortable={"said": GapTurn.said_at}, usual=[GapTurn.said_at.desc(), GapTurn.id.desc()])
    tuples: Any = part.rows
    return [
        {
            "id": turn.id,
            "words": masked(turn.words),
            "external_id": turn.external_id,
            "msgid": turn.msgid,
            "customer": nickname or "客户",
            "level": level or "",
            "said": when(turn.said_at, now=now),
        }
        for turn, nickname, level in tuples
    ], part.total


def phrasings(session: Session, who: Who, gap_id: int, question: str) -> tuple[str, ...]:
    """How else it was asked, newest first, to become 相似问: nothing that says who asked, nothing long, and not the question itself."""
    query = (
        select(GapTurn.words, Customer.nickname)
        .outerjoin(Customer, Customer.external_id == GapTurn.external_id)
        .where(GapTurn.gap_id == gap_id, in_sight(who))
        .order_by(GapTurn.said_at.desc(), GapTurn.id.desc())
    )
    asked: dict[str, str] = {}
    for words, nickname in session.execute(query.limit(_TURNS_READ)):
        if len(words) <= _LONG and impersonal(words, nickname=nickname or "") == words.strip():
            asked.setdefault(plain(words), " ".join(words.split()))
    return tuple(text for key, text in asked.items() if key not in ("", plain(question)))[:PHRASINGS]


def others(session: Session, who: Who, gap_id: int, words: str, *, limit: int = 20) -> dict[int, str]:
    """Groups to merge with: those whose question has the words, the biggest first."""
    query = select(Gap.id, Gap.title, Gap.count).where(Gap.id != gap_id, Gap.state.not_in(["dismissed", "merged"]))
    query = query.where(said_with(who, Gap.title, words)) if words else query
    return {
        number: f"{masked(title)}（{count} 次）"
        for number, title, count in session.execute(query.order_by(Gap.count.desc(), Gap.id).limit(limit))
    }


def spark(days: Sequence[int]) -> str:
    """The points of a line 90 wide and 22 high, as SVG wants them."""
    most = max(*days, 1)
    return " ".join(f"{at * 90 / (len(days) - 1):.1f},{20 - 18 * count / most:.1f}" for at, count in enumerate(days))


def _filters(who: Who, wanted: Wanted) -> list[Any]:
    found: list[Any] = [Gap.state == state] if (state := wanted.get("state")) else []
    of_gap = select(GapTurn.id).where(GapTurn.gap_id == Gap.id)
    if words := wanted.get("words"):
        found.append(or_(said_with(who, Gap.title, words), of_gap.where(said_with(who, GapTurn.words, words)).exists()))
    if level := wanted.get("level"):
        asked = of_gap.join(Customer, Customer.external_id == GapTurn.external_id).where(Customer.level == level, in_sight(who))
        found.append(asked.exists())
    return found


def _sums(who: Who, now: datetime) -> Select[*tuple[Any, ...]]:
    """Of every group: its turns, what they are worth, and how many fell into this week and the one before."""
    worth = case({str(level): value for level, value in WORTH.items()}, value=Customer.level, else_=1)
    week, before = now - _WEEK, now - 2 * _WEEK
    return (
        select(
            GapTurn.gap_id.label("gap_id"),
            func.count().label("turns"),
            func.sum(worth).label("worth"),
            func.sum(case((GapTurn.said_at >= week, 1), else_=0)).label("week"),
            func.sum(case((and_(GapTurn.said_at >= before, GapTurn.said_at < week), 1), else_=0)).label("before"),
        )
        .outerjoin(Customer, Customer.external_id == GapTurn.external_id)
        .where(GapTurn.gap_id.is_not(None), in_sight(who))
        .group_by(GapTurn.gap_id)
    )


def _levels(session: Session, who: Who, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Of each group how many customers of each level asked, the dearest level first."""
    query = (
        select(GapTurn.gap_id, Customer.level, func.count(Customer.id.distinct()))
        .join(Customer, Customer.external_id == GapTurn.external_id)
        .where(GapTurn.gap_id.in_(ids), in_sight(who))
        .group_by(GapTurn.gap_id, Customer.level)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for gap_id, level, count in sorted(session.execute(query).all(), key=lambda row: _SHOWN_LEVELS.index(Level(row[1]))):
        if gap_id is not None:
            found.setdefault(gap_id, []).append({"level": level, "count": count})
    return found


def _days(session: Session, ids: Sequence[int], now: datetime) -> dict[int, list[int]]:
    """Turns of each group on each of the last days (Asia/Shanghai), oldest first."""
    today = now.astimezone(SHANGHAI).date()
    found = {gap_id: [0] * DAYS for gap_id in ids}
    query = select(GapTurn.gap_id, GapTurn.said_at).where(GapTurn.gap_id.in_(ids), GapTurn.said_at >= now - timedelta(days=DAYS))
    for gap_id, said_at in session.execute(query):
        ago = (today - said_at.astimezone(SHANGHAI).date()).days
        if gap_id is not None and 0 <= ago < DAYS:
            found[gap_id][DAYS - 1 - ago] += 1
    return found


def _examples(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """The newest different words of each group."""
    newest = func.row_number().over(partition_by=GapTurn.gap_id, order_by=func.max(GapTurn.said_at).desc()).label("place")
    ranked = select(GapTurn.gap_id, GapTurn.words, newest).where(GapTurn.gap_id.in_(ids)).group_by(GapTurn.gap_id, GapTurn.words).subquery()
    found: dict[int, list[str]] = {}
    for gap_id, words, _ in session.execute(select(ranked).where(ranked.c.place <= _EXAMPLES).order_by(ranked.c.place)):
        found.setdefault(gap_id, []).append(masked(words))
    return found


def _row(found: Gap, now: datetime) -> dict[str, Any]:
    asked_again = found.state == "open" and bool(found.script)
    return {
        "id": found.id,
        "title": masked(found.title),
        "state": found.state,
        "state_name": "发布后又问到" if asked_again else STATE_NAMES[found.state],
        "asked_again": asked_again,
        "script": found.script,
        "last": when(found.last_at, now=now),
    }
