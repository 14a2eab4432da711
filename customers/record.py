"""What a message showed becomes memory: focus points, signals, slots, level and tags, each with the words behind it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.db import insert_once
from customers import store
from customers.models import Customer, CustomerTag, FocusRecord, LevelChange, SignalRecord, SlotRecord
from customers.pack import LevelRules
from customers.placing import place
from customers.rules import (
    EXPLICIT,
    FOCUS_NAMES,
    LEVEL_NAMES,
    STATED_FOR,
    UNDONE,
    LevelVerdict,
    SaidSignal,
    Score,
    focus_tags,
    level_for,
    score_of,
)
from customers.terms import FocusPoint, Heard, Level, LevelStatement, SlotName, Span

FOCUS_GROUP = "关注点"
LEVEL_GROUP = "意向级别"
# A wish of three months ago says little about today (see docs/decisions/0005).
FOCUS_FRESH_FOR = timedelta(days=90)
FOCUS_TAGS_AT_MOST = 5
_Quote = tuple[str, str]  # a message and the words in it


@dataclass(frozen=True)
class TagChange:
    """Tags that began and ended, as (group, name); what WeCom's projection has to follow."""

    begun: list[tuple[str, str]] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.begun or self.ended)


def record_heard(session: Session, customer: Customer, heard: Heard, rules: LevelRules, *, now: datetime) -> TagChange:
    """Keep what the message showed and let level and tags follow. Recording the same message twice changes nothing."""
    for table, rows, unique in (
        (
            FocusRecord,
            [{**_evidence(customer, heard, m.span, m.score), "point": m.point, "polarity": m.polarity} for m in heard.focus_points],
            "point",
        ),
        (SignalRecord, [{**_evidence(customer, heard, s.span, s.score), "name": s.name} for s in heard.signals], "name"),
        (SlotRecord, [{**_evidence(customer, heard, s.span, 1.0), "name": s.name, "value": s.value} for s in heard.slots], "name"),
    ):
        insert_once(session, table, rows, unique=["message_id", unique, "start"])
    if any(slot.name is SlotName.STORE for slot in heard.slots):
        place(session, customer)
    # An older message that arrives late does not turn the time back.
    customer.last_heard_at = max(heard.said_at, customer.last_heard_at or heard.said_at)
    return _follow(session, customer, heard, rules, now=now)


def let_time_pass(session: Session, customer: Customer, rules: LevelRules, *, now: datetime) -> TagChange:
    """Decay and silence alone can move a level; called for customers who have not spoken for long."""
    return _follow(session, customer, None, rules, now=now)


def record_outcome(
    session: Session, customer: Customer, level: Level, text: str, by: str, rules: LevelRules, *, now: datetime
) -> TagChange:
    """An advisor says what the customer's level is (已下订, 战败), with his reason; nothing changes where it is so already."""
    if Level(customer.level) is not level:
        score = current_score(session, customer.id, rules, now=now)
        verdict = LevelVerdict(level, "recorded", text)
        reason = {**_reason(verdict, None, None, score), "by": by, "words": "", "message_id": ""}
        session.add(LevelChange(customer_id=customer.id, before=customer.level, after=level, reason=reason, changed_at=now))
        customer.level = level
        session.flush()
        return _settle_tags(session, customer, ("", ""), now=now)
    return settle_tags(session, customer, now=now)


def current_score(session: Session, customer_id: int, rules: LevelRules, *, now: datetime) -> Score:
    """The score taken apart: which sentence gives how many points now."""
    said = [
        SaidSignal(r.name, w.zh, w.weight, w.half_life_days, r.words, r.message_id, r.said_at)
        for r in store.live_signals(session, customer_id)
        if (w := rules.weights.get(r.name))
    ]
    return score_of(said, now=now)


def settle_tags(session: Session, customer: Customer, *, now: datetime) -> TagChange:
    """Make the tags say what focus points say now; the level and what its tag quotes stay as they are."""
    return _settle_tags(session, customer, None, now=now)


