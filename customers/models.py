"""Tables about people: customers, who advises them, and what is known of them with the sentence that shows it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime


class Customer(Base):
    """客户: one person as WeCom knows him (`external_id` = external_userid)."""

    __tablename__ = "customers"
    __table_args__ = (Index("ix_customers_level", "level", "score"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    nickname: Mapped[str] = mapped_column(default="")
    unionid: Mapped[str] = mapped_column(default="")
    channel: Mapped[str] = mapped_column(default="", index=True)  # State of the contact way or scene of the kf link he first came through
    level: Mapped[str] = mapped_column(default="C")
    score: Mapped[float] = mapped_column(default=0.0)
    opted_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # Who looks after him and where: kept beside the evidence (follows, slots), so that lists filter by it; see customers/placing.py.
    advisor: Mapped[str] = mapped_column(default="", index=True)  # userid, lower case
    store: Mapped[str] = mapped_column(default="", index=True)  # a store's key in the pack
    birthday: Mapped[str] = mapped_column(String(5), default="", index=True)  # «05-20», written down by one of ours


class Advisor(Base):
    """顾问: a member who looks after customers, and the store he belongs to."""

    __tablename__ = "advisors"

    id: Mapped[int] = mapped_column(primary_key=True)
    userid: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str] = mapped_column(default="")
    store: Mapped[str] = mapped_column(default="", index=True)  # a store's key in the pack
    is_active: Mapped[bool] = mapped_column(default=True)


class Follow(Base):
    """An advisor and a customer are contacts: tags, channel and welcome belong to the pair (reference §6)."""

    __tablename__ = "follows"
    __table_args__ = (UniqueConstraint("customer_id", "advisor"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    advisor: Mapped[str] = mapped_column(index=True)  # userid, lower case
    channel: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(default="")  # «advisor», «customer» or «transfer»


class _Evidence:
    """What every remembered thing keeps: which message, which words, how sure, when; and when an operator undid it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str]  # WeCom's msgid of the customer's message
    words: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    confidence: Mapped[float]
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str] = mapped_column(default="")


class FocusRecord(_Evidence, Base):
    """关注点: he spoke of this point, in this tone."""

    __tablename__ = "focus_records"
    __table_args__ = (UniqueConstraint("message_id", "point", "start"), Index("ix_focus_records_point", "point", "customer_id"))

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    point: Mapped[str]
    polarity: Mapped[str]


class SignalRecord(_Evidence, Base):
    """线索信号: these words moved his purchase intent."""

    __tablename__ = "signal_records"
    __table_args__ = (UniqueConstraint("message_id", "name", "start"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]


class SlotRecord(_Evidence, Base):
    """A settled fact of the conversation: model, city, budget …; the newest unexpired one holds."""

    __tablename__ = "slot_records"
    __table_args__ = (UniqueConstraint("message_id", "name", "start"), Index("ix_slot_records_of", "customer_id", "name"))

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    name: Mapped[str]
    value: Mapped[str]


class LevelChange(Base):
    """意向级别 history: from, to, why; `reason` is {kind, text, level_zh, score, parts, words, message_id, heard}.

    Of a change that an operator took back it is also {undone_at, undone_by, undone_why}.
    """

    __tablename__ = "level_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CustomerTag(Base):
    """标签: what we say of a customer in one word; WeCom's own tags are a projection of these rows."""

    __tablename__ = "customer_tags"
    __table_args__ = (UniqueConstraint("customer_id", "group", "name"), Index("ix_customer_tags_of", "group", "name", "ended_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    group: Mapped[str]
    name: Mapped[str]
    message_id: Mapped[str]
    words: Mapped[str]
    confidence: Mapped[float]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GroupChat(Base):
    """客户群: `stage` is what holds now, `computed` what the lifecycle formula says; they differ while an operator holds the stage."""

    __tablename__ = "group_chats"

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    notice: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="", index=True)  # userid, lower case; the group's store is his
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    member_version: Mapped[str] = mapped_column(default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    size: Mapped[int] = mapped_column(default=0)
    customers: Mapped[int] = mapped_column(default=0)
    active: Mapped[int] = mapped_column(default=0)  # of the customers, who spoke with us lately; see customers/judge_groups.py
    coefficient: Mapped[float] = mapped_column(default=0.0)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    computed: Mapped[str] = mapped_column(default="new")
    stage: Mapped[str] = mapped_column(default="new", index=True)
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_by: Mapped[str] = mapped_column(default="")
    held_why: Mapped[str] = mapped_column(default="")
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GroupMember(Base):
    """One stay of somebody in a customer group: who comes back has another row."""

    __tablename__ = "group_members"
    __table_args__ = (
        Index("ix_group_members_of", "group_id", "userid"),
        Index("ix_group_members_joined", "group_id", "joined_at"),
        Index("ix_group_members_left", "group_id", "left_at"),
        Index("ix_group_members_when_joined", "joined_at"),
        Index("ix_group_members_when_left", "left_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group_chats.id", ondelete="CASCADE"))
    userid: Mapped[str] = mapped_column(index=True)  # external_userid of a customer, userid of a member of the company
    is_customer: Mapped[bool]
    name: Mapped[str] = mapped_column(default="")
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    join_scene: Mapped[str] = mapped_column(default="unknown")
    inviter: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")  # of the group code that he scanned
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_reason: Mapped[str] = mapped_column(default="")


class GroupStageChange(Base):
    """客户群阶段 history: from, to, why; `reason` is {kind: computed | held | released, text, coefficient, parts, by}."""

    __tablename__ = "group_stage_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group_chats.id", ondelete="CASCADE"), index=True)
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
