"""The doorbell rang: fetch what is new in one kf account into the inbox, the cursor in the same transaction as its messages."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from bot import inbox, sessions
from bot.burst import BurstRule
from bot.decide import Silence
from bot.inbox_terms import HISTORY, KF_ENTRY, KF_TEXT, Received
from bot.models import KfCursor
from bot.queue import State
from bot.wecom.kf_calls import KfCalls
from bot.wecom.kf_entry import CustomerMedia, CustomerRecalled, CustomerText, EnteredSession, Entry, OwnEcho, SessionChanged, parse_entry
from core.db import Database, insert_once
from core.errors import Unavailable

PAGES_AT_MOST = 1000  # a safety net against a cursor that never ends: a million messages
# Built once, as in bot/inbox.py.
_CURSORS = cast(Table, KfCursor.__table__)
_MOVE = update(_CURSORS).where(_CURSORS.c.open_kfid == bindparam("account")).values(cursor=bindparam("to"), moved_at=bindparam("at"))
_CURSOR = select(_CURSORS.c.cursor).where(_CURSORS.c.open_kfid == bindparam("account"))


@dataclass(frozen=True)
class PullRule:
    """How texts of a burst wait for each other, and from which age on a first pull finds only history."""

    burst: BurstRule
    history_after: timedelta


def pull(
    database: Database,
    kf: KfCalls,
    open_kfid: str,
    token: str,
    rule: PullRule,
    *,
    now: Callable[[], datetime],
    at_the_end: Callable[[Session, int], None],
) -> int:
    """Drain the account, page by page, also past empty pages; returns how many entries were new.

    Each page and its cursor are one transaction: a crash reads the page again, and the unique msgid keeps it from counting twice.
    `at_the_end` is done in the transaction of the last page, with the number of new entries.
    """
    with database.reading() as session:
        cursor = _cursor(session, open_kfid)
    new, first_ever = 0, not cursor
    for _ in range(PAGES_AT_MOST):
        page = kf.sync_page(open_kfid, cursor=cursor, token=token)
        following = page.next_cursor or cursor
        with database.unit_of_work() as session:
            new += keep_page(session, open_kfid, page.entries, rule, first_ever=first_ever, now=now())
            if following != cursor:
                _move_cursor(session, open_kfid, following, now=now())
            drained = not page.has_more or following == cursor
            if drained:
                at_the_end(session, new)
        if drained:
            return new
        cursor = following
    raise Unavailable(f"kf/sync_msg of {open_kfid} has no end: {PAGES_AT_MOST} pages read")


def keep_page(
    session: Session, open_kfid: str, raw_entries: Sequence[dict[str, Any]], rule: PullRule, *, first_ever: bool, now: datetime
) -> int:
    """One inbox row an entry. A message taken back before anybody read it is ignored, and its customer's other words are not held up."""
    kept = 0
    for raw in raw_entries:
        entry = parse_entry(raw)
        history = first_ever and now - entry.sent_at > rule.history_after
        state, reason = _fate(entry, history=history)
        ids = inbox.accept(session, [_received(open_kfid, entry, raw, history=history)], state=state, reason=reason, now=now)
        if not ids:
            continue
        kept += 1
        if isinstance(entry, CustomerText | CustomerMedia):
            before = sessions.note_heard(session, open_kfid, entry.external_userid, at=entry.sent_at)
            if isinstance(entry, CustomerText) and not history:
                inbox.hold_turn(session, _lane(open_kfid, entry), rule.burst, spoke_before=before)
        if isinstance(entry, CustomerRecalled):
            inbox.ignore_waiting(session, _dedup_key(open_kfid, entry.recall_msgid), reason="客户在处理前撤回", now=now)
    return kept


def _fate(entry: Entry, *, history: bool) -> tuple[State, str]:
    if isinstance(entry, OwnEcho):
        return State.IGNORED, "我方发出的消息"
    # Old words are still understood, as HISTORY; an old picture would only be answered days late.
    if isinstance(entry, CustomerMedia) and history:
        return State.IGNORED, Silence.OLD_HISTORY
    return State.WAITING, ""


def _received(open_kfid: str, entry: Entry, raw: dict[str, Any], *, history: bool) -> Received:
    kind = KF_ENTRY
    if isinstance(entry, CustomerText):
        kind = HISTORY if history else KF_TEXT
    return Received(
        dedup_key=_dedup_key(open_kfid, entry.msgid),
        kind=kind,
        lane=_lane(open_kfid, entry),
        raw=json.dumps(raw, ensure_ascii=False),
        occurred_at=entry.sent_at,
        # A code that lives 20 seconds may come with these.
        urgent=isinstance(entry, EnteredSession | SessionChanged),
    )


def _lane(open_kfid: str, entry: Entry) -> str:
    return f"kf:{open_kfid}:{entry.external_userid}"


def _dedup_key(open_kfid: str, msgid: str) -> str:
    return f"kf-entry:{open_kfid}:{msgid}"


def _cursor(session: Session, open_kfid: str) -> str:
    return session.scalar(_CURSOR, {"account": open_kfid}) or ""


def _move_cursor(session: Session, open_kfid: str, cursor: str, *, now: datetime) -> None:
    if not session.execute(_MOVE, {"account": open_kfid, "to": cursor, "at": now}).rowcount:  # type: ignore[attr-defined]
        insert_once(session, KfCursor, [{"open_kfid": open_kfid, "cursor": cursor, "moved_at": now}], unique=["open_kfid"])
