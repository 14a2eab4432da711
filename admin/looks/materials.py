"""What the pages show of materials: the list, where each is used, and what WeCom holds of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from admin.files import address_of
from admin.looks.paging import contains, part_of
from admin.looks.wanted import Wanted
from admin.parts.when import when
from admin.uploads import KIND_NAMES
from bot.attach import FORGOTTEN_AFTER
from core.zone import SHANGHAI
from kb import store
from kb.content import material_from_json
from kb.models import MaterialRow
from kb.store import Use
from kb.terms import Material, MaterialKind, MediaPurpose

STATES = {"in_use": "使用中", "unused": "没有话术用", "ending": "快到期或已过期", "retired": "已停用"}
ENDS_SOON = timedelta(days=14)
ICONS = {
    MaterialKind.IMAGE: "image",
    MaterialKind.FILE: "description",
    MaterialKind.VIDEO: "movie",
    MaterialKind.LINK: "link",
    MaterialKind.MINIPROGRAM: "widgets",
}


def materials(session: Session, wanted: Wanted, *, now: datetime) -> tuple[Sequence[dict[str, Any]], int]:
    """The wanted page of the list, the latest changed first."""
    uses = store.uses_of_materials(session)
    sortable = {"title": MaterialRow.data["title"].as_string(), "kind": MaterialRow.kind, "updated": MaterialRow.updated_at}
    usual = [MaterialRow.retired_at.isnot(None), MaterialRow.updated_at.desc().nulls_last(), MaterialRow.key]
    part = part_of(session, _filtered(wanted, uses, now), wanted, sortable=sortable, usual=usual)
    rows = [row for (row,) in part.rows]
    uploads = store.newest_uploads(session, [row.key for row in rows])
    return [_row(row, uses.get(row.key, []), uploads.get(row.key), now) for row in rows], part.total


def thumbnail(material: Material) -> str:
    """The address of a small picture of it; empty when it has none."""
    if material.kind is MaterialKind.IMAGE:
        return address_of(material.file, material.key, MediaPurpose.BODY)
    return address_of(material.thumb, material.key, MediaPurpose.THUMB) if material.thumb else ""


def material_to_edit(session: Session, key: str) -> tuple[Material, bool, list[Use]] | None:
    """The material, whether it is retired, and the scripts that use it."""
    row = store.material_row(session, key)
    if row is None:
        return None
    return material_from_json(row.data, row.content_hash), row.retired_at is not None, store.uses_of_materials(session).get(key, [])


def _filtered(wanted: Wanted, uses: dict[str, list[Use]], now: datetime) -> Select[Any]:
    query = select(MaterialRow)
    if words := wanted.get("q"):
        query = query.where(contains(MaterialRow.data["title"].as_string(), words) | contains(MaterialRow.key, words))
    if kind := wanted.get("kind"):
        query = query.where(MaterialRow.kind == kind)
    state = wanted.get("state")
    if state:
        query = query.where(MaterialRow.retired_at.isnot(None) if state == "retired" else MaterialRow.retired_at.is_(None))
    if state in ("in_use", "unused"):
        query = query.where(MaterialRow.key.in_(list(uses)) if state == "in_use" else MaterialRow.key.not_in(list(uses)))
    if state == "ending":
        ends = MaterialRow.data["valid_until"].as_string()
        query = query.where(ends.isnot(None), ends <= (now.astimezone(SHANGHAI) + ENDS_SOON).date().isoformat())
    return query


def _row(row: MaterialRow, uses: list[Use], uploaded: datetime | None, now: datetime) -> dict[str, Any]:
    material = material_from_json(row.data, row.content_hash)
    return {
        "id": row.key,
        "title": material.title,
        "kind": KIND_NAMES[material.kind],
        "icon": ICONS[material.kind],
        "thumb": thumbnail(material),
        "uses": [{"key": use.key, "title": use.title, "is_out": use.is_out} for use in uses[:3]],
        "use_count": len(uses),
        "retired": row.retired_at is not None,
        **_validity(material.valid_until, now.astimezone(SHANGHAI).date()),
        "media": _media(material, uploaded, now),
        "updated": when(row.updated_at, now=now) if row.updated_at else "初始素材",
    }


def _validity(until: date | None, today: date) -> dict[str, str]:
    if until is None:
        return {"until": "长期", "until_class": ""}
    if until < today:
        return {"until": f"{until} 已过期", "until_class": "bad"}
    return {"until": str(until), "until_class": "warn" if until <= today + ENDS_SOON else ""}


def _media(material: Material, uploaded: datetime | None, now: datetime) -> dict[str, str]:
    """What WeCom holds: it forgets an upload after three days, and we upload again when it is next sent."""
    if uploaded is None:
        return {"text": "还没有上传", "hint": "第一次发给客户时自动上传到企业微信"}
    ends = uploaded + FORGOTTEN_AFTER
    if ends <= now:
        return {"text": "已失效", "hint": f"{when(uploaded, now=now)}上传，下次发送时自动重新上传"}
    left = ends - now
    shown = f"还有 {left.days} 天" if left >= timedelta(days=1) else f"还有 {int(left.total_seconds()) // 3600} 小时"
    return {"text": shown, "hint": f"{when(uploaded, now=now)}上传，企业微信保留三天，到期自动重新上传"}
