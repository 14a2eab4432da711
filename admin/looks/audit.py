"""What the audit page shows: everything under the names that people know, customers only to who may see them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from admin.looks.paging import contains, part_of
from admin.looks.scripts import STATES
from admin.looks.wanted import Wanted
from admin.models import AuditEntry
from admin.parts.phones import masked
from admin.parts.when import exactly
from admin.rights import ROLE_NAMES
from admin.sight import in_sight
from admin.terms import Who
from bot.models import Utterance
from customers.models import Customer, GroupChat
from intents.names import INTENT_NAMES
from kb.models import MaterialRow, Script
from sop.models import Plan

FILTERS = ("operator", "act", "subject_id")
# Fields that keep a key of ours; other keys, of the pack and of the library, are told by their own names.
_NAMED: Mapping[str, Mapping[Any, str]] = {"角色": ROLE_NAMES, "意图": INTENT_NAMES, "状态": STATES}
_UPLOAD = re.compile(r"upload:([0-9a-f]{6})[0-9a-f]*\.(\w+)")
_KEY_AT_MOST = 80
_PAGES = {
    "customer": "/customers/",
    "conversation": "/conversations/",
    "message": "/conversations/",
    "group": "/groups/",
    "plan": "/plans/",
    "script": "/scripts/",
}


def entries(session: Session, who: Who, wanted: Wanted, names: Mapping[str, str]) -> tuple[Sequence[dict[str, Any]], int]:
    """Newest first. `names`: pack key → Chinese name."""
    query = select(AuditEntry)
    for name in FILTERS:
        if value := wanted.get(name):
            found = contains(getattr(AuditEntry, name), value)
            query = query.where(or_(found, _about(who, value)) if name == "subject_id" else found)
    part = part_of(session, query, wanted, sortable={"at": AuditEntry.at}, usual=[AuditEntry.id.desc()])
    found_entries = [entry for (entry,) in part.rows]
    subjects, known = _subjects(session, who, found_entries), {**names, **_titles(session, found_entries)}
    return [_row(entry, subjects.get((entry.subject, entry.subject_id)), known) for entry in found_entries], part.total


def changes(before: dict[str, Any], after: dict[str, Any], names: Mapping[str, str]) -> list[dict[str, str]]:
    """Field by field: what differs, as it was and as it is."""
    return [
        {"name": name, "before": _said(before.get(name), told), "after": _said(after.get(name), told)}
        for name, told in ((name, _NAMED.get(name, names)) for name in dict.fromkeys([*before, *after]))
        if before.get(name) != after.get(name)
    ]


def _about(who: Who, words: str) -> ColumnElement[bool]:
    """Whose subject is a customer of that name, his conversation or one of his messages."""
    his = select(Customer.external_id).where(contains(Customer.nickname, words), in_sight(who))
    said = select(Utterance.msgid).where(Utterance.external_id.in_(his))
    return or_(
        AuditEntry.subject.in_(["customer", "conversation"]) & AuditEntry.subject_id.in_(his),
        (AuditEntry.subject == "message") & AuditEntry.subject_id.in_(said),
    )


def _subjects(session: Session, who: Who, found: Sequence[AuditEntry]) -> dict[tuple[str, str], tuple[str, str]]:
    """(kind, id) → what it is called and its page, of what is still there."""
    told: dict[tuple[str, str], tuple[str, str]] = {}
    for kind, query in _called(who).items():
        ids = {entry.subject_id for entry in found if entry.subject == kind}
        rows = session.execute(query.where(query.selected_columns[0].in_(ids))) if ids else ()
        for id_, name, key in map(tuple, rows):
            told[kind, id_] = (str(name or "微信客户"), _PAGES[kind] + key if kind in _PAGES else "")
    return told


def _called(who: Who) -> dict[str, Select[Any]]:
    """For each kind of subject: its id, its name, and by what its page is found."""
    him: Any = select(Customer.external_id, Customer.nickname, Customer.external_id.label("key")).where(in_sight(who))
    heard: Any = select(Utterance.msgid, Customer.nickname, Customer.external_id.label("key"))
    return {
        "customer": him,
        "conversation": him,
        "message": heard.join(Customer, Customer.external_id == Utterance.external_id).where(in_sight(who)),
        "group": select(GroupChat.chat_id, GroupChat.name, GroupChat.chat_id.label("key")),
        "plan": select(Plan.key, Plan.title, Plan.key.label("page")),
        "script": select(Script.key, Script.title, Script.key.label("page")),
        "material": select(MaterialRow.key, MaterialRow.data["title"].as_string(), MaterialRow.key.label("page")),
    }


def _titles(session: Session, found: Sequence[AuditEntry]) -> dict[str, str]:
    """Of the scripts and materials that the changes name by their keys."""
    keys = {text for entry in found for value in (entry.before, entry.after) for text in _texts(value) if len(text) <= _KEY_AT_MOST}
    titles: dict[str, str] = {}
    for key, title in ((Script.key, Script.title), (MaterialRow.key, MaterialRow.data["title"].as_string())):
        titles |= {row[0]: row[1] for row in session.execute(select(key, title).where(key.in_(keys))) if row[1]}
    return titles


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _row(entry: AuditEntry, subject: tuple[str, str] | None, names: Mapping[str, str]) -> dict[str, Any]:
    called, page = subject or (entry.subject_id, "")
    return {
        "id": entry.id,
        "at": exactly(entry.at),
        "operator": entry.operator,
        "act": entry.act,
        "subject_id": entry.subject_id,
        "subject": called,
        "page": page,
        "changes": changes(entry.before or {}, entry.after or {}, names),
    }


def _said(value: Any, names: Mapping[Any, str]) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, list):
        return "、".join(_said(one, names) for one in value) or "—"
    return masked(_UPLOAD.sub(r"上传的文件 \1（\2）", names.get(value, str(value)) if isinstance(value, str) else str(value)))
