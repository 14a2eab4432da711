"""Customer groups read from WeCom: an errand for each group, due when WeCom's own member data has caught up with its events."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from bot import outbox
from bot.messages import Channel, Payload, deed_key
from bot.wecom.group_calls import GroupCalls
from core.db import Database
from core.errors import Misconfigured, Refused, Unavailable
from customers import group_store
from customers.groups import dismiss, meet_group, take_in

# The member data behind an event is there about two seconds later (reference §6.8); events of the same few seconds share one reading.
LAG = timedelta(seconds=2)
_TOGETHER = timedelta(seconds=5)
# Many groups are read at this pace, so that customers' answers are not kept waiting behind them.
PACE = timedelta(seconds=0.2)
_STALE_AT_MOST = 3


def read_soon(session: Session, chat_id: str, *, stale: str = "", now: datetime) -> None:
    """Queue a reading. `stale` is the membership's version before the event: whoever is shown that one again must ask once more."""
    bucket = math.ceil((now + LAG).timestamp() / _TOGETHER.total_seconds())
    due = datetime.fromtimestamp(bucket * _TOGETHER.total_seconds(), UTC)
    _queue(session, chat_id, f"{bucket}", {"chat_id": chat_id, "stale": stale}, now=now, delay=due - now)


def read_all(database: Database, groups: GroupCalls, *, now: datetime) -> int:
    """Queue a reading of every group that WeCom lists, and of those it no longer lists; how many. Raises what the list raises."""
    listed = groups.chat_ids()
    with database.reading() as session:
        known = group_store.open_chat_ids(session)
    everything = list(dict.fromkeys([*listed, *known]))
    for start in range(0, len(everything), 500):
        with database.unit_of_work() as session:
            _queue_some(session, everything[start : start + 500], start, now=now)
    return len(everything)


def read_group(database: Database, groups: GroupCalls, payload: Payload, *, attempt: int, now: datetime) -> str:
    """Read one group and put our rows right; returns what was found. Unavailable while WeCom still shows what was before the event."""
    chat_id, stale = str(payload["chat_id"]), str(payload.get("stale", ""))
    try:
        seen = groups.group(chat_id)
    except Misconfigured:
        raise
    except Refused:
        return _gone(database, groups, chat_id, now=now)
    with database.unit_of_work() as session:
        group, _ = meet_group(session, chat_id, now=now)
        if stale and seen.version == stale != group.member_version and attempt <= _STALE_AT_MOST:
            raise Unavailable("企业微信的群成员数据还没更新")
        repaired = take_in(session, group, seen, now=now)
    found = [f"补记入群 {repaired.joined} 人"] * bool(repaired.joined) + [f"补记退群 {repaired.left} 人"] * bool(repaired.left)
    return "，".join(found) or "与已知一致"


def _gone(database: Database, groups: GroupCalls, chat_id: str, *, now: datetime) -> str:
    """WeCom refuses to show it: when it is not listed any more either, its end was one of the events that were lost."""
    if chat_id in groups.chat_ids():
        raise Refused(f"读不到客户群 {chat_id}，但列表里有它；请检查应用的可见范围")
    with database.unit_of_work() as session:
        group = group_store.lock_group(session, chat_id)
        if group is not None:
            dismiss(group, at=now)
    return "群已不在，记为已解散"


def _queue_some(session: Session, chat_ids: Sequence[str], before: int, *, now: datetime) -> None:
    for place, chat_id in enumerate(chat_ids, before):
        _queue(session, chat_id, f"daily:{now.date()}", {"chat_id": chat_id}, now=now, delay=LAG + place * PACE)


def _queue(session: Session, chat_id: str, cause: str, payload: Payload, *, now: datetime, delay: timedelta) -> None:
    key = deed_key("group-profile", f"{chat_id}:{cause}")
    outbox.enqueue(session, key, Channel.GROUP_PROFILE, payload, lane=f"group:{chat_id}", now=now, delay=delay)
