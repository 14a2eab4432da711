"""Every query about scripts, materials and the revision of the library."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, defer

from core.db import insert_once
from kb.content import content_as_json, content_from_json, content_hash, material_as_json, material_from_json
from kb.models import LibraryRevision, MaterialMedia, MaterialRow, Script, ScriptVersion
from kb.terms import Material, MediaPurpose, ScriptContent, ScriptStatus

# Who made what came from the pack.
PACK: Final = "pack"


@dataclass(frozen=True)
class Use:
    """A script that attaches a material; `is_out` when customers get it now, else it is only a draft or was retired."""

    key: str
    title: str
    is_out: bool


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
    """Every script by key with its newest version, whose content is read only when somebody asks for it: each start looks at all."""
    last = select(ScriptVersion.script_id, func.max(ScriptVersion.version).label("version")).group_by(ScriptVersion.script_id).subquery()
    is_last = (ScriptVersion.script_id == last.c.script_id) & (ScriptVersion.version == last.c.version)
    joined = select(Script, ScriptVersion).join(last, Script.id == last.c.script_id).join(ScriptVersion, is_last)
    return {script.key: (script, version) for script, version in session.execute(joined.options(defer(ScriptVersion.content)))}


def current_version(session: Session, script: Script) -> ScriptVersion | None:
    """The version that an operator means: the draft, else what was published last. After a rollback that is not the newest."""
    return version_of(session, script, script.draft_version or script.published_version)


def current_versions(session: Session) -> dict[str, tuple[Script, ScriptVersion]]:
    """Every script by key with its current version."""
    is_current = ScriptVersion.version == func.coalesce(Script.draft_version, Script.published_version)
    joined = select(Script, ScriptVersion).join(ScriptVersion, (ScriptVersion.script_id == Script.id) & is_current)
    return {script.key: (script, version) for script, version in session.execute(joined)}


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


def material_row(session: Session, key: str) -> MaterialRow | None:
    """The row of this material, with who made it and whether it was retired."""
    return session.scalar(select(MaterialRow).where(MaterialRow.key == key))


def materials(session: Session) -> dict[str, Material]:
    """Every material that may be attached, by key."""
    rows = session.scalars(select(MaterialRow).where(MaterialRow.retired_at.is_(None)).order_by(MaterialRow.key))
    return {row.key: material_from_json(row.data, row.content_hash) for row in rows}


def files_named(session: Session) -> set[str]:
    """Every file that a material names, also a retired one."""
    return {data[name] for data in session.scalars(select(MaterialRow.data)) for name in ("file", "thumb") if data[name]}


def keep_material(session: Session, material: Material, by: str = PACK, *, now: datetime | None = None) -> None:
    """Insert or replace a material. What an operator has made or edited stays as he left it when the pack brings its own."""
    row = material_row(session, material.key) or MaterialRow(key=material.key, made_by=by)
    if by == PACK != row.made_by:
        return
    row.kind, row.data, row.content_hash = material.kind, material_as_json(material), material.content_hash
    row.made_by, row.updated_at = by, now
    session.add(row)


def uses_of_materials(session: Session) -> dict[str, list[Use]]:
    """Which scripts attach a material, by the material's key; scripts in the order of their keys."""
    in_use = (ScriptVersion.version == Script.published_version) | (ScriptVersion.version == Script.draft_version)
    columns = select(
        Script.key, Script.title, Script.status, Script.published_version, ScriptVersion.version, ScriptVersion.content["answers"]
    )
    rows = session.execute(columns.join_from(Script, ScriptVersion, (ScriptVersion.script_id == Script.id) & in_use).order_by(Script.key))
    uses: dict[str, dict[str, Use]] = {}
    for key, title, status, published_version, version, answers in rows:
        is_out = status == ScriptStatus.PUBLISHED and version == published_version
        for attached in {one for answer in answers for one in answer["attachments"]}:
            known = uses.setdefault(attached, {}).get(key)
            uses[attached][key] = Use(key, title, is_out or bool(known and known.is_out))
    return {attached: list(scripts.values()) for attached, scripts in uses.items()}


def newest_uploads(session: Session, keys: Collection[str]) -> dict[str, datetime]:
    """When each of these materials, as it is now, was last uploaded to WeCom; by key, without those that never were."""
    same = (MaterialMedia.material_key == MaterialRow.key) & (MaterialMedia.content_hash == MaterialRow.content_hash)
    columns = select(MaterialRow.key, func.max(MaterialMedia.uploaded_at)).join_from(MaterialRow, MaterialMedia, same)
    return dict(session.execute(columns.where(MaterialRow.key.in_(keys)).group_by(MaterialRow.key)).all())


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