def _follow(session: Session, customer: Customer, heard: Heard | None, rules: LevelRules, *, now: datetime) -> TagChange:
    """Level and tags in one write at the end: nothing that is looked for here was changed here before."""
    with session.no_autoflush:
        quote = _settle_level(session, customer, heard, rules, now=now)
        return _settle_tags(session, customer, quote, now=now)


def _settle_tags(session: Session, customer: Customer, quote: _Quote | None, *, now: datetime) -> TagChange:
    """Each tag quotes what shows it today, the newest sentence of a focus point and `quote` for the level; None leaves that tag alone."""
    focus = store.live_focus(session, customer.id)
    newest = {FocusPoint(row.point): row for row in focus}
    points = [(FocusPoint(row.point), row.said_at, row.confidence) for row in focus]
    wanted = {
        (FOCUS_GROUP, FOCUS_NAMES[point]): (newest[point].message_id, newest[point].words, newest[point].confidence)
        for point in focus_tags(points, now=now, fresh_for=FOCUS_FRESH_FOR, at_most=FOCUS_TAGS_AT_MOST)
    }
    level_tag = (LEVEL_GROUP, level_label(Level(customer.level)))
    if quote:
        wanted[level_tag] = (*quote, 1.0)
    known = {(tag.group, tag.name): tag for tag in store.all_tags(session, customer.id)}
    begun, ended = [], []
    for key, evidence in wanted.items():
        tag = known.get(key) or CustomerTag(customer_id=customer.id, group=key[0], name=key[1], ended_at=now)
        if tag.ended_at is not None:
            tag.since, tag.ended_at = now, None
            begun.append(key)
        tag.message_id, tag.words, tag.confidence = evidence
        session.add(tag)
    for key, tag in known.items():
        if tag.ended_at is None and key[0] in (FOCUS_GROUP, LEVEL_GROUP) and key not in wanted and key != level_tag:
            tag.ended_at = now
            ended.append(key)
    session.flush()
    return TagChange(begun, ended)


def level_label(level: Level) -> str:
    """How a level is called as a tag: «H级·一周内可能成交» would be too long for a chip, «H级» is what advisors say."""
    return f"{level}级"


def _evidence(customer: Customer, heard: Heard, span: Span, confidence: float) -> dict[str, object]:
    return {
        "customer_id": customer.id,
        "message_id": heard.message_id,
        "words": span.words,
        "start": span.start,
        "end": span.end,
        "confidence": float(confidence),
        "said_at": heard.said_at,
    }


def _settle_level(session: Session, customer: Customer, heard: Heard | None, rules: LevelRules, *, now: datetime) -> _Quote | None:
    """Let the level follow; returns what shows it, None where it never changed."""
    history = store.level_history(session, customer.id)
    # Also what an operator took back was heard: the same message does not bring it again.
    if heard and any(change.reason["heard"] == heard.message_id for change in history):
        heard = None
    score = current_score(session, customer.id, rules, now=now)
    before = Level(customer.level)
    stated = heard.stated_level if heard else None
    event = next((rules.events[intent] for intent in heard.intents if intent in rules.events), None) if heard else None
    verdict = level_for(
        score,
        thresholds=rules.thresholds,
        before=before,
        stated=stated.level if stated else None,
        event=event,
        stated_until=_stated_until(standing_change(history)),
        last_heard_at=customer.last_heard_at,
        silent_after=timedelta(days=rules.silent_after_days),
        now=now,
    )
    customer.score = round(score.total, 2)
    if verdict.level is before and not (verdict.kind == "stated" and stated):
        return _quote(session, _last_told(history), score, now=now)
    customer.level = verdict.level
    change = LevelChange(
        customer_id=customer.id, before=before, after=verdict.level, reason=_reason(verdict, heard, stated, score), changed_at=now
    )
    session.add(change)
    return str(change.reason["message_id"]), str(change.reason["words"])


