"""Every query of gap mining: turns that were not looked at yet, groups as they stand, and what became of their scripts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from admin import gap_signs
from admin.gap_groups import as_bytes, from_bytes
from admin.gap_signs import Signs
from admin.models import Gap, GapMining, GapTurn
from admin.terms import Blocked
from bot.decide import Clarify, Why
from bot.describe import describe
from bot.models import Utterance
from core.db import insert_once
from intents.models import TaughtUtterance
from kb.models import Script
from kb.terms import ScriptStatus

# Messages may reach us late: WeCom keeps them for three days (reference §5). Who was looked at is known by msgid, so looking again is safe.
LOOKED_BACK = timedelta(days=7)
_NOT_UNDERSTOOD = describe(Clarify())[1]


@dataclass(frozen=True)
class Heard:
    """A turn that got no answer, or that an operator corrected. `understood` as in the transcript; `taught` is the intent he said."""

    msgid: str
    external_id: str
    words: str
    said_at: datetime
    decision: str
    understood: dict[str, Any]
    taught: str = ""


def lock_groups(session: Session) -> GapMining:
    """The one row, held until the transaction ends."""
    insert_once(session, GapMining, [{"id": 1}], unique=["id"])
    return session.scalars(select(GapMining).with_for_update()).one()


def gap_of(session: Session, gap_id: int) -> Gap:
    """The group as the operator saw it. Blocked when it is gone or went into another meanwhile."""
    found = session.get(Gap, gap_id)
    if found is None or found.into_id is not None:
        raise Blocked("这一组已并入别的问题，请刷新页面" if found else "这一组已经不在了，请刷新页面")
    return found


def led_to(session: Session, gap_id: int) -> Gap | None:
    """The group, or the one that it went into; None when that is gone."""
    found = session.get(Gap, gap_id)
    return session.get(Gap, found.into_id) if found and found.into_id is not None else found


def put_into(session: Session, gone: Gap, stays: Gap) -> None:
    """The turns of a group join another one. What is left of it is its number: no words, which nobody would find to forget them."""
    vectors = from_bytes([gone.centre, stays.centre], max(len(gone.centre), len(stays.centre)) // 4)
    total = gone.count + stays.count
    if total:
        stays.centre = as_bytes((vectors[0] * gone.count + vectors[1] * stays.count) / total)
        known = gone.signs is not None and stays.signs is not None
        stays.signs = gap_signs.mean((gone.signs or {}, gone.count), (stays.signs or {}, stays.count)) if known else None
    stays.count, stays.last_at = total, max(gone.last_at, stays.last_at)
    # Looking through every loaded row for those that this changes would take most of the time; whoever has them at hand reads them anew.
    blindly = {"synchronize_session": False}
    session.execute(update(GapTurn).where(GapTurn.gap_id == gone.id).values(gap_id=stays.id), execution_options=blindly)
    session.execute(update(Gap).where(Gap.into_id == gone.id).values(into_id=stays.id), execution_options=blindly)
    gone.title, gone.centre, gone.signs, gone.count = "", b"", {}, 0
    gone.state, gone.into_id = "merged", stays.id


def not_looked_at(session: Session, *, limit: int) -> list[Heard]:
    """The oldest turns without an answer that nobody has looked at, then the corrected ones; at most `limit` together."""
    newest = session.scalar(select(func.max(GapTurn.said_at)))
    unanswered = _fresh(_unanswered())
    if newest is not None:
        unanswered = unanswered.where(Utterance.said_at >= newest - LOOKED_BACK)
    rows = list(session.execute(unanswered.order_by(Utterance.said_at, Utterance.id).limit(limit)).all())
    corrected = select(Utterance, TaughtUtterance.intent).join(TaughtUtterance, TaughtUtterance.message_id == Utterance.msgid)
    known = {utterance.msgid for utterance, _ in rows}
    rows += [
        row
        for row in session.execute(_fresh(corrected.where(TaughtUtterance.withdrawn_at.is_(None))).limit(limit - len(rows)))
        if row[0].msgid not in known
    ]
    words = _turns(session, [utterance for utterance, _ in rows])
    return [
        Heard(one.msgid, one.external_id, words.get(one.turn, one.words), one.said_at, one.decision, one.understood or {}, taught or "")
        for one, taught in rows
    ]


def looked_at(session: Session, msgids: Iterable[str]) -> set[str]:
    """Those of them that somebody has looked at meanwhile."""
    return set(session.scalars(select(GapTurn.msgid).where(GapTurn.msgid.in_(list(msgids)))))


def groups(session: Session) -> Sequence[Gap]:
    """All that stand, dismissed ones too."""
    return session.scalars(select(Gap).where(Gap.into_id.is_(None)).order_by(Gap.id)).all()


def unsigned(session: Session, *, limit: int) -> dict[int, str]:
    """The titles of groups whose signs are not known, by number."""
    gaps = session.scalars(select(Gap).where(Gap.signs.is_(None)).order_by(Gap.id).limit(limit))
    return {gap.id: gap.title for gap in gaps}


def sign(session: Session, signs: Mapping[int, Signs]) -> None:
    """What the titles of these groups mean, where that is still unknown."""
    for gap in session.scalars(select(Gap).where(Gap.id.in_(signs), Gap.signs.is_(None))):
        gap.signs = dict(signs[gap.id])


def follow_scripts(session: Session, *, now: datetime) -> None:
    """A drafted group is published when its script is, and open again when its draft was thrown away."""
    drafted = select(Gap, Script).outerjoin(Script, Script.key == Gap.script).where(Gap.state == "drafted")
    for gap, script in session.execute(drafted).all():
        if script is None or (_is_not_out(gap, script) and script.draft_version is None):
            gap.state, gap.script, gap.script_version = "open", "", 0
        elif not _is_not_out(gap, script):
            gap.state, gap.settled_at = "published", now


def _is_not_out(gap: Gap, script: Script) -> bool:
    return script.status != ScriptStatus.PUBLISHED or (script.published_version or 0) < gap.script_version


def _unanswered() -> Select[*tuple[Any, ...]]:
    turn = select(Utterance, TaughtUtterance.intent).outerjoin(
        TaughtUtterance, and_(TaughtUtterance.message_id == Utterance.msgid, TaughtUtterance.withdrawn_at.is_(None))
    )
    return turn.where(_is_unanswered())


def _is_unanswered() -> ColumnElement[bool]:
    """As bot/describe.py writes it down: an answer that left a question over is «answer, not_covered»."""
    why, decision = Utterance.why, Utterance.decision
    return or_(
        and_(decision == "clarify", why == _NOT_UNDERSTOOD),
        and_(decision == "hand_off", why.in_([Why.NOT_COVERED, Why.NOT_UNDERSTOOD_TWICE])),
        and_(decision.in_(["pass_on", "answer"]), why == Why.NOT_COVERED),
    )


def _fresh(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    known = exists().where(GapTurn.msgid == Utterance.msgid)
    return query.where(~known, Utterance.speaker == "customer", Utterance.recalled_at.is_(None))


def _turns(session: Session, deciding: Sequence[Utterance]) -> dict[str, str]:
    """The words of each whole turn: who writes in bursts asks in several messages."""
    turns = {one.turn for one in deciding if one.turn}
    lines = session.execute(
        select(Utterance.turn, Utterance.words)
        .where(Utterance.turn.in_(turns), Utterance.speaker == "customer", Utterance.recalled_at.is_(None))
        .order_by(Utterance.id)
    )
    found: dict[str, list[str]] = {}
    for turn, words in lines:
        found.setdefault(turn, []).append(words)
    return {turn: "，".join(words) for turn, words in found.items()}
