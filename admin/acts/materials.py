"""素材: uploaded, saved, retired and taken back into use."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import audit
from admin.fresh_key import fresh_key
from admin.material_rules import material_faults
from admin.rights import must
from admin.terms import Blocked, Right, Who
from admin.uploads import KIND_NAMES, Upload, upload_fault
from kb import store
from kb.content import material_from_json
from kb.material_files import MaterialFiles
from kb.models import MaterialRow
from kb.terms import Material, MaterialKind


def keep_upload(who: Who, files: MaterialFiles, kind: MaterialKind, upload: Upload) -> str:
    """Check and store bytes; returns what a material's `file` or `thumb` says. Nothing uses them until a material is saved."""
    must(who, Right.EDIT_MATERIALS)
    if fault := upload_fault(upload, kind):
        raise Blocked(fault)
    return files.keep(upload.content, upload.suffix)


def save_material(session: Session, who: Who, files: MaterialFiles, given: Material, *, now: datetime) -> str:
    """A new material (empty key) or new words or bytes of an old one; returns its key. Changed bytes are uploaded anew when next sent."""
    must(who, Right.EDIT_MATERIALS)
    if fault := next(material_faults(given), None):
        raise Blocked(fault)
    row = store.material_row(session, given.key) if given.key else None
    if given.key and (row is None or row.kind != given.kind):
        raise Blocked("这个素材不存在或类型不符，请刷新后再改")
    if not files.has(given):
        raise Blocked("上传的文件已经清理了（超过一天没有保存），请重新选择文件")
    key = given.key or fresh_key(given.kind, given.title, set(session.scalars(select(MaterialRow.key))))
    material = replace(given, key=key)
    before = _told(material_from_json(row.data, row.content_hash)) if row else None
    store.keep_material(session, replace(material, content_hash=files.content_hash(material)), who.name, now=now)
    audit.note(session, who, "修改素材" if row else "新建素材", "material", key, before=before, after=_told(material), now=now)
    return key


def retire_material(session: Session, who: Who, key: str, *, welcome: Collection[str], now: datetime) -> str:
    """Not to be attached any more; returns its key. Blocked while a published script attaches it, or the welcome, whose materials
    `welcome` names."""
    must(who, Right.EDIT_MATERIALS)
    store.lock_library(session)
    row = _row(session, key)
    users = [use.title for use in store.uses_of_materials(session).get(key, []) if use.is_out]
    if users:
        more = f"等 {len(users)} 条" if len(users) > 3 else ""
        raise Blocked(f"已发布的话术「{'」「'.join(users[:3])}」{more}还在用这个素材，请先换掉再停用")
    if key in welcome:
        raise Blocked("欢迎语还在用这个素材，不能停用")
    row.retired_at, row.made_by, row.updated_at = now, who.name, now
    audit.note(session, who, "停用素材", "material", key, before={"状态": "使用中"}, after={"状态": "已停用"}, now=now)
    return row.key


def restore_material(session: Session, who: Who, key: str, *, now: datetime) -> str:
    """To be attached again; returns its key."""
    must(who, Right.EDIT_MATERIALS)
    row = _row(session, key)
    row.retired_at, row.updated_at = None, now
    audit.note(session, who, "恢复素材", "material", key, before={"状态": "已停用"}, after={"状态": "使用中"}, now=now)
    return row.key


def _row(session: Session, key: str) -> MaterialRow:
    row = store.material_row(session, key)
    if row is None:
        raise Blocked("没有这个素材，请刷新页面")
    return row


def _told(material: Material) -> dict[str, Any]:
    told = {
        "类型": KIND_NAMES[material.kind],
        "标题": material.title,
        "文件": material.file,
        "网址": material.url,
        "说明": material.desc,
        "封面图": material.thumb,
        "小程序 AppID": material.appid,
        "页面路径": material.pagepath,
        "有效期至": material.valid_until.isoformat() if material.valid_until else "",
    }
    return {name: value for name, value in told.items() if value}
