"""An operator judges what the assistant believes of a customer: undone, it counts no more and becomes a counter-example."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import audit
from admin.acts.customers import tell_wecom
from admin.parts.phones import masked
from admin.rights import must
from admin.sight import customer_for
from admin.terms import Blocked, Right, Who
from bot.models import Utterance
from customers import undo
from customers.models import Customer, FocusRecord, LevelChange, SignalRecord, SlotRecord
from customers.pack import LevelRules
from customers.rules import FOCUS_NAMES
from customers.terms import FocusPoint
from intents.store import teach_focus, withdraw_focus

COUNTER_EXAMPLE = ""


def undo_focus(session: Session, who: Who, external_id: str, focus_id: int, *, now: datetime) -> None:
    """These words do not show the point: the tag follows, WeCom is told, and the next training learns it."""
    must(who, Right.EDIT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    change = undo.undo_focus(session, customer, focus_id, by=who.shown_as, now=now)
    row = session.get_one(FocusRecord, focus_id)
    _learn(session, who, row, now=now)
    tell_wecom(session, customer, change, f"undo-focus:{focus_id}", now=now)
    _note(session, who, customer, "撤销关注点", FOCUS_NAMES[FocusPoint(row.point)], row.words, now=now)


def redo_focus(session: Session, who: Who, external_id: str, focus_id: int, *, now: datetime) -> None:
    """They do show it: all of that is taken back."""
    must(who, Right.EDIT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    change = undo.redo_focus(session, customer, focus_id, now=now)
    row = session.get_one(FocusRecord, focus_id)
    withdraw_focus(session, _sentence(session, row), row.words, row.point, now=now)
    tell_wecom(session, customer, change, f"redo-focus:{focus_id}", now=now)
    _note(session, who, customer, "恢复关注点", FOCUS_NAMES[FocusPoint(row.point)], row.words, now=now)


def undo_tag(session: Session, who: Who, external_id: str, point: str, *, now: datetime) -> int:
    """The whole tag is wrong: every sentence behind it is undone; how many. Blocked when nothing is behind it."""
    must(who, Right.EDIT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    rows, change = undo.undo_point(session, customer, point, by=who.shown_as, now=now)
    if not rows:
        raise Blocked("这个标签已经没有依据了，请刷新页面")
    for row in rows:
        _learn(session, who, row, now=now)
    tell_wecom(session, customer, change, f"undo-tag:{point}", now=now)
    _note(session, who, customer, "撤销标签", FOCUS_NAMES[FocusPoint(point)], "；".join(row.words for row in rows), now=now)
    return len(rows)


def undo_signal(session: Session, who: Who, external_id: str, signal_id: int, rules: LevelRules, *, now: datetime) -> None:
    """These words did not move his intent: score and level follow."""
    _judge_signal(session, who, external_id, signal_id, rules, counts=False, now=now)


def redo_signal(session: Session, who: Who, external_id: str, signal_id: int, rules: LevelRules, *, now: datetime) -> None:
    """They did after all."""
    _judge_signal(session, who, external_id, signal_id, rules, counts=True, now=now)


def undo_level(session: Session, who: Who, external_id: str, change_id: int, why: str, rules: LevelRules, *, now: datetime) -> None:
    """What he seemed to say outright is not so: the level follows from the rest. Blocked without a reason."""
    must(who, Right.EDIT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    if not why.strip():
        raise Blocked("请写一句撤回的原因")
    before = customer.level
    change = undo.undo_level(session, customer, change_id, rules, by=who.shown_as, why=why.strip(), now=now)
    tell_wecom(session, customer, change, f"undo-level:{change_id}", now=now)
    row = session.get_one(LevelChange, change_id)
    told = {"级别变化": f"{row.before} → {row.after}", "原话": masked(str(row.reason.get("words", "")))}
    after = {"级别": customer.level, "原因": why.strip()}
    audit.note(session, who, "撤回级别", "customer", external_id, before={**told, "级别": before}, after=after, now=now)


def redo_level(session: Session, who: Who, external_id: str, change_id: int, rules: LevelRules, *, now: datetime) -> None:
    """It is so after all."""
    must(who, Right.EDIT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    before = customer.level
    change = undo.redo_level(session, customer, change_id, rules, by=who.shown_as, now=now)
    tell_wecom(session, customer, change, f"redo-level:{change_id}", now=now)
    row = session.get_one(LevelChange, change_id)
    after = {"级别变化": f"{row.before} → {row.after}", "级别": customer.level}
    audit.note(session, who, "恢复级别", "customer", external_id, before={"级别": before}, after=after, now=now)


def undo_slot(session: Session, who: Who, external_id: str, slot_id: int, *, now: datetime) -> None:
    """He did not say this of himself; what he said before holds again."""
    _judge_slot(session, who, external_id, slot_id, holds=False, now=now)


def redo_slot(session: Session, who: Who, external_id: str, slot_id: int, *, now: datetime) -> None:
    """He did."""
    _judge_slot(session, who, external_id, slot_id, holds=True, now=now)


def _judge_signal(session: Session, who: Who, external_id: str, signal_id: int, rules: LevelRules, *, counts: bool, now: datetime) -> None:
    must(who, Right.EDIT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    before = customer.level
    if counts:
        change = undo.redo_signal(session, customer, signal_id, rules, now=now)
    else:
        change = undo.undo_signal(session, customer, signal_id, rules, by=who.shown_as, now=now)
    tell_wecom(session, customer, change, f"signal:{signal_id}", now=now)
    row = session.get_one(SignalRecord, signal_id)
    weight = rules.weights.get(row.name)
    told = {"信号": weight.zh if weight else row.name, "原话": masked(row.words)}
    act = "恢复购买信号" if counts else "撤销购买信号"
    audit.note(session, who, act, "customer", external_id, before={**told, "级别": before}, after={**told, "级别": customer.level}, now=now)


def _judge_slot(session: Session, who: Who, external_id: str, slot_id: int, *, holds: bool, now: datetime) -> None:
    must(who, Right.EDIT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    if holds:
        undo.redo_slot(session, customer, slot_id)
    else:
        undo.undo_slot(session, customer, slot_id, by=who.shown_as, now=now)
    row = session.get_one(SlotRecord, slot_id)
    _note(session, who, customer, "恢复已知信息" if holds else "撤销已知信息", "", row.words, now=now)


def _learn(session: Session, who: Who, row: FocusRecord, *, now: datetime) -> None:
    sentence = _sentence(session, row)
    teach_focus(session, sentence, row.words, row.point, COUNTER_EXAMPLE, message_id=row.message_id, by=who.shown_as, now=now)


def _sentence(session: Session, row: FocusRecord) -> str:
    """The message in which the words stand; the words alone when it is no longer kept."""
    found = session.scalar(select(Utterance.words).where(Utterance.msgid == row.message_id))
    return found if found and row.words in found else row.words


def _note(session: Session, who: Who, customer: Customer, act: str, what: str, words: str, *, now: datetime) -> None:
    told = {"内容": what, "原话": masked(words)} if what else {"原话": masked(words)}
    is_undone = act.startswith("撤销")
    before, after = (told, None) if is_undone else (None, told)
    audit.note(session, who, act, "customer", customer.external_id, before=before, after=after, now=now)
