"""Who is in which customer group: events move single members at once, a reading puts everything right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.db import insert_once
from customers import group_store
from customers.models import GroupChat, GroupMember
from customers.placing import meet_advisor, name_advisors
from customers.terms import GroupSeen, JoinScene, LeftReason, MemberSeen

_EXTERNAL_PREFIXES = ("wm", "wo")


@dataclass(frozen=True)
class Repaired:
    """What a reading found that no event had told us."""

    joined: int
    left: int


def meet_group(session: Session, chat_id: str, *, now: datetime) -> tuple[GroupChat, bool]:
    """The group and whether it is new to us; safe when two processes meet it at once."""
    known = group_store.lock_group(session, chat_id)
    if known is not None:
        return known, False
    row = {"chat_id": chat_id, "created_at": now, "first_seen_at": now}
    is_new = bool(insert_once(session, GroupChat, [row], unique=["chat_id"]))
    group = group_store.lock_group(session, chat_id)
    assert group is not None
    return group, is_new


def join(session: Session, group: GroupChat, userids: Sequence[str], *, scene: JoinScene, at: datetime) -> None:
    """They came in. Told twice it counts once; told after their leaving it only completes that stay."""
    last = group_store.last_stays(session, group.id, userids)
    for userid in dict.fromkeys(userids):
        stay = last.get(userid)
        if stay is None or (stay.left_at is not None and stay.left_at < at):
            session.add(_stay(group, MemberSeen(userid, looks_external(userid), "", at, scene)))
        elif stay.joined_at == stay.left_at:
            stay.joined_at, stay.join_scene = at, scene
    recount(session, group)


def leave(session: Session, group: GroupChat, userids: Sequence[str], *, reason: LeftReason, at: datetime) -> None:
    """They went. Who was not known to be there is recorded as gone, so that nothing is lost; the first end of a stay counts."""
    last = group_store.last_stays(session, group.id, userids)
    for userid in dict.fromkeys(userids):
        stay = last.get(userid)
        if stay is None:
            stay = _stay(group, MemberSeen(userid, looks_external(userid), "", at, JoinScene.UNKNOWN))
            session.add(stay)
        if (stay.left_at is None and stay.joined_at <= at) or stay.left_reason == LeftReason.UNSEEN:
            stay.left_at, stay.left_reason = at, reason
    recount(session, group)


def note_version(group: GroupChat, before: str, after: str) -> bool:
    """The membership's version as an event tells it; True when an earlier event was lost: what it left is not what this one found."""
    lost = bool(group.member_version) and before not in ("", group.member_version)
    group.member_version = after or group.member_version
    return lost


def dismiss(group: GroupChat, *, at: datetime) -> None:
    """The group is no more; it and its members stay known. The first end counts."""
    group.dismissed_at = group.dismissed_at or at


def take_in(session: Session, group: GroupChat, seen: GroupSeen, *, now: datetime) -> Repaired:
    """Make our rows say what WeCom shows; members who are gone without an event left «unseen», those new to us keep WeCom's moment."""
    first = group.read_at is None
    group.name, group.notice, group.created_at = seen.name, seen.notice, seen.created_at
    change_owner(session, group, seen.owner)
    name_advisors(session, {member.userid: member.name for member in seen.members if member.name and not member.is_customer})
    known = group_store.all_last_stays(session, group.id)
    here = {member.userid: member for member in seen.members}
    joined = sum(_settle_in(session, group, known.get(userid), member) for userid, member in here.items())
    gone = [stay for userid, stay in known.items() if stay.left_at is None and userid not in here]
    for stay in gone:
        stay.left_at, stay.left_reason = max(now, stay.joined_at), LeftReason.UNSEEN
    group.member_version, group.read_at = seen.version, now
    recount(session, group)
    return Repaired(0 if first else joined, len(gone))


def change_owner(session: Session, group: GroupChat, owner: str) -> None:
    """A member of the company owns the group; through him it belongs to his store."""
    if owner and owner != group.owner:
        group.owner = owner
        meet_advisor(session, owner)


def recount(session: Session, group: GroupChat) -> None:
    """How many are in it; who is active is counted once a day, and is never more than are there."""
    session.flush()
    group.size, group.customers = group_store.counts(session, group.id)
    group.active = min(group.active, group.customers)


def looks_external(userid: str) -> bool:
    """A guess until the next reading says: events do not tell customers from members of the company."""
    return userid.startswith(_EXTERNAL_PREFIXES)


def _settle_in(session: Session, group: GroupChat, stay: GroupMember | None, member: MemberSeen) -> bool:
    """Whether he was not known to be here."""
    if stay is not None and stay.left_at is None:
        _complete(stay, member)
        return False
    if stay is None or stay.left_at is None or member.joined_at > stay.left_at:
        session.add(_stay(group, member))
        return True
    if stay.left_reason == LeftReason.UNSEEN:
        # The reading that did not show him was older than his coming: WeCom's member data lags behind.
        stay.left_at, stay.left_reason = None, ""
        _complete(stay, member)
        return True
    # An event told that he left after this; the list lags behind, and the next reading will not show him.
    return False


def _stay(group: GroupChat, member: MemberSeen) -> GroupMember:
    stay = GroupMember(group_id=group.id, userid=member.userid, left_reason="", inviter="", state="", name="")
    _complete(stay, member)
    return stay


def _complete(stay: GroupMember, member: MemberSeen) -> None:
    stay.is_customer, stay.name, stay.joined_at = member.is_customer, member.name or stay.name, member.joined_at
    stay.join_scene, stay.inviter, stay.state = member.scene, member.inviter, member.state
