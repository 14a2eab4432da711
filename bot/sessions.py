"""kf sessions and servicers: every query about who serves whom, kept from WeCom's events and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from bot.budget import HOLD_LASTS
from bot.models import KfServicer, KfSession
from bot.wecom.terms import KfState
from core.db import insert_once


def session_of(session: Session, open_kfid: str, external_id: str) -> KfSession:
    """The session of this customer, created on first sight."""
    known = session_now(session, open_kfid, external_id)
    if known is not None:
        return known
    row = {
        "open_kfid": open_kfid,
        "external_id": external_id,
        "state": 0,
        "servicer": "",
        "said_since": 0,
        "not_understood": 0,
        "rejects": False,
        "decision": "",
        "held_by": "",
    }
    insert_once(session, KfSession, [row], unique=["open_kfid", "external_id"])
    return session.scalars(select(KfSession).where(KfSession.open_kfid == open_kfid, KfSession.external_id == external_id)).one()


def session_now(session: Session, open_kfid: str, external_id: str) -> KfSession | None:
    """The session as we know it; None when there is none yet. Takes no lock."""
    return session.scalar(select(KfSession).where(KfSession.open_kfid == open_kfid, KfSession.external_id == external_id))


def session_locked(session: Session, open_kfid: str, external_id: str) -> KfSession | None:
    """The session, held until the transaction ends: of two operators who take it at once, the second sees the first."""
    same = (KfSession.open_kfid == open_kfid) & (KfSession.external_id == external_id)
    return session.scalar(select(KfSession).where(same).with_for_update())


def note_read(session: Session, external_id: str, *, now: datetime) -> None:
    """An operator has everything of this customer before his eyes."""
    session.execute(update(KfSession).where(KfSession.external_id == external_id).values(read_at=now))


def note_heard(session: Session, open_kfid: str, external_id: str, *, at: datetime) -> datetime | None:
    """The customer wrote: 48 hours and five messages begin anew, an ended session is new again. Returns when he wrote before."""
    kf = session_of(session, open_kfid, external_id)
    before = kf.heard_at
    kf.waiting_since = kf.waiting_since or at
    if before is None or at >= before:
        kf.heard_at, kf.said_since = at, 0
        if kf.state == KfState.ENDED:
            kf.state, kf.checked_at = KfState.NEW, None
    session.flush()
    return before


@dataclass(frozen=True)
class Talk:
    """What speaking did to a session: our messages that count in its budget, and (state, servicer) where WeCom told it on the way.

    `begun` is when the words were queued: what the customer wrote later they do not answer.
    """

    open_kfid: str
    external_id: str
    said: int = 1
    told: tuple[KfState, str] | None = None
    begun: datetime | None = None


def note_talk(session: Session, talk: Talk, *, now: datetime) -> None:
    """Count it and keep what was told, in one statement. A promised hand-over stays promised until it is done."""
    told: dict[str, Any] = {"state": talk.told[0], "servicer": talk.told[1], "checked_at": now} if talk.told else {}
    if talk.said:
        told["waiting_since"] = _waits_still(talk.begun or now)
    session.execute(
        update(KfSession)
        .where(KfSession.open_kfid == talk.open_kfid, KfSession.external_id == talk.external_id)
        .values(said_since=KfSession.said_since + talk.said, **told)
        .execution_options(synchronize_session=False)
    )


def _waits_still(begun: datetime) -> ColumnElement[datetime | None]:
    # «A person will come» is no answer: who was promised one, or given one, waits until that person speaks.
    promised = KfSession.handing_over | KfSession.state.in_([KfState.POOL, KfState.HUMAN])
    return case((promised, KfSession.waiting_since), (KfSession.heard_at > begun, KfSession.heard_at), else_=None)


def note_turn(kf: KfSession, decision: str, *, needs_nothing: bool = False) -> None:
    """What was decided about his last turn; one that needs no answer lets nobody wait."""
    kf.decision = decision
    if needs_nothing:
        kf.waiting_since = None


def note_person_spoke(kf: KfSession, *, at: datetime) -> None:
    """A person wrote to the customer: he is answered, and what he wrote before was read."""
    kf.waiting_since = None
    kf.read_at = max(at, kf.read_at or at)


def hold(kf: KfSession, by: str, *, now: datetime) -> None:
    """An operator writes from the console; the assistant only listens, until given back or HOLD_LASTS has passed."""
    kf.held_by, kf.held_at = by, now


def let_go(kf: KfSession) -> None:
    """The assistant answers again."""
    kf.held_by, kf.held_at = "", None


def is_held(kf: KfSession, *, now: datetime) -> bool:
    """Whether an operator holds it now: his hold runs out by itself, see HOLD_LASTS."""
    return bool(kf.held_by) and kf.held_at is not None and now - kf.held_at < HOLD_LASTS


def only_listens(kf: KfSession | None, *, now: datetime) -> bool:
    """A person serves in whatever way, or is about to: the assistant notes what is said and says nothing."""
    return kf is not None and (kf.is_with_person or is_held(kf, now=now))


def note_state(session: Session, open_kfid: str, external_id: str, state: int, *, servicer: str = "", now: datetime) -> KfSession:
    """WeCom confirmed this state just now."""
    kf = session_of(session, open_kfid, external_id)
    kf.state, kf.servicer, kf.checked_at, kf.handing_over = state, servicer, now, False
    if state not in (KfState.NEW, KfState.ASSISTANT):
        let_go(kf)
    if state == KfState.ENDED:
        kf.waiting_since = None
    session.flush()
    return kf


def note_duty(session: Session, open_kfid: str, servicers: Sequence[tuple[str, bool]], *, now: datetime) -> None:
    """Who is on duty in this account, as (userid, on duty)."""
    known = {row.userid: row for row in session.scalars(select(KfServicer).where(KfServicer.open_kfid == open_kfid))}
    for userid, on_duty in servicers:
        if userid in known:
            known[userid].on_duty, known[userid].checked_at = on_duty, now
        else:
            row = {"open_kfid": open_kfid, "userid": userid, "on_duty": on_duty, "checked_at": now}
            insert_once(session, KfServicer, [row], unique=["open_kfid", "userid"])
    session.flush()


def servicers(session: Session, open_kfid: str) -> list[KfServicer]:
    """Everybody who may be given a session of this account, in a stable order."""
    return list(session.scalars(select(KfServicer).where(KfServicer.open_kfid == open_kfid).order_by(KfServicer.id)))


def busy_with(session: Session, userids: Sequence[str]) -> dict[str, int]:
    """How many sessions each of these servicers holds now."""
    held = session.scalars(select(KfSession.servicer).where(KfSession.state == KfState.HUMAN, KfSession.servicer.in_(userids)))
    count = dict.fromkeys(userids, 0)
    for userid in held:
        count[userid] += 1
    return count


def by_load(userids: Sequence[str], busy: Mapping[str, int], *, prefer: Sequence[str] = ()) -> list[str]:
    """The preferred ones first, in their order; then whoever holds the fewest sessions; names settle a tie."""
    rank = {userid: place for place, userid in enumerate(prefer)}
    return sorted(userids, key=lambda userid: (rank.get(userid, len(rank)), busy.get(userid, 0), userid))


def hand_over_failed(session: Session, open_kfid: str, external_id: str) -> None:
    """Nobody could be given the session: the assistant goes on rather than leave the customer alone."""
    session.execute(
        update(KfSession).where(KfSession.open_kfid == open_kfid, KfSession.external_id == external_id).values(handing_over=False)
    )
