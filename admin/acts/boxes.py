"""What stopped in the inbox or outbox: tried again or given up, one row or many, with who did it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import audit
from admin.rights import must
from admin.terms import Blocked, Right, Who
from bot import boxes
from bot.boxes import Pile, Settled
from bot.models import InboxMessage
from bot.queue import Row

_NAMED = 20  # ids that an audit line spells out


def try_again(session: Session, who: Who, table: type[Row], ids: Sequence[int], *, now: datetime) -> Settled:
    """They wait again, due now. Blocked when none can be: settled meanwhile, or past their time. The caller rings the bell."""
    must(who, Right.SETTLE_BOXES)
    reasons = _reasons(session, table, ids)
    settled = boxes.try_again(session, table, ids, reason=f"{who.shown_as} 让它重试", now=now)
    if not settled.done:
        raise Blocked("已过有效时间，企业微信不会再接受，只能放弃" if settled.late else "已经有人处理过了")
    _note(session, who, "重试", table, settled.done, reasons, now=now)
    return settled


def give_up(session: Session, who: Who, table: type[Row], ids: Sequence[int], *, now: datetime) -> Settled:
    """They end for good, with who gave them up. Blocked when others have settled them all."""
    must(who, Right.SETTLE_BOXES)
    reasons = _reasons(session, table, ids)
    settled = boxes.give_up(session, table, ids, reason=f"{who.shown_as} 放弃", now=now)
    if not settled.done:
        raise Blocked("已经有人处理过了")
    _note(session, who, "放弃", table, settled.done, reasons, now=now)
    return settled


def try_pile_again(session: Session, who: Who, table: type[Row], pile: Pile, *, now: datetime) -> Settled:
    """Every row that stopped for this reason."""
    must(who, Right.SETTLE_BOXES)
    return try_again(session, who, table, boxes.ids_in(session, table, pile), now=now)


def give_pile_up(session: Session, who: Who, table: type[Row], pile: Pile, *, now: datetime) -> Settled:
    """Every row that stopped for this reason."""
    must(who, Right.SETTLE_BOXES)
    return give_up(session, who, table, boxes.ids_in(session, table, pile), now=now)


def _reasons(session: Session, table: type[Row], ids: Sequence[int]) -> list[str]:
    return sorted(set(session.scalars(select(table.reason).where(table.id.in_(ids[:_NAMED])))))


def _note(session: Session, who: Who, act: str, table: type[Row], ids: Sequence[int], reasons: list[str], *, now: datetime) -> None:
    name = "收件" if table is InboxMessage else "发件"
    named = "、".join(map(str, ids[:_NAMED])) + ("…" if len(ids) > _NAMED else "")
    audit.note(session, who, f"{act}{name}", "boxes", named, before={"原因": reasons}, after={"处理": act, "条数": len(ids)}, now=now)
