"""Finds a task again that WeCom may have made without our knowing: after a crash, or when its answer got lost.

Tasks carry no key of ours. What is looked for has our text and attachments of the same kinds, was made after we queued it, is for the
same member, and is not known to us as another task. Members are served one after the other (`mass_lane`), so that leaves at most one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import Channel
from bot.models import MassTask
from bot.outbox import Deed
from bot.wecom.mass_terms import ChatType, MassListed, MassMember
from bot.wecom.messenger import Messenger
from bot.wecom.speech import Body
from core.db import Database

# WeCom's clock and ours may differ.
SKEW = timedelta(minutes=5)
# The longest span that WeCom lists at once, both for tasks and for moments.
LONGEST = timedelta(days=30)


@dataclass(frozen=True)
class Sought:
    """What the lost task must look like."""

    text: str
    kinds: tuple[str, ...]
    since: datetime
    members: frozenset[str]


def sought(deed: Deed, message: Body, members: Iterable[str]) -> Sought:
    """The task that this deed would make."""
    kinds = tuple(str(attachment["msgtype"]) for attachment in message.get("attachments", ()))
    # WeCom tells whole seconds.
    since = (deed.created_at - SKEW).replace(microsecond=0)
    return Sought(str(message.get("text", {}).get("content", "")), kinds, since, frozenset(members))


def recover(database: Database, wecom: Messenger, channel: Channel, wanted: Sought, *, now: datetime) -> str | None:
    """WeCom's id of the task that is there already, or None. Raises what the calls raise."""
    start, end = max(wanted.since, now - LONGEST), now + SKEW
    if channel is Channel.MOMENT:
        return _fitting(database, wecom.moments.listed(start, end), wanted, wecom.moments.members, compare_kinds=False)
    chat_type = ChatType.GROUP if channel is Channel.GROUP_POST else ChatType.SINGLE
    return _fitting(database, wecom.mass.listed(chat_type, start, end), wanted, wecom.mass.members, compare_kinds=True)


def _fitting(
    database: Database,
    listed: list[MassListed],
    wanted: Sought,
    members: Callable[[str], list[MassMember]],
    *,
    compare_kinds: bool,
) -> str | None:
    with database.reading() as session:
        known = _known(session, [task.id for task in listed])
    for task in listed:
        same = task.text == wanted.text and (not compare_kinds or task.kinds == wanted.kinds)
        likely = same and task.id not in known and task.created_at >= wanted.since
        if likely and wanted.members & {member.userid for member in members(task.id)}:
            return task.id
    return None


def _known(session: Session, ids: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(ids), 500):
        known |= set(session.scalars(select(MassTask.wecom_id).where(MassTask.wecom_id.in_(ids[start : start + 500]))))
    return known
