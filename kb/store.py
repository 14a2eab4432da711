"""Every query about scripts, materials and the revision of the library."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db import insert_once
from kb.content import content_as_json, content_from_json, content_hash, material_as_json, material_from_json
from kb.models import LibraryRevision, MaterialMedia, MaterialRow, Script, ScriptVersion
from kb.terms import Material, MediaPurpose, ScriptContent, ScriptStatus


@dataclass(frozen=True)
class Published:
    """What is out of one script."""

    version: int
    content_hash: str
    content: ScriptContent


def lock_library(session: Session) -> LibraryRevision:
    """The one revision row, held until the transaction ends: whoever changes the library queues here."""
    insert_once(session, LibraryRevision, [{"id": 1, "number": 0}], unique=["id"])
    return session.scalars(select(LibraryRevision).with_for_update()).one()


def revision(session: Session) -> int:
    """How often what is published has changed."""
    return session.scalar(select(LibraryRevision.number)) or 0


def script(session: Session, key: str) -> Script | None:
    """The script with this key."""
    return session.scalar(select(Script).where(Script.key == key))


def scripts(session: Session) -> list[Script]:
    """All scripts by key."""
    return list(session.scalars(select(Script).order_by(Script.key)))


def version_of(session: Session, script: Script, version: int | None) -> ScriptVersion | None:
    """One version of a script."""
    return session.scalar(select(ScriptVersion).where(ScriptVersion.script_id == script.id, ScriptVersion.version == version))


def versions(session: Session, key: str) -> list[ScriptVersion]:
    """All versions of a script, the newest first; empty for an unknown key."""
    joined = select(ScriptVersion).join(Script, Script.id == ScriptVersion.script_id)
    return list(session.scalars(joined.where(Script.key == key).order_by(ScriptVersion.version.desc())))


def newest_versions(session: Session) -> dict[str, tuple[Script, ScriptVersion]]:
    """Every script by key with its newest version."""
    joined = select(Script, ScriptVersion).join(ScriptVersion, Script.id == ScriptVersion.script_id)
    return {script.key: (script, version) for script, version in session.execute(joined.order_by(ScriptVersion.version))}


def content_of(session: Session, key: str, version: int) -> ScriptContent | None:
    """What one version says."""
    found = script(session, key)
    row = version_of(session, found, version) if found else None
    return content_from_json(row.content) if row else None


def published(session: Session) -> list[Published]:
    """Everything that may be sent, by key; one query, so that no change can come between version and content."""
    current = (ScriptVersion.script_id == Script.id) & (ScriptVersion.version == Script.published_version)
    columns = select(ScriptVersion.version, ScriptVersion.content_hash, ScriptVersion.content).join_from(Script, ScriptVersion, current)
    rows = session.execute(columns.where(Script.status == ScriptStatus.PUBLISHED).order_by(Script.key))
    return [Published(version, hashed, content_from_json(content)) for version, hashed, content in rows]


def add_scripts(session: Session, contents: Sequence[ScriptContent], by: str, *, now: datetime) -> list[tuple[Script, ScriptVersion]]:
    """New scripts, each with version 1 as its draft."""
    rows = [Script(key=c.key, status=ScriptStatus.DRAFT, intent=c.intent, title=c.title, updated_at=now) for c in contents]
    session.add_all(rows)
    session.flush()
    return [(row, add_version(session, row, 1, content, by, now=now)) for row, content in zip(rows, contents, strict=True)]


def add_version(session: Session, script: Script, number: int, content: ScriptContent, by: str, *, now: datetime) -> ScriptVersion:
    """The next version, as the script's draft."""
    script.intent, script.title, script.draft_version, script.updated_at = content.intent, content.title, number, now
    version = ScriptVersion(
        script_id=script.id, version=number, content=content_as_json(content), content_hash=content_hash(content), made_by=by, made_at=now
    )
    session.add(version)
    return version


def material(session: Session, key: str) -> Material | None:
    """The material with this key."""
    row = session.scalar(select(MaterialRow).where(MaterialRow.key == key))
    return material_from_json(row.data, row.content_hash) if row else None


def keep_material(session: Session, material: Material) -> None:
    """Insert or replace a material."""
    row = session.scalar(select(MaterialRow).where(MaterialRow.key == material.key)) or MaterialRow(key=material.key)
    row.kind, row.data, row.content_hash = material.kind, material_as_json(material), material.content_hash
    session.add(row)


def media_id(session: Session, material: Material, purpose: MediaPurpose, *, uploaded_since: datetime) -> str | None:
    """WeCom's id for these bytes, if they were uploaded since then."""
    row = _media(session, material, purpose)
    return row.media_id if row and row.uploaded_at >= uploaded_since else None


def keep_media_id(session: Session, material: Material, purpose: MediaPurpose, media_id: str, *, now: datetime) -> None:
    """Remember WeCom's id for a material's bytes."""
    same = {"material_key": material.key, "content_hash": material.content_hash, "purpose": purpose}
    insert_once(session, MaterialMedia, [{**same, "media_id": media_id, "uploaded_at": now}], unique=list(same))
    row = _media(session, material, purpose)
    if row is not None:
        row.media_id, row.uploaded_at = media_id, now


def forget_media_ids(session: Session, key: str) -> None:
    """Nothing uploaded for this material is to be used again."""
    session.execute(delete(MaterialMedia).where(MaterialMedia.material_key == key))


def _media(session: Session, material: Material, purpose: MediaPurpose) -> MaterialMedia | None:
    same = (MaterialMedia.material_key == material.key) & (MaterialMedia.content_hash == material.content_hash)
    return session.scalar(select(MaterialMedia).where(same, MaterialMedia.purpose == purpose))
