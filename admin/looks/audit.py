"""What the audit page shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.looks.paging import contains, part_of
from admin.looks.wanted import Wanted
from admin.models import AuditEntry
from admin.parts.when import exactly

FILTERS = ("operator", "act", "subject_id")


def entries(session: Session, wanted: Wanted) -> tuple[Sequence[dict[str, Any]], int]:
    """Newest first."""
    query = select(AuditEntry)
    for name in FILTERS:
        if value := wanted.get(name):
            query = query.where(contains(getattr(AuditEntry, name), value))
    part = part_of(session, query, wanted, sortable={"at": AuditEntry.at}, usual=[AuditEntry.id.desc()])
    return [_row(entry) for (entry,) in part.rows], part.total


def _row(entry: AuditEntry) -> dict[str, Any]:
    at: datetime = entry.at
    return {
        "id": entry.id,
        "at": exactly(at),
        "operator": entry.operator,
        "act": entry.act,
        "subject_id": entry.subject_id,
        "changes": changes(entry.before or {}, entry.after or {}),
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """Field by field: what differs, as it was and as it is."""
    names = dict.fromkeys([*before, *after])
    return [
        {"name": name, "before": _said(before.get(name)), "after": _said(after.get(name))}
        for name in names
        if before.get(name) != after.get(name)
    ]


def _said(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, list):
        return "、".join(map(str, value)) or "—"
    return str(value)
