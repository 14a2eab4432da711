"""Tables of what was heard, what will be said, and the state of each conversation."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime

_OPEN = text("state in ('waiting', 'claimed')")
_STUCK = text("state in ('parked', 'unclear')")
_WAITS = text("waiting_since is not null")
_UNDONE = text("outcome = ''")
_LOOKS = text("look_at is not null")
_REMINDS = text("remind_at is not null")


class InboxMessage(Base):
    """收件: one callback or one entry of kf/sync_msg, kept before anybody thinks about it."""

    __tablename__ = "inbox_messages"
    # Only open rows are looked for, a handful among millions: both indexes hold nothing else. The third is for operators, see bot/boxes.py.
    __table_args__ = (
        Index("ix_inbox_due", "priority", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_inbox_lane", "lane", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_inbox_stuck", "settled_at", "id", sqlite_where=_STUCK, postgresql_where=_STUCK),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dedup_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    lane: Mapped[str]  # one lane is handled in order; lanes go side by side
    raw: Mapped[str]
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    priority: Mapped[int] = mapped_column(default=1)  # 0: a welcome code lives 20 seconds
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str] = mapped_column(default="")
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(default="")


class OutboxMessage(Base):
    """发件: one thing to be said or done at WeCom. `key` is its identity: the same key is never queued twice."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_due", "priority", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_outbox_lane", "lane", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_outbox_stuck", "settled_at", "id", sqlite_where=_STUCK, postgresql_where=_STUCK),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    lane: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    priority: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str] = mapped_column(default="")
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(default="")
    wecom_id: Mapped[str | None] = mapped_column(index=True)  # the msgid under which WeCom knows it


class KfCursor(Base):
    """How far kf/sync_msg has been read; moves in the same transaction as the messages it brought."""

    __tablename__ = "kf_cursors"

    id: Mapped[int] = mapped_column(primary_key=True)
    open_kfid: Mapped[str] = mapped_column(unique=True)
    cursor: Mapped[str] = mapped_column(default="")
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KfSession(Base):
    """会话: one customer in one kf account: who serves him, what may still be said, what the bot is waiting for."""

    __tablename__ = "kf_sessions"
    __table_args__ = (
        UniqueConstraint("open_kfid", "external_id"),
        # Few wait among many: the index holds them only.
        Index("ix_kf_sessions_waiting", "waiting_since", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    open_kfid: Mapped[str]
    external_id: Mapped[str] = mapped_column(index=True)
    state: Mapped[int] = mapped_column(default=0)  # reference §5.7
    servicer: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when WeCom last confirmed the state
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # the customer's last message
    said_since: Mapped[int] = mapped_column(default=0)  # our messages since then
    not_understood: Mapped[int] = mapped_column(default=0)  # turns in a row
    context: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what the next turn may lean on, see bot/context.py
    handing_over: Mapped[bool] = mapped_column(default=False)  # the assistant has promised a person, WeCom has not moved it yet
    rejects: Mapped[bool] = mapped_column(default=False)  # a servicer refuses this customer's messages
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # his first message that nobody has answered
    decision: Mapped[str] = mapped_column(default="")  # of his last turn, as in the transcript
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # an operator had it open, or a servicer wrote
    # An operator writes from the console: WeCom's state stays the assistant's, since only then the API may speak, and we keep silent.
    held_by: Mapped[str] = mapped_column(default="")
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken, or last written by hand

    @property
    def is_with_person(self) -> bool:
        """A person serves, or is about to: the assistant listens only."""
        return self.handing_over or self.state in (2, 3)


class KfServicer(Base):
    """接待人员: who can be given a session, and whether on duty."""

    __tablename__ = "kf_servicers"
    __table_args__ = (UniqueConstraint("open_kfid", "userid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    open_kfid: Mapped[str]
    userid: Mapped[str]
    on_duty: Mapped[bool]
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Utterance(Base):
    """What was said, by whom, how it was understood and what was decided: for operators to read and correct."""

    __tablename__ = "utterances"
    __table_args__ = (Index("ix_utterances_talk", "external_id", "said_at"), Index("ix_utterances_decided", "decision", "said_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    msgid: Mapped[str] = mapped_column(unique=True)
    external_id: Mapped[str] = mapped_column(index=True)
    speaker: Mapped[str]  # «customer», «assistant», «person», «system»
    kind: Mapped[str] = mapped_column(default="text")
    words: Mapped[str]
    said_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    turn: Mapped[str] = mapped_column(default="", index=True)  # msgid of the turn's first message
    understood: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    decision: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    script: Mapped[str] = mapped_column(default="")  # key@version, comma-joined when several answered
    by: Mapped[str] = mapped_column(default="")  # who spoke for us: an operator's name or a servicer's userid
    recalled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Brief(Base):
    """A request to an advisor to look after a customer: sent as a card, answered by a button."""

    __tablename__ = "briefs"
    __table_args__ = (Index("ix_briefs_open", "created_at", sqlite_where=_UNDONE, postgresql_where=_UNDONE),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(unique=True)
    external_id: Mapped[str] = mapped_column(index=True)
    open_kfid: Mapped[str]
    reason: Mapped[str]
    recipients: Mapped[list[Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(default="")
    outcome_by: Mapped[str] = mapped_column(default="")
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Tuning(Base):
    """A figure that an operator set in the console in place of the measured one: «answer_at», «clarify_at»."""

    __tablename__ = "tunings"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[float]
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MassTask(Base):
    """群发任务: a task at WeCom that members confirm; `key` is that of the outbox row which made it."""

    __tablename__ = "mass_tasks"
    __table_args__ = (
        Index("ix_mass_tasks_look", "look_at", sqlite_where=_LOOKS, postgresql_where=_LOOKS),
        Index("ix_mass_tasks_remind", "remind_at", sqlite_where=_REMINDS, postgresql_where=_REMINDS),
        Index("ix_mass_tasks_step", "plan", "step", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]  # Channel: group_post, mass_message, moment
    wecom_id: Mapped[str] = mapped_column(default="")  # msgid or moment_id; empty while a moment's job runs
    job: Mapped[str] = mapped_column(default="")  # of a moment
    sender: Mapped[str] = mapped_column(default="", index=True)  # empty for a moment: its members are its results
    plan: Mapped[str] = mapped_column(default="")
    step: Mapped[str] = mapped_column(default="")
    asked: Mapped[int]  # customers, groups, or members who are to publish
    state: Mapped[str]  # MassState
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it is read next
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when who has not confirmed is reminded
    looks: Mapped[int] = mapped_column(default=0)


class MassResult(Base):
    """群发结果: what became of one customer, group or member of a task."""

    __tablename__ = "mass_results"
    __table_args__ = (UniqueConstraint("task_id", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int]
    subject: Mapped[str] = mapped_column(index=True)
    status: Mapped[int]  # Reach
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
