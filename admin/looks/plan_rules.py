"""What the form of a plan's rules offers: the values of each fact; and how many belong by what is typed right now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.looks.plan_words import RULE_NAMES
from admin.looks.plans import count_of, plan_for
from admin.office import Office
from admin.parts.rule_rows import FACT_NAMES, TAG, RuleForm, row_faults, rule_of
from admin.rights import must
from admin.terms import Right, Who
from bot.brief import SLOT_NAMES
from customers.lifecycle import STAGE_NAMES
from customers.models import Advisor, Customer, CustomerTag, GroupChat
from customers.rules import FOCUS_NAMES, LEVEL_NAMES
from sop.audience_rule import NoSuchRule, read_rule
from sop.models import Plan
from sop.plan_reading import FACTS
from sop.plan_terms import SUBJECT_OF
from sop.preview import UNITS
from sop.terms import TouchKind


@dataclass(frozen=True)
class RuleChoices:
    """`facts`: key → name of what may be asked of this plan's subjects; `values`: fact → its values and their names; `names` tells keys."""

    facts: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]


def rule_choices(session: Session, who: Who, office: Office, key: str) -> RuleChoices:
    """For the plan with this key, and for who may change it: groups and tags of all stores are among them."""
    must(who, Right.EDIT_SOP)
    subject = SUBJECT_OF[TouchKind(plan_for(session, key).kind)]
    people = {userid: name or userid for userid, name in session.execute(select(Advisor.userid, Advisor.name).where(Advisor.is_active))}
    values: dict[str, Mapping[str, str]] = {
        "level": {str(level): f"{level} {name}" for level, name in LEVEL_NAMES.items()},
        "store": office.stores,
        "advisor": people,
        "owner": people,
        "stage": {str(stage): name for stage, name in STAGE_NAMES.items()},
        "focus": {str(point): name for point, name in FOCUS_NAMES.items()},
        "signal": {name: weight.zh for name, weight in office.rules.weights.items()},
        "slot": {str(slot): name for slot, name in SLOT_NAMES.items()},
    }
    if subject == "customer":
        channels = session.scalars(select(Customer.channel).where(Customer.channel != "").distinct().order_by(Customer.channel))
        values["channel"] = {channel: office.names.get(channel, channel) for channel in channels}
        tags = session.execute(select(CustomerTag.group, CustomerTag.name).where(CustomerTag.ended_at.is_(None)).distinct())
        values[TAG] = _same(f"{group}/{name}" for group, name in tags)
    if subject == "group":
        values["group"] = {id_: name or id_ for id_, name in session.execute(select(GroupChat.chat_id, GroupChat.name))}
    if subject == "internal":
        values["group"] = _same(office.settings.webhook_keys())
    facts = {fact: name for fact, name in FACT_NAMES.items() if fact in FACTS[subject]}
    return RuleChoices(facts, values, {**office.names, **people, **RULE_NAMES, **values["signal"], **values["slot"], **values["focus"]})


def count_by(session: Session, who: Who, key: str, form: RuleForm, *, now: datetime) -> str:
    """«现在 1,849 个群», or what is not filled in yet."""
    fault = next(row_faults(form), "")
    if fault:
        return fault
    plan: Plan = plan_for(session, key)
    kind = TouchKind(plan.kind)
    try:
        rule = read_rule(rule_of(form), FACTS[SUBJECT_OF[kind]])
    except NoSuchRule as wrong:
        return str(wrong)
    return f"现在 {count_of(session, who, rule, kind, now=now):,} {UNITS[kind]}"


def _same(values: Iterable[str]) -> dict[str, str]:
    return {value: value for value in sorted(values) if value}
