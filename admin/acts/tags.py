"""Tags: what WeCom did not take is tried again."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin import audit
from admin.rights import must
from admin.terms import Blocked, Right, Who
from bot.messages import Channel
from bot.models import OutboxMessage
from bot.queue import State


def try_again(session: Session, who: Who, *, now: datetime) -> int:
    """Every parked deed that carries tags waits again, with all its attempts; how many. Blocked when none is parked."""
    must(who, Right.EDIT_TAGS)
    parked = (OutboxMessage.channel == Channel.TAGS, OutboxMessage.state == State.PARKED)
    ids = session.scalars(select(OutboxMessage.id).where(*parked)).all()
    if not ids:
        raise Blocked("没有需要重试的标签同步")
    values = {"state": State.WAITING, "due_at": now, "attempts": 0, "settled_at": None, "reason": ""}
    session.execute(update(OutboxMessage).where(*parked).values(**values).execution_options(synchronize_session=False))
    audit.note(session, who, "重试标签同步", "tags", "", after={"条数": len(ids)}, now=now)
    return len(ids)
