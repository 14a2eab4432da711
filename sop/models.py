"""Tables of what is said unprompted: plans, who is in them, and the ledger of all touches."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime

_LIVE = text("ended_at is null")
_WAITS = text("verdict = 'wait'")


class Plan(Base):
    """计划 (SOP): whom it reaches, with which steps, how often. What it says is plain data, read by sop/plan_reading.py."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    kind: Mapped[str]  # TouchKind
    about: Mapped[str] = mapped_column(default="")
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    tracks: Mapped[list[Any]] = mapped_column(JSON)
    steps: Mapped[list[Any]] = mapped_column(JSON)
    policy: Mapped[dict[str, Any]] = mapped_column(JSON)
    goal: Mapped[dict[str, Any]] = mapped_column(JSON)
    needs: Mapped[str] = mapped_column(default="")  # a fact that does not exist yet: it cannot be started
    state: Mapped[str] = mapped_column(default="draft")  # PlanState
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[str]  # «pack», or the operator who changed it last
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enrolled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when its audience was last looked through


class PlanVersion(Base):
    """What a plan said before it was changed, as plain data: the way back. The version that holds now is the plan itself."""

    __tablename__ = "plan_versions"
    __table_args__ = (UniqueConstraint("plan", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[str]  # «pack», or the operator who made this version
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Enrolment(Base):
    """入组: a subject is in a plan; `round` counts how often. `next_at` is when the tick looks at it again."""

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("plan", "subject_kind", "subject_id", "round"),
        Index("ix_enrolments_due", "subject_kind", "next_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_enrolments_of", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)  # day 0
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    planned_until: Mapped[datetime] = mapped_column(UtcDateTime)  # steps before it have been decided or wait
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    track: Mapped[str] = mapped_column(default="")
    track_begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    track_why: Mapped[str] = mapped_column(default="")
    track_held_by: Mapped[str] = mapped_column(default="")  # an operator keeps it on its track
    held_by: Mapped[str] = mapped_column(default="")  # an operator lets it wait
    held_why: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str] = mapped_column(default="")


class Touch(Base):
    """触达: one line of the one ledger of everything said unprompted, by whom ever; `key` is its identity (sop/keys.py)."""

    __tablename__ = "touches"
    __table_args__ = (
        Index("ix_touches_of", "subject_kind", "subject_id", "decided_at"),
        Index("ix_touches_plan", "plan", "decided_at"),
        Index("ix_touches_waiting", "subject_kind", "subject_id", "plan", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    plan: Mapped[str]
    step: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    kind: Mapped[str]  # TouchKind
    wording: Mapped[int] = mapped_column(default=0)
    planned: Mapped[datetime] = mapped_column(UtcDateTime)
    latest: Mapped[datetime] = mapped_column(UtcDateTime)
    verdict: Mapped[str]  # «go», «wait», «skip»
    reason: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    outbox_key: Mapped[str] = mapped_column(default="", index=True)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # handed to the outbox, or made by others
    result: Mapped[str] = mapped_column(default="")  # what became of it, as WeCom tells it


class PolicyRecord(Base):
    """触达总规则: the caps and quiet hours that hold for all plans; one row."""

    __tablename__ = "touch_policies"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reminder(Base):
    """提醒: a reason for an advisor to be in touch with a customer; `key` is its identity (sop/keys.py), `card` names its cards."""

    __tablename__ = "reminders"
    __table_args__ = (
        Index("ix_reminders_of", "customer_id", "kind", "state"),
        Index("ix_reminders_due", "state", "due_at"),
        Index("ix_reminders_advisor", "advisor", "state", "due_at"),
        Index("ix_reminders_asked", "advisor", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    card: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    external_id: Mapped[str]
    advisor: Mapped[str]  # userid, lower case; who is to act, also after it moved to another
    kind: Mapped[str]  # ReminderKind
    level: Mapped[str]  # the customer's when it was made
    urgency: Mapped[int]  # smaller goes first
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)  # {text, words, message_id, since, story: [{at, text, short}]}
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(default="open")  # ReminderState
    asked: Mapped[int] = mapped_column(default=0)  # cards sent
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(default="")  # FollowUp
    outcome_note: Mapped[str] = mapped_column(default="")
    outcome_by: Mapped[str] = mapped_column(default="")
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    dropped_why: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when he is due next after this outcome
