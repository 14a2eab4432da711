"""What operators did to a plan: who, when, from what to what, the newest first."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin.looks.audit import changes
from admin.models import AuditEntry
from admin.parts.when import exactly, when
from admin.rights import must
from admin.terms import Right, Who

SHOWN = 100


def history_of(session: Session, who: Who, plan: str, *, now: datetime) -> list[dict[str, Any]]:
    """For who sees SOP: changes of the plan itself and of its steps, at most a hundred."""
    must(who, Right.SEE_SOP)
    its = or_(AuditEntry.subject_id == plan, AuditEntry.subject_id.startswith(f"{plan}/", autoescape=True))
    found = session.scalars(select(AuditEntry).where(AuditEntry.subject == "plan", its).order_by(AuditEntry.id.desc()).limit(SHOWN))
    return [
        {
            "at": when(entry.at, now=now),
            "at_exactly": exactly(entry.at),
            "by": entry.operator,
            "act": entry.act,
            "changes": changes(entry.before or {}, entry.after or {}),
        }
        for entry in found
    ]
