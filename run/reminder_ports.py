"""Composition of advisors' reminders: what sop may not know itself, from the bot's tables, the encoder, the library and the accounts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from admin.models import Operator
from admin.terms import Role
from bot.decide import COURTESY
from bot.find_scripts import find_scripts
from bot.models import Brief, KfSession, Utterance
from bot.project_tags import queue_tags
from bot.transcript import last_from
from bot.wecom.terms import KfState
from core.zone import SHANGHAI
from customers.models import Customer
from customers.record import TagChange
from customers.rules import FOCUS_NAMES
from customers.store import live_focus
from customers.terms import FocusPoint
from intents.terms import Intent
from intents.understand import Understander
from intents.visit_time import moments
from kb.render import render
from kb.search import ScriptSearch
from run.pack import Pack
from sop.reminder_ports import ReminderPorts
from sop.reminder_terms import Asking, FollowUpRules, Spoken, Suggested, TimeSaid

_PERSON, _CUSTOMER = "person", "customer"
_TOP = 3
_HANDLED = ("taken", "called")
# Small talk helps no advisor: whoever looks for words to say is not offered «抱歉没答到点上».
_NOT_OFFERED = COURTESY | {Intent.CHITCHAT, Intent.OUT_OF_SCOPE}
# Who asks once more while a person serves him is served, if that person was heard of so lately.
_SERVED_WITHIN = timedelta(hours=1)
_MANAGERS = (
    select(Operator.userid)
    .where(Operator.role == Role.STORE_MANAGER, Operator.ended_at.is_(None), Operator.userid != "")
    .order_by(Operator.id)
)


def reminder_ports(pack: Pack, understander: Understander, scripts: ScriptSearch) -> ReminderPorts:
    """Each function as reminders call it."""
    find = partial(_find, pack, understander, scripts)
    return ReminderPorts(
        contacts=contacts,
        spoken=spoken,
        askings=partial(askings, pack.replies.reasons),
        read_times=lambda text, said_at: read_times(understander.normaliser.normalise(text).text, said_at),
        suggest=partial(_suggest, find),
        find_scripts=find,
        managers=partial(managers, pack.follow_ups),
        all_managers=partial(all_managers, pack.follow_ups),
        tags_changed=_tags_changed,
    )


def contacts(session: Session, external_ids: Collection[str]) -> Mapping[str, datetime]:
    """When a person of ours last wrote to each, or tapped on a brief that he has called."""
    said = select(Utterance.external_id, func.max(Utterance.said_at)).where(
        Utterance.external_id.in_(external_ids), Utterance.speaker == _PERSON
    )
    called = select(Brief.external_id, func.max(Brief.outcome_at)).where(Brief.external_id.in_(external_ids), Brief.outcome == "called")
    found: dict[str, datetime] = {}
    for query in (said.group_by(Utterance.external_id), called.group_by(Brief.external_id)):
        for external_id, at in session.execute(query):
            if at is not None:
                found[external_id] = max(at, found.get(external_id, at))
    return found


def spoken(session: Session, since: datetime) -> list[Spoken]:
    """What people of ours wrote since then."""
    lines = select(Utterance).where(Utterance.said_at >= since, Utterance.speaker == _PERSON, Utterance.recalled_at.is_(None))
    return [Spoken(row.msgid, row.external_id, row.words, row.said_at, row.by) for row in session.scalars(lines.order_by(Utterance.id))]


def askings(reasons: Mapping[str, str], session: Session, since: datetime) -> list[Asking]:
    """Briefs of since then that nobody has taken, of customers whom nobody has taken or written to since; `reasons` names why."""
    open_ones = select(Brief, _last_said(), *_last_served()).where(Brief.created_at >= since, Brief.outcome.not_in(_HANDLED))
    return [
        Asking(row.task_id, row.external_id, row.created_at, reasons.get(row.reason, ""), words or "", [str(one) for one in row.recipients])
        for row, words, *served, state in session.execute(open_ones.order_by(Brief.id))
        if not _is_served(row, served, state)
    ]


def _last_said() -> ScalarSelect[str]:
    """The customer's own words that a brief was made for: what he said last until then."""
    his = (Utterance.external_id == Brief.external_id) & (Utterance.speaker == _CUSTOMER) & Utterance.recalled_at.is_(None)
    said = select(Utterance.words).where(his, Utterance.said_at <= Brief.created_at)
    return said.order_by(Utterance.said_at.desc(), Utterance.id.desc()).limit(1).scalar_subquery()


