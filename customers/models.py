"""Tables about people: customers, who advises them, and what is known of them with the sentence that shows it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime


class Customer(Base):
    """客户: one person as WeCom knows him (`external_id` = external_userid)."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    nickname: Mapped[str] = mapped_column(default="")
    unionid: Mapped[str] = mapped_column(default="")
    channel: Mapped[str] = mapped_column(default="")  # State of the contact way or scene of the kf link he first came through
    level: Mapped[str] = mapped_column(default="C")
    score: Mapped[float] = mapped_column(default=0.0)
    opted_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


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


class FocusRecord(_Evidence, Base):
    """关注点: he spoke of this point, in this tone."""

    __tablename__ = "focus_records"
    __table_args__ = (UniqueConstraint("message_id", "point", "start"),)

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
    """意向级别 history: from, to, why; `reason` is {kind, text, level_zh, score, parts, words, message_id, heard}."""

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
    __table_args__ = (UniqueConstraint("customer_id", "group", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    group: Mapped[str]
    name: Mapped[str]
    message_id: Mapped[str]
    words: Mapped[str]
    confidence: Mapped[float]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
