"""Every act asks whether he may before it does anything, leaves a line in the audit, and stops at what is out of his sight."""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import admin.acts
from admin.acts import conversations, corrections, customer_tags, customers, evidence
from admin.models import AuditEntry
from admin.rights import RIGHTS
from admin.terms import Blocked, NotAllowed, Right, Role, Who
from bot import sessions
from bot.models import OutboxMessage
from core.db import Database
from customers.facts import record_fact
from customers.models import Customer, CustomerTag, FocusRecord, LevelChange, SignalRecord, SlotRecord
from customers.terms import FocusPoint, Polarity
from intents.terms import Intent
from tests.admin.people import NOW, RULES, STORES, stated, talked, who

ACTS: dict[str, Right] = {
    "plan_rules.change_policy": Right.EDIT_SOP,
    "plan_rules.change_rules": Right.EDIT_SOP,
    "plan_versions.restore_version": Right.EDIT_SOP,
    "plans.start_plan": Right.EDIT_SOP,
    "plans.hold_plan": Right.EDIT_SOP,
    "plans.stop_plan": Right.EDIT_SOP,
    "plans.change_step": Right.EDIT_SOP,
    "plans.switch_step": Right.EDIT_SOP,
    "plans.remind": Right.EDIT_SOP,
    "plans.cancel": Right.EDIT_SOP,
    "tasks.assign": Right.ASSIGN_TASKS,
    "tasks.record": Right.FOLLOW_UP,
    "advisors.add_advisor": Right.KEEP_OPERATORS,
    "advisors.change_advisor": Right.KEEP_OPERATORS,
    "boxes.give_pile_up": Right.SETTLE_BOXES,
    "boxes.give_up": Right.SETTLE_BOXES,
    "boxes.try_again": Right.SETTLE_BOXES,
    "boxes.try_pile_again": Right.SETTLE_BOXES,
    "conversations.give_back": Right.SERVE,
    "conversations.hand_to": Right.SERVE,
    "conversations.note_read": Right.SEE_CONVERSATIONS,
    "conversations.show_number": Right.SEE_PHONES,
    "conversations.take_over": Right.SERVE,
    "conversations.write": Right.SERVE,
    "corrections.add_focus": Right.CORRECT,
    "corrections.cancel_focus": Right.CORRECT,
    "corrections.correct_intent": Right.CORRECT,
    "corrections.correct_script": Right.CORRECT,
    "corrections.message_for": Right.CORRECT,
    "corrections.take_back": Right.CORRECT,
    "customer_tags.give_tag": Right.EDIT_CUSTOMERS,
    "customer_tags.take_tag": Right.EDIT_CUSTOMERS,
    "customers.allow_messages": Right.EDIT_CUSTOMERS,
    "customers.delete_customer": Right.DELETE_CUSTOMERS,
    "customers.export_list": Right.EXPORT_CUSTOMERS,
    "customers.export_one": Right.EXPORT_CUSTOMERS,
    "customers.set_birthday": Right.EDIT_CUSTOMERS,
    "customers.show_phone": Right.SEE_PHONES,
    "customers.stop_messages": Right.EDIT_CUSTOMERS,
    "evidence.redo_focus": Right.EDIT_CUSTOMERS,
    "evidence.redo_level": Right.EDIT_CUSTOMERS,
    "evidence.redo_signal": Right.EDIT_CUSTOMERS,
    "evidence.redo_slot": Right.EDIT_CUSTOMERS,
    "evidence.undo_focus": Right.EDIT_CUSTOMERS,
    "evidence.undo_level": Right.EDIT_CUSTOMERS,
    "evidence.undo_signal": Right.EDIT_CUSTOMERS,
    "evidence.undo_slot": Right.EDIT_CUSTOMERS,
    "evidence.undo_tag": Right.EDIT_CUSTOMERS,
    "gaps.add_similar": Right.EDIT_SCRIPTS,
    "gaps.dismiss": Right.SETTLE_GAPS,
    "gaps.merge": Right.SETTLE_GAPS,
    "gaps.move_out": Right.SETTLE_GAPS,
    "gaps.note_draft": Right.SETTLE_GAPS,
    "gaps.take_up": Right.SETTLE_GAPS,
    "group_plans.hold_group": Right.EDIT_GROUPS,
    "group_plans.keep_track": Right.EDIT_GROUPS,
    "group_plans.release_group": Right.EDIT_GROUPS,
    "group_plans.release_track": Right.EDIT_GROUPS,
    "groups.hold_stage": Right.EDIT_GROUPS,
    "groups.release_stage": Right.EDIT_GROUPS,
    "intents.set_threshold": Right.TEACH,
    "intents.take_head_back": Right.TEACH,
    "intents.teach_example": Right.TEACH,
    "intents.teach_head": Right.TEACH,
    "intents.teach_sentence": Right.TEACH,
    "intents.withdraw_example": Right.TEACH,
    "intents.withdraw_sentence": Right.TEACH,
    "materials.keep_upload": Right.EDIT_MATERIALS,
    "materials.restore_material": Right.EDIT_MATERIALS,
    "materials.retire_material": Right.EDIT_MATERIALS,
    "materials.save_material": Right.EDIT_MATERIALS,
    "operators.change_account": Right.KEEP_OPERATORS,
    "operators.close_account": Right.KEEP_OPERATORS,
    "operators.invite_again": Right.KEEP_OPERATORS,
    "operators.make_account": Right.KEEP_OPERATORS,
    "script_corrections.learn": Right.CORRECT,
    "script_corrections.unsay": Right.CORRECT,
    "scripts.ask_review": Right.EDIT_SCRIPTS,
    "scripts.ask_reviews": Right.EDIT_SCRIPTS,
    "scripts.publish_script": Right.PUBLISH_SCRIPTS,
    "scripts.publish_scripts": Right.PUBLISH_SCRIPTS,
    "scripts.retire_script": Right.PUBLISH_SCRIPTS,
    "scripts.roll_back": Right.PUBLISH_SCRIPTS,
    "scripts.save_script": Right.EDIT_SCRIPTS,
    "scripts.send_back": Right.EDIT_SCRIPTS,
    "scripts.write_import": Right.EDIT_SCRIPTS,
    "tags.try_again": Right.EDIT_TAGS,
}
# Reading a conversation changes nothing that anybody would look up; bytes are nothing until a material that is audited names them;
# the rest are steps of acts that write the line themselves.
UNAUDITED = {
    "conversations.note_read",
    "materials.keep_upload",
    "corrections.message_for",
    "script_corrections.learn",
    "script_corrections.unsay",
}

