"""Every query about customer groups."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from customers.models import Customer, GroupChat, GroupMember, GroupStageChange

_MANY = 500  # of so many names at a time a statement asks


def group_by_chat_id(session: Session, chat_id: str) -> GroupChat | None:
    """The group with WeCom's id."""
    return session.scalar(select(GroupChat).where(GroupChat.chat_id == chat_id))


def lock_group(session: Session, chat_id: str) -> GroupChat | None:
    """The same, for whoever changes its members: an event and a reading of one group wait for each other."""
    return session.scalar(select(GroupChat).where(GroupChat.chat_id == chat_id).with_for_update())


def open_chat_ids(session: Session) -> list[str]:
    """WeCom's ids of all groups that are not known to be dismissed."""
    return list(session.scalars(select(GroupChat.chat_id).where(GroupChat.dismissed_at.is_(None)).order_by(GroupChat.id)))


def last_stays(session: Session, group_id: int, userids: Sequence[str]) -> dict[str, GroupMember]:
    """The newest stay of each of these in the group."""
    found: dict[str, GroupMember] = {}
    for start in range(0, len(userids), _MANY):
        found |= _newest(session, _stays(group_id).where(GroupMember.userid.in_(userids[start : start + _MANY])))
    return found


def all_last_stays(session: Session, group_id: int) -> dict[str, GroupMember]:
    """The newest stay of everybody who is or was in the group."""
    return _newest(session, _stays(group_id))


def members_now(session: Session, group_id: int) -> list[GroupMember]:
    """Who is in the group, the newest first."""
    return list(
        session.scalars(_stays(group_id).where(GroupMember.left_at.is_(None)).order_by(None).order_by(GroupMember.joined_at.desc()))
    )


def counts(session: Session, group_id: int) -> tuple[int, int]:
    """(all, customers) who are in the group now."""
    customers = func.sum(case((GroupMember.is_customer, 1), else_=0))
    row = session.execute(select(func.count(), customers).where(GroupMember.group_id == group_id, GroupMember.left_at.is_(None))).one()
    return int(row[0]), int(row[1] or 0)


def moves_of(session: Session, group_ids: Sequence[int], *, since: datetime) -> Mapping[int, tuple[int, int]]:
    """group → customers who (joined, left) since then."""
    joins = _per_group(session, _of(group_ids).where(GroupMember.joined_at >= since))
    leaves = _per_group(session, _of(group_ids).where(GroupMember.left_at >= since))
    return {group: (joins.get(group, 0), leaves.get(group, 0)) for group in group_ids}


def active_of(session: Session, group_ids: Sequence[int], *, since: datetime) -> Mapping[int, int]:
    """group → customers in it now who have spoken with us since then."""
    spoke = _of(group_ids).join(Customer, Customer.external_id == GroupMember.userid)
    return _per_group(session, spoke.where(GroupMember.left_at.is_(None), Customer.last_heard_at >= since))


def to_judge(session: Session, *, judged_before: datetime | None, after: int, limit: int) -> list[GroupChat]:
    """Groups with ids above `after` that exist, have been read, and were not judged since then; with None those never judged."""
    query = select(GroupChat).where(GroupChat.id > after, GroupChat.dismissed_at.is_(None), GroupChat.read_at.is_not(None))
    never = GroupChat.judged_at.is_(None)
    query = query.where(never if judged_before is None else never | (GroupChat.judged_at < judged_before))
    return list(session.scalars(query.order_by(GroupChat.id).limit(limit)))


def stage_history(session: Session, group_id: int) -> list[GroupStageChange]:
    """Newest first."""
    return list(session.scalars(select(GroupStageChange).where(GroupStageChange.group_id == group_id).order_by(GroupStageChange.id.desc())))


def _of(group_ids: Sequence[int]) -> Select[int, int]:
    query = select(GroupMember.group_id, func.count()).where(GroupMember.group_id.in_(group_ids), GroupMember.is_customer)
    return query.group_by(GroupMember.group_id)


def _per_group(session: Session, query: Select[int, int]) -> dict[int, int]:
    return {int(group): int(count) for group, count in session.execute(query)}


def _stays(group_id: int) -> Select[GroupMember]:
    return select(GroupMember).where(GroupMember.group_id == group_id).order_by(GroupMember.joined_at, GroupMember.id)


def _newest(session: Session, stays: Select[GroupMember]) -> dict[str, GroupMember]:
    # In the order of joining, so that the last one of a name stands.
    return {stay.userid: stay for stay in session.scalars(stays)}
