"""The tables of the script library."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime


class Script(Base):
    """话术: what operators see in the list. What it says is in its versions."""

    __tablename__ = "scripts"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(index=True)
    intent: Mapped[str]
    title: Mapped[str]
    published_version: Mapped[int | None]  # the one last published, also after it was retired
    draft_version: Mapped[int | None]  # the one being worked on
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The draft waits for somebody else's eyes since then; empty when nobody has asked.
    review_by: Mapped[str] = mapped_column(default="")
    review_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_note: Mapped[str] = mapped_column(default="")  # why it was sent back


class ScriptVersion(Base):
    """One wording of a script. Never changed but for `published_at`, which is when it first went out."""

    __tablename__ = "script_versions"
    __table_args__ = (UniqueConstraint("script_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    script_id: Mapped[int] = mapped_column(ForeignKey("scripts.id"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MaterialRow(Base):
    """素材 as the pack or an operator gave it; `data` holds what its kind needs."""

    __tablename__ = "materials"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str]
    made_by: Mapped[str] = mapped_column(default="pack")
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # not to be attached any more


class MaterialMedia(Base):
    """WeCom's name for bytes we uploaded. WeCom forgets it after three days (reference §11)."""

    __tablename__ = "material_media"
    __table_args__ = (UniqueConstraint("material_key", "content_hash", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    material_key: Mapped[str]
    content_hash: Mapped[str]
    purpose: Mapped[str]
    media_id: Mapped[str]
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LibraryRevision(Base):
    """One row, counted up by every change of what is published: searchers reload when it has moved, writers queue at it."""

    __tablename__ = "library_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
