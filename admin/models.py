"""Tables of the console: who may sign in, what they changed, and the questions that nobody could answer."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime


class Operator(Base):
    """操作员: somebody with an account in the console."""

    __tablename__ = "operators"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # what he signs in with, lower case
    shown_as: Mapped[str] = mapped_column(default="")
    role: Mapped[str]
    store: Mapped[str] = mapped_column(default="")  # of a 店长: a store's key in the pack
    userid: Mapped[str] = mapped_column(default="", index=True)  # his WeCom userid, lower case; of a 顾问 it says which customers are his
    password_hash: Mapped[str] = mapped_column(default="")  # empty: no password was set, he comes by WeCom only
    failures: Mapped[int] = mapped_column(default=0)  # wrong passwords in a row
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the account is closed; its name stays in the audit


class SignIn(Base):
    """A session in a browser. The cookie holds the token, we hold its hash only."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id", ondelete="CASCADE"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invitation(Base):
    """A link that works once: for the first administrator, for a new account, and for a forgotten password."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id", ondelete="CASCADE"))  # None: makes the first administrator
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditEntry(Base):
    """审计: who changed what, when, from what to what."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_subject", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    operator: Mapped[str] = mapped_column(index=True)
    act: Mapped[str]
    subject: Mapped[str]  # «script», «customer», «operator» …
    subject_id: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Gap(Base):
    """未答问题: turns of one meaning that the library does not answer. `centre` is their mean vector, fp32, `signs` what else they mean
    (admin/gap_signs.py). One that went into another keeps its number and nothing else, so that its address leads on."""

    __tablename__ = "gaps"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]  # the question in the middle of the group
    centre: Mapped[bytes] = mapped_column(LargeBinary)
    signs: Mapped[dict[str, float] | None] = mapped_column(JSON(none_as_null=True))  # None: to be read from the title
    state: Mapped[str] = mapped_column(default="open", index=True)  # «open», «drafted», «published», «dismissed», «merged»
    into_id: Mapped[int | None] = mapped_column(index=True)  # where its turns are, once it is «merged»
    touched: Mapped[bool] = mapped_column(default=False)  # an operator has had a hand in it: mining puts it into no other
    script: Mapped[str] = mapped_column(default="")  # the script that was written for it
    script_version: Mapped[int] = mapped_column(default=0)  # from this version on it answers the question
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    count: Mapped[int] = mapped_column(default=0)
    settled_by: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GapTurn(Base):
    """One turn that was looked at: of a group, or left out because it asks nothing that a script could answer; then it keeps no words."""

    __tablename__ = "gap_turns"
    __table_args__ = (Index("ix_gap_turns_of", "gap_id", "said_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gap_id: Mapped[int | None] = mapped_column(ForeignKey("gaps.id", ondelete="CASCADE"))
    msgid: Mapped[str] = mapped_column(unique=True)
    external_id: Mapped[str] = mapped_column(index=True)
    words: Mapped[str]
    said_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class GapMining(Base):
    """One row: whoever changes groups queues here, so that two processes never make twins."""

    __tablename__ = "gap_mining"

    id: Mapped[int] = mapped_column(primary_key=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
