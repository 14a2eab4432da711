"""A customer group changed: who came and went is known at once, everything else by a reading a little later."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.hear_kf import Outcome
from bot.inbox_terms import Item
from bot.queue import State
from bot.read_groups import read_soon
from bot.wecom.callback import ChatChange, ChatChangeType
from customers.groups import dismiss, join, leave, meet_group, note_version
from customers.models import GroupChat
from customers.terms import LeftReason

_TOLD = {
    ChatChangeType.CREATED: "新建客户群",
    ChatChangeType.OWNER_CHANGED: "换了群主，重新读取",
    ChatChangeType.RENAMED: "改了群名，重新读取",
    ChatChangeType.NOTICE_CHANGED: "改了群公告，重新读取",
}


def hear_group(session: Session, change: ChatChange, item: Item, *, now: datetime) -> Outcome:
    """Act on change_external_chat (reference §6.8)."""
    if change.change_type is ChatChangeType.OTHER or not change.chat_id:
        return State.IGNORED, "无需处理的客户群变更"
    group, is_new = meet_group(session, change.chat_id, now=item.occurred_at)
    match change.change_type:
        case ChatChangeType.DISMISSED:
            dismiss(group, at=item.occurred_at)
            return State.DONE, "群已解散"
        case ChatChangeType.JOINED | ChatChangeType.LEFT:
            told = _members_changed(session, group, change, item, is_new=is_new)
        case _:
            told = _TOLD[change.change_type]
    read_soon(session, group.chat_id, stale=change.version_before, now=now)
    return State.DONE, told


def _members_changed(session: Session, group: GroupChat, change: ChatChange, item: Item, *, is_new: bool) -> str:
    if change.change_type is ChatChangeType.JOINED:
        join(session, group, change.members, scene=change.join_scene, at=item.occurred_at)
        told = f"入群 {len(change.members)} 人"
    else:
        reason = LeftReason.REMOVED if change.was_removed else LeftReason.LEFT
        leave(session, group, change.members, reason=reason, at=item.occurred_at)
        told = f"{'移出' if change.was_removed else '退群'} {len(change.members)} 人"
    lost = note_version(group, change.version_before, change.version_after)
    if is_new:
        return f"{told}；首次见到这个群"
    return f"{told}；之前有变更没收到，重新读取" if lost else told
