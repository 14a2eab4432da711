"""A material of the library → the body that kf or a welcome wants, uploaded when WeCom has not got it or will soon forget it."""

from datetime import datetime, timedelta
from pathlib import Path

from bot.wecom.media_calls import MediaCalls
from bot.wecom.speech import Body, link_body, media_body, miniprogram_body, welcome_link, welcome_miniprogram
from bot.wecom.terms import UploadKind
from core.db import Database
from core.errors import Refused
from core.zone import SHANGHAI
from kb import store
from kb.terms import Material, MaterialKind, MediaPurpose

# WeCom keeps an upload for three days (reference §11); half a day is left for what waits in the outbox.
RENEW_AFTER = timedelta(days=2, hours=12)

_UPLOADS = {MaterialKind.IMAGE: UploadKind.IMAGE, MaterialKind.FILE: UploadKind.FILE, MaterialKind.VIDEO: UploadKind.VIDEO}


class Attacher:
    """Knows where a material's bytes lie and under which id WeCom has them."""

    def __init__(self, database: Database, media: MediaCalls, folder: Path) -> None:
        self._database = database
        self._media = media
        self._folder = folder

    def kf_body(self, key: str, *, now: datetime) -> Body:
        """The material as a kf message. Refused when there is no such material or file."""
        material = self._material(key, now=now)
        match material.kind:
            case MaterialKind.LINK:
                return link_body(material.title, material.url, self._media_id(material, MediaPurpose.THUMB, now=now), material.desc)
            case MaterialKind.MINIPROGRAM:
                thumb = self._media_id(material, MediaPurpose.THUMB, now=now)
                return miniprogram_body(material.appid, material.title, thumb, material.pagepath)
            case _:
                return media_body(_UPLOADS[material.kind], self._media_id(material, MediaPurpose.BODY, now=now))

    def welcome_body(self, key: str, *, now: datetime) -> Body:
        """The material as an attachment of a welcome message."""
        material = self._material(key, now=now)
        match material.kind:
            case MaterialKind.LINK:
                return welcome_link(material.title, material.url, material.desc)
            case MaterialKind.MINIPROGRAM:
                thumb = self._media_id(material, MediaPurpose.THUMB, now=now)
                return welcome_miniprogram(material.appid, material.title, thumb, material.pagepath)
            case _:
                return media_body(_UPLOADS[material.kind], self._media_id(material, MediaPurpose.BODY, now=now))

    def keep_ready(self, keys: list[str], *, now: datetime) -> None:
        """Upload ahead of time what a welcome needs: its code lives 20 seconds (reference §14.8)."""
        for key in keys:
            self.welcome_body(key, now=now)

    def forget(self, key: str) -> None:
        """WeCom no longer knows what was uploaded for this material."""
        with self._database.unit_of_work() as session:
            store.forget_media_ids(session, key)

    def _material(self, key: str, *, now: datetime) -> Material:
        with self._database.reading() as session:
            material = store.material(session, key)
        if material is None:
            raise Refused(f"素材「{key}」不存在")
        if material.valid_until is not None and now.astimezone(SHANGHAI).date() > material.valid_until:
            raise Refused(f"素材「{key}」已过有效期 {material.valid_until}")
        return material

    def _media_id(self, material: Material, purpose: MediaPurpose, *, now: datetime) -> str:
        with self._database.reading() as session:
            known = store.media_id(session, material, purpose, uploaded_since=now - RENEW_AFTER)
        if known:
            return known
        path = self._folder / (material.file if purpose is MediaPurpose.BODY else material.thumb)
        try:
            content = path.read_bytes()
        except OSError:
            raise Refused(f"素材「{material.key}」的文件 {path.name} 读不到") from None
        kind = _UPLOADS[material.kind] if purpose is MediaPurpose.BODY else UploadKind.IMAGE
        uploaded = self._media.upload(kind, path.name, content)
        with self._database.unit_of_work() as session:
            store.keep_media_id(session, material, purpose, uploaded.media_id, now=now)
        return uploaded.media_id