def settle_standing(session: Session, customer: Customer, rules: LevelRules, text: str, by: str, *, now: datetime) -> TagChange:
    """The level that follows from what nobody has taken back; where that is another one, history says why (`text`) and by whom."""
    history = store.level_history(session, customer.id)
    standing = standing_change(history)
    score = current_score(session, customer.id, rules, now=now)
    verdict = level_for(
        score,
        thresholds=rules.thresholds,
        before=Level(standing.after) if standing else Level.C,
        stated_until=_stated_until(standing),
        last_heard_at=customer.last_heard_at,
        silent_after=timedelta(days=rules.silent_after_days),
        now=now,
    )
    customer.score = round(score.total, 2)
    told = _last_told(history)
    # Also a level that stays gets an entry where what is left of its history does not say why it is so.
    if verdict.level is not Level(customer.level) or told is None or told.after != verdict.level or told.reason["kind"] == UNDONE:
        reason = _reason(LevelVerdict(verdict.level, UNDONE, f"{text}，重算：{verdict.text}"), None, None, score)
        if standing and verdict.kind in EXPLICIT:
            reason |= {name: standing.reason.get(name, "") for name in ("words", "message_id")}
        told = LevelChange(customer_id=customer.id, before=customer.level, after=verdict.level, reason={**reason, "by": by}, changed_at=now)
        session.add(told)
        customer.level = verdict.level
        session.flush()
    return _settle_tags(session, customer, _quote(session, told, score, now=now), now=now)


def _last_told(history: Sequence[LevelChange]) -> LevelChange | None:
    """The newest entry that nobody has taken back."""
    return next((one for one in reversed(history) if not one.reason.get("undone_at")), None)


def _quote(session: Session, change: LevelChange | None, score: Score, *, now: datetime) -> _Quote | None:
    """The words of the change that brought the level; once they hold no more, those that give the score most now, or none."""
    if change is None:
        return None
    message_id, words = str(change.reason.get("message_id", "")), str(change.reason.get("words", ""))
    until = _stated_until(change)
    is_over = until is not None and Level(change.after) in STATED_FOR and now >= until
    by_signal = change.reason.get("kind") not in EXPLICIT
    if is_over or (by_signal and store.is_undone_signal(session, change.customer_id, message_id, words)):
        return (score.parts[0].message_id, score.parts[0].words) if score.parts else ("", "")
    return message_id, words


def standing_change(history: Sequence[LevelChange]) -> LevelChange | None:
    """The newest change that nobody has taken back; what taking back brought follows from the others and is none itself."""
    return next((one for one in reversed(history) if not one.reason.get("undone_at") and one.reason.get("kind") != UNDONE), None)


def _stated_until(change: LevelChange | None) -> datetime | None:
    if change is None or change.reason.get("kind") != "stated":
        return None
    return change.changed_at + STATED_FOR.get(Level(change.after), timedelta(0))


def _reason(verdict: LevelVerdict, heard: Heard | None, stated: LevelStatement | None, score: Score) -> dict[str, object]:
    words, message_id = _evidence_of(verdict, heard, stated, score)
    return {
        "kind": verdict.kind,
        "text": verdict.text,
        "level_zh": LEVEL_NAMES[verdict.level],
        "score": round(score.total, 2),
        "parts": [{**asdict(part), "points": round(part.points, 2)} for part in score.parts[:8]],
        "words": words,
        "message_id": message_id,
        "heard": heard.message_id if heard else "",
    }


def _evidence_of(verdict: LevelVerdict, heard: Heard | None, stated: LevelStatement | None, score: Score) -> tuple[str, str]:
    """The words that moved the level, and the message that they stand in."""
    if heard and verdict.kind == "stated" and stated:
        return stated.span.words, heard.message_id
    if heard and (verdict.kind == "event" or not score.parts):
        return heard.text, heard.message_id
    return (score.parts[0].words, score.parts[0].message_id) if score.parts else ("", "")
