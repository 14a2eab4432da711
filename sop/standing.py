"""How the subjects of a slice stand at this moment: what the policy asks before it lets anybody be spoken to."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from customers.models import Advisor, Customer, CustomerTag, GroupChat
from sop import bulk
from sop.audience import meets_goal
from sop.bulk import Live
from sop.enrol import Speaking
from sop.models import Enrolment
from sop.terms import LastTalk, Standing
from sop.windows import LONGEST

# 黑名单: a tag that an operator gives.
BLACKLIST = ("触达", "黑名单")
Talks = Callable[[Session, Collection[str]], Mapping[str, LastTalk]]


def no_talks(_session: Session, _ids: Collection[str]) -> Mapping[str, LastTalk]:
    """For where nobody talks."""
    return {}


@dataclass(frozen=True)
class Known:
    """A subject: what holds whichever plan asks (`standing`), where it belongs, and its open conversation."""

    standing: Standing
    store: str = ""
    stage: str = ""
    talk: LastTalk | None = None


@dataclass(frozen=True)
class Around:
    """A slice of subjects of one kind and sender with all that they are in. `goals`: (plan, subject) where the goal is reached."""

    kind: str
    sender: str
    sender_name: str
    known: Mapping[str, Known]
    enrolments: Mapping[str, Sequence[Live]]
    goals: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def standing(self, enrolment: Live | Enrolment, plans: Mapping[str, Speaking]) -> Standing:
        """How the subject stands towards this plan."""
        plan, subject = plans[enrolment.plan], enrolment.subject_id
        owner = self._owner(enrolment, plans) if plan.content.exclusive else ""
        held, goal_met = plan.is_held or bool(enrolment.held_by), (enrolment.plan, subject) in self.goals
        known = self.known[subject].standing
        # Twenty thousand are asked about in one look, and for most nothing is to be added.
        return replace(known, owner=owner, held=held, goal_met=goal_met) if owner or held or goal_met else known

    def _owner(self, asking: Live | Enrolment, plans: Mapping[str, Speaking]) -> str:
        """Of the plans that want a customer for themselves the most important has him, among equals the one that had him first; one whose
        goal he has reached wants him no more, also before it is looked at and he leaves it; one that is held keeps him from no other."""
        subject = asking.subject_id
        rivals = [one for one in self.enrolments.get(subject, ()) if one.plan in plans and plans[one.plan].content.exclusive]
        rivals = [one for one in rivals if (one.plan, subject) not in self.goals]
        rivals = [one for one in rivals if one.plan == asking.plan or not plans[one.plan].is_held]
        return min(rivals, key=lambda one: (-plans[one.plan].content.priority, one.id)).plan if rivals else ""


def look_around(
    session: Session, kind: str, sender: str, ids: Sequence[str], plans: Mapping[str, Speaking], talks: Talks, *, now: datetime
) -> Around:
    """All that is known of these subjects."""
    enrolments: dict[str, list[Live]] = {}
    for one in bulk.live_enrolments(session, kind, ids):
        enrolments.setdefault(one.subject_id, []).append(one)
    known = _KNOWN[kind](session, ids, talks)
    past = bulk.past_of(session, kind, ids, since=now - LONGEST)
    with_past = {id_: replace(one, standing=replace(one.standing, past=past[id_])) if id_ in past else one for id_, one in known.items()}
    name = session.scalar(select(Advisor.name).where(Advisor.userid == sender)) or ""
    return Around(kind, sender, name, with_past, enrolments, frozenset(_goals(session, enrolments, plans, now=now)))


def _goals(
    session: Session, enrolments: Mapping[str, Sequence[Live]], plans: Mapping[str, Speaking], *, now: datetime
) -> set[tuple[str, str]]:
    of_plan: dict[str, list[str]] = {}
    for subject, rows in enrolments.items():
        for row in rows:
            of_plan.setdefault(row.plan, []).append(subject)
    found = set()
    for key, ids in of_plan.items():
        if key in plans:
            found |= {(key, one) for one in meets_goal(session, plans[key].content, ids, now=now)}
    return found


def _customers(session: Session, ids: Sequence[str], talks: Talks) -> dict[str, Known]:
    talked = talks(session, ids)
    rows = bulk.of_ids(session, _customers_wanted, ids)
    return {
        id_: _customer(talked.get(id_), level, placed, is_out=opted_out_at is not None, is_listed=bool(is_listed))
        for id_, level, placed, opted_out_at, is_listed in rows
    }


@cache
def _customers_wanted(dialect: str) -> Select[*tuple[Any, ...]]:
    group, name = BLACKLIST
    listed = select(CustomerTag.id).where(
        CustomerTag.customer_id == Customer.id, CustomerTag.group == group, CustomerTag.name == name, CustomerTag.ended_at.is_(None)
    )
    columns = (Customer.external_id, Customer.level, Customer.store, Customer.opted_out_at, listed.exists())
    return select(*columns).where(Customer.external_id.in_(bulk.ids(dialect)))


@lru_cache(maxsize=1024)
def _customer(talk: LastTalk | None, level: str, placed: str, *, is_out: bool, is_listed: bool) -> Known:
    # Most of them stand alike, and twenty thousand are asked about in one look.
    talked_at = talk.talked_at if talk else None
    return Known(Standing(level=level, talked_at=talked_at, opted_out=is_out, blacklisted=is_listed), placed, talk=talk)


def _groups(session: Session, ids: Sequence[str], _talks: Talks) -> dict[str, Known]:
    rows = bulk.of_ids(session, _groups_wanted, ids)
    return {id_: Known(Standing(dismissed=dismissed is not None), placed or "", stage) for id_, dismissed, stage, placed in rows}


@cache
def _groups_wanted(dialect: str) -> Select[*tuple[Any, ...]]:
    columns = (GroupChat.chat_id, GroupChat.dismissed_at, GroupChat.stage, Advisor.store)
    with_owner = select(*columns).outerjoin(Advisor, Advisor.userid == GroupChat.owner)
    return with_owner.where(GroupChat.chat_id.in_(bulk.ids(dialect)))


def _advisors(session: Session, ids: Sequence[str], _talks: Talks) -> dict[str, Known]:
    rows = session.execute(select(Advisor.userid, Advisor.store, Advisor.is_active).where(Advisor.userid.in_(ids)))
    # Who has left looks after nobody: like a group that was dismissed he is not there any more.
    return {id_: Known(Standing(blacklisted=not is_active), placed) for id_, placed, is_active in rows}


def _internal(_session: Session, ids: Sequence[str], _talks: Talks) -> dict[str, Known]:
    return {id_: Known(Standing()) for id_ in ids}


_KNOWN: Mapping[str, Any] = {"customer": _customers, "group": _groups, "advisor": _advisors, "internal": _internal}
