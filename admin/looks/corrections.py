"""What operators corrected of single messages: shown beside each, and the turns that 未答问题 counts among the unanswered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.models import AuditEntry
from admin.store import shown_names

# The audit is the one place that knows every correction; an entry's subject is the message, WeCom's msgid.
SUBJECT = "message"
INTENT, FOCUS_OFF, FOCUS_ON, SCRIPT, UNDO = "更正意图", "取消关注点", "补充关注点", "更正话术", "撤销更正"
ACTS = (INTENT, FOCUS_OFF, FOCUS_ON, SCRIPT)


@dataclass(frozen=True)
class Fix:
    """One correction; `told` is what changed, in Chinese. `undone_by` is empty while it holds."""

    id: int
    act: str
    told: str
    by: str
    at: datetime
    undone_by: str = ""


def fixes_of(session: Session, msgids: Sequence[str]) -> dict[str, tuple[Fix, ...]]:
    """msgid → its corrections, oldest first; also those that were taken back."""
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.subject == SUBJECT, AuditEntry.subject_id.in_(msgids)).order_by(AuditEntry.id)
    ).all()
    undone, names = _undone(entries), shown_names(session)
    fixes: dict[str, list[Fix]] = defaultdict(list)
    for entry in entries:
        if entry.act in ACTS:
            by, taken_back_by = entry.operator, undone.get(entry.id, "")
            fix = Fix(entry.id, entry.act, _told(entry), names.get(by, by), entry.at, names.get(taken_back_by, taken_back_by))
            fixes[entry.subject_id].append(fix)
    return {msgid: tuple(some) for msgid, some in fixes.items()}


def corrected_turns(session: Session, *, since: datetime) -> dict[str, datetime]:
    """msgid → when, of every message with a correction of intent or script since then that still holds."""
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.subject == SUBJECT, AuditEntry.at >= since, AuditEntry.act.in_([INTENT, SCRIPT, UNDO]))
    ).all()
    undone = _undone(entries)
    return {entry.subject_id: entry.at for entry in entries if entry.act != UNDO and entry.id not in undone}


def _undone(entries: Sequence[AuditEntry]) -> dict[int, str]:
    return {int((entry.before or {}).get("记录", 0)): entry.operator for entry in entries if entry.act == UNDO}


def _told(entry: AuditEntry) -> str:
    after = entry.after or {}
    match entry.act:
        case "更正意图":
            return f"意图应是「{after.get('意图', '')}」"
        case "取消关注点":
            return f"没有表达「{after.get('关注点', '')}」"
        case "补充关注点":
            return f"表达了「{after.get('关注点', '')}」（{after.get('态度', '')}）"
        case _:
            return f"应回复「{after.get('应回复', '')}」"