Functions = dict[str, ast.FunctionDef]


def functions() -> Functions:
    """Everything defined in admin/acts, as «module.function»."""
    found: Functions = {}
    for path in sorted(Path(admin.acts.__path__[0]).glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        found |= {f"{path.stem}.{node.name}": node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return found


def has_who(function: ast.FunctionDef) -> bool:
    return any(one.arg == "who" for one in (*function.args.args, *function.args.kwonlyargs))


def called(module: str, node: ast.AST, known: Functions) -> Iterator[str]:
    """The names of what is called in this piece of code; functions of admin/acts with their module."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call):
            continue
        match call.func:
            case ast.Name(name):
                own = [f"{module}.{name}", *(full for full in known if full.endswith(f".{name}") and not name.startswith("_"))]
                yield next((full for full in own if full in known), name)
            case ast.Attribute(ast.Name(owner), name):
                yield f"{owner}.{name}"


def asks(name: str, known: Functions) -> bool:
    """The first statement that calls anything at all asks for a right, itself or in the act that it calls with the same `who`."""
    module, function = name.partition(".")[0], known[name]
    for statement in function.body[1:] if ast.get_docstring(function) else function.body:
        names = list(called(module, statement, known))
        if names:
            return "must" in names or any(one in known and has_who(known[one]) and asks(one, known) for one in names if one != name)
    return False


def is_audited(name: str, known: Functions, *, seen: frozenset[str] = frozenset()) -> bool:
    names = set(called(name.partition(".")[0], known[name], known))
    return "audit.note" in names or any(is_audited(one, known, seen=seen | {name}) for one in names if one in known and one not in seen)


def acts() -> Functions:
    return {name: one for name, one in functions().items() if not one.name.startswith("_") and has_who(one)}


def test_every_act_asks_for_a_right_before_anything_else() -> None:
    known = functions()
    assert [name for name in acts() if not asks(name, known)] == []


def test_every_act_leaves_a_line_in_the_audit() -> None:
    known = functions()
    assert {name for name in acts() if not is_audited(name, known)} == UNAUDITED


def test_the_table_below_knows_every_act() -> None:
    assert set(ACTS) == set(acts())


@pytest.mark.parametrize("name", sorted(ACTS))
@pytest.mark.parametrize("role", list(Role))
def test_an_act_is_refused_to_the_roles_that_lack_its_right(name: str, role: Role) -> None:
    module, _, function = name.partition(".")
    act: Callable[..., Any] = getattr(importlib.import_module(f"admin.acts.{module}"), function)
    # Nothing but `who` is real: whoever is refused must be refused before anything is looked at.
    given = dict.fromkeys(inspect.signature(act).parameters) | {"who": who(role)}
    if ACTS[name] in RIGHTS[role]:
        return
    with pytest.raises(NotAllowed):
        act(**given)


OTHERS = [who(Role.STORE_MANAGER, store="sh_minhang"), who(Role.ADVISOR, userid="hanmei"), who(Role.STORE_MANAGER), who(Role.ADVISOR)]
TALK = conversations.Talk("wk-hall", "wm-li")
OWNER, DRIVEN = ("身份", "车主"), ("试驾", "已试驾")
NAMING = customers.Naming(STORES, {}, RULES)

ON_A_CUSTOMER: dict[str, Callable[[Session, Who], object]] = {
    "take over": lambda s, one: conversations.take_over(s, one, TALK, now=NOW),
    "give back": lambda s, one: conversations.give_back(s, one, TALK, "c", goodbye="", now=NOW),
    "hand to": lambda s, one: conversations.hand_to(s, one, TALK, "", "c", now=NOW),
    "write": lambda s, one: conversations.write(s, one, TALK, conversations.Words("您好"), "c", now=NOW),
    "show number": lambda s, one: conversations.show_number(s, one, "wm-li", "m1", now=NOW),
    "note read": lambda s, one: conversations.note_read(s, one, "wm-li", now=NOW),
    "correct intent": lambda s, one: corrections.correct_intent(s, one, "m1", Intent.GREET, now=NOW),
    "correct script": lambda s, one: corrections.correct_script(s, one, "m1", "any", now=NOW),
    "add focus": lambda s, one: corrections.add_focus(s, one, "m1", "冬天", FocusPoint.RANGE, Polarity.NEGATIVE, now=NOW),
    "cancel focus": lambda s, one: corrections.cancel_focus(s, one, _id(s, FocusRecord), now=NOW),
    "show phone": lambda s, one: customers.show_phone(s, one, "wm-li", _id(s, SlotRecord), now=NOW),
    "stop": lambda s, one: customers.stop_messages(s, one, "wm-li", now=NOW),
    "allow": lambda s, one: customers.allow_messages(s, one, "wm-li", "他说的", now=NOW),
    "export": lambda s, one: customers.export_one(s, one, "wm-li", NAMING, now=NOW),
    "give tag": lambda s, one: customer_tags.give_tag(s, one, "wm-li", OWNER, "", [OWNER], now=NOW),
    "take tag": lambda s, one: customer_tags.take_tag(s, one, "wm-li", DRIVEN, now=NOW),
    "undo focus": lambda s, one: evidence.undo_focus(s, one, "wm-li", _id(s, FocusRecord), now=NOW),
    "redo focus": lambda s, one: evidence.redo_focus(s, one, "wm-li", _id(s, FocusRecord), now=NOW),
    "undo tag": lambda s, one: evidence.undo_tag(s, one, "wm-li", "range", now=NOW),
    "undo signal": lambda s, one: evidence.undo_signal(s, one, "wm-li", _id(s, SignalRecord), RULES, now=NOW),
    "redo signal": lambda s, one: evidence.redo_signal(s, one, "wm-li", _id(s, SignalRecord), RULES, now=NOW),
    "undo level": lambda s, one: evidence.undo_level(s, one, "wm-li", _change(s), "读错了", RULES, now=NOW),
    "redo level": lambda s, one: evidence.redo_level(s, one, "wm-li", _change(s), RULES, now=NOW),
    "undo slot": lambda s, one: evidence.undo_slot(s, one, "wm-li", _id(s, SlotRecord), now=NOW),
    "redo slot": lambda s, one: evidence.redo_slot(s, one, "wm-li", _id(s, SlotRecord), now=NOW),
}


def _id(session: Session, table: type[FocusRecord] | type[SignalRecord] | type[SlotRecord]) -> int:
    return session.scalars(select(table.id).order_by(table.id)).one() if table is not SlotRecord else _phone(session)


def _change(session: Session) -> int:
    return session.scalars(select(LevelChange.id).where(LevelChange.after == "H")).one()


def _phone(session: Session) -> int:
    return session.scalars(select(SlotRecord.id).where(SlotRecord.name == "phone")).one()


_EVIDENCE: tuple[type[FocusRecord] | type[SignalRecord] | type[SlotRecord], ...] = (FocusRecord, SignalRecord, SlotRecord)


def _state(session: Session) -> tuple[object, ...]:
    changed = [session.scalar(select(func.count()).select_from(table)) for table in (AuditEntry, OutboxMessage)]
    undone = [list(session.scalars(select(table.undone_at).order_by(table.id))) for table in _EVIDENCE]
    kf = sessions.session_of(session, "wk-hall", "wm-li")
    levels = [dict(one) for one in session.scalars(select(LevelChange.reason).order_by(LevelChange.id))]
    tags = [(tag.name, tag.ended_at) for tag in session.scalars(select(CustomerTag).order_by(CustomerTag.id))]
    return (*changed, undone, levels, tags, kf.held_by, kf.read_at)


def _known(session: Session) -> Customer:
    """A customer of whom there is something to judge of every kind."""
    customer = stated(session, talked(session, advisor="liming"))
    record_fact(session, customer, DRIVEN, "顾问记录：已试驾", now=NOW)
    sessions.note_heard(session, "wk-hall", "wm-li", at=NOW)
    return customer


def test_nothing_is_done_to_a_customer_out_of_sight(database: Database) -> None:
    with database.unit_of_work() as session:
        _known(session).store = "sh_pudong"
    for name, act in ON_A_CUSTOMER.items():
        for other in OTHERS:
            with database.unit_of_work() as session:
                before = _state(session)
                with pytest.raises(Blocked):
                    act(session, other)
                assert _state(session) == before, name


def test_the_same_acts_find_a_customer_in_sight(database: Database) -> None:
    """So that the test above refuses for the sight and for nothing else."""
    refused: set[str] = set()
    for name, act in ON_A_CUSTOMER.items():
        with database.reading() as session:
            _known(session).store = "sh_pudong"
            session.flush()
            try:
                act(session, who(Role.ADMIN))
            except Blocked:
                refused.add(name)
    # The assistant serves him, so there is nothing to give back; there is no such script; he was never opted out.
    assert refused == {"give back", "correct script", "allow"}
