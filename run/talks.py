"""Customers' open conversations, as the plans that speak unprompted ask for them: sop must not know the bot's tables."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.budget import MESSAGES_A_TURN, WINDOW
from bot.models import KfSession
from core.clock import Clock
from sop import bulk
from sop.standing import Talks
from sop.terms import LastTalk


def talks_at(clock: Clock) -> Talks:
    """Each customer's newest conversation: when anybody spoke last, and how many messages it still takes at this moment."""

    def talks(session: Session, ids: Collection[str]) -> Mapping[str, LastTalk]:
        mine = KfSession.external_id.in_(bulk.ids(session.get_bind().dialect.name))
        rows = session.scalars(select(KfSession).where(mine).order_by(KfSession.heard_at), {"ids": json.dumps(list(ids))})
        return {row.external_id: _talk(row, row.heard_at, now=clock()) for row in rows if row.heard_at is not None}

    return talks


def _talk(row: KfSession, heard_at: datetime, *, now: datetime) -> LastTalk:
    is_open = now - heard_at < WINDOW and not row.is_with_person and not row.rejects
    # A person who serves is in the middle of a talk whoever spoke last.
    spoken = [heard_at, *(moment for moment in (row.held_at, row.read_at) if moment is not None)]
    return LastTalk(row.open_kfid, heard_at, max(spoken), MESSAGES_A_TURN - row.said_since if is_open else 0)
