"""审计: every change that an operator makes leaves a line with before and after. Written in the change's own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin.models import AuditEntry
from admin.terms import Who


def note(
    session: Session,
    who: Who,
    act: str,
    subject: str,
    subject_id: object,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """`act` is Chinese («发布话术»); `subject` names a kind of thing, `subject_id` the one; before and after are plain data."""
    session.add(
        AuditEntry(
            at=now,
            operator=who.name,
            act=act,
            subject=subject,
            subject_id=str(subject_id),
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
        )
    )