def _last_served() -> tuple[Any, ...]:
    """Of a brief's customer: when he was last taken by anybody, when a person last wrote to him, and the state of his session."""
    other = aliased(Brief)
    taken = select(func.max(other.outcome_at)).where(other.external_id == Brief.external_id, other.outcome.in_(_HANDLED))
    wrote = select(func.max(Utterance.said_at)).where(Utterance.external_id == Brief.external_id, Utterance.speaker == _PERSON)
    state = select(KfSession.state).where(KfSession.external_id == Brief.external_id, KfSession.open_kfid == Brief.open_kfid)
    return tuple(one.scalar_subquery() for one in (taken, wrote, state))


def _is_served(brief: Brief, served: Sequence[datetime | None], state: int | None) -> bool:
    last = max(filter(None, served), default=None)
    since = brief.created_at - (_SERVED_WITHIN if state == KfState.HUMAN else timedelta())
    return last is not None and last >= since


def read_times(text: str, said_at: datetime) -> list[TimeSaid]:
    """The times that a normalised text names; of a stretch its end, by which the promise is to be kept."""
    found = []
    for moment in moments(text, now=said_at):
        last = moment.iso.rpartition("/")[2]
        at = datetime.fromisoformat(last)
        found.append(TimeSaid(at.replace(tzinfo=SHANGHAI), whole_day="T" not in last))
    return found


def managers(rules: FollowUpRules, session: Session, store: str) -> list[str]:
    """The store's 店长 in the console who have a WeCom account, and whom the pack names."""
    found = session.scalars(_MANAGERS.where(Operator.store == store, Operator.store != ""))
    return list(dict.fromkeys([*found, *rules.managers.get(store, ())]))


def all_managers(rules: FollowUpRules, session: Session) -> list[str]:
    """The same, of every store."""
    return list(dict.fromkeys([*session.scalars(_MANAGERS), *(userid for people in rules.managers.values() for userid in people)]))


def _find(pack: Pack, understander: Understander, scripts: ScriptSearch, question: str, now: datetime) -> list[Suggested]:
    understood = understander.understand(question, now=now)
    candidates = find_scripts(scripts, understood, {}, not_sold=pack.replies.say("not_sold"), rivals=pack.replies.say("rivals"), now=now)
    least = scripts.thresholds.clarify_at
    found = []
    for match in [match for match in candidates.matches if match.intent not in _NOT_OFFERED][:_TOP]:
        content = scripts.content(match.key)
        if content is not None and match.confidence >= least and content.is_valid_on(now.astimezone(SHANGHAI).date()):
            found.append(Suggested(match.title, render(content.answers[0], {}, pack.replies.variables).text))
    return found


def _suggest(find: Callable[[str, datetime], Sequence[Suggested]], session: Session, customer: Customer, now: datetime) -> Suggested | None:
    """What answers his last words, or else what he cares about."""
    last = last_from(session, customer.external_id, _CUSTOMER)
    focus = [FOCUS_NAMES[FocusPoint(row.point)] for row in live_focus(session, customer.id)[-1:]]
    for question in [*([last.words] if last and last.words else []), *focus]:
        if found := find(question, now):
            return found[0]
    return None


def _tags_changed(session: Session, customer: Customer, change: TagChange, cause: str, now: datetime) -> None:
    queue_tags(session, customer, change, cause, now=now)
