"""A material of the library → the body that kf or a welcome wants, uploaded when WeCom has not got it or will soon forget it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.wecom.media_calls import MediaCalls
from bot.wecom.speech import Body, link_body, media_body, miniprogram_body, moment_link, welcome_link, welcome_miniprogram
from bot.wecom.terms import UploadKind
from bot.wecom.webhook import link_post, picture_post
from core.db import Database
from core.errors import Refused
from core.zone import SHANGHAI
from kb import store
from kb.material_files import UPLOAD, MaterialFiles
from kb.terms import Material, MaterialKind, MediaPurpose

# WeCom keeps an upload for three days (reference §11); half a day is left for what waits in the outbox.
FORGOTTEN_AFTER: Final = timedelta(days=3)
RENEW_AFTER: Final = FORGOTTEN_AFTER - timedelta(hours=12)
ABANDONED_AFTER: Final = timedelta(days=1)

_UPLOADS = {MaterialKind.IMAGE: UploadKind.IMAGE, MaterialKind.FILE: UploadKind.FILE, MaterialKind.VIDEO: UploadKind.VIDEO}


class Attacher:
    """Knows where a material's bytes lie and under which id WeCom has them."""

    def __init__(self, database: Database, media: MediaCalls, files: MaterialFiles) -> None:
        self._database = database
        self._media = media
        self._files = files

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

    def attachments(self, keys: Sequence[str], *, now: datetime) -> list[Body]:
        """The materials as attachments of a mass message."""
        return [self.welcome_body(key, now=now) for key in keys]

    def moment_attachments(self, keys: Sequence[str], *, now: datetime) -> list[Body]:
        """The materials as attachments of a moment; Refused for what moments do not show."""
        return [self._moment_body(self._material(key, now=now), now=now) for key in keys]

    def webhook_body(self, key: str, *, now: datetime) -> Body:
        """The material as a post in an internal group: a picture or a link; Refused for what a webhook does not carry."""
        material = self._material(key, now=now)
        match material.kind:
            case MaterialKind.LINK:
                return link_post(material.title, material.url, material.desc)
            case MaterialKind.IMAGE:
                return picture_post(self._content(material, material.file))
            case _:
                raise Refused(f"素材「{key}」不能发到内部群：只支持图片和链接")

    def _moment_body(self, material: Material, *, now: datetime) -> Body:
        match material.kind:
            case MaterialKind.LINK:
                return moment_link(material.title, material.url, self._media_id(material, MediaPurpose.MOMENT, now=now))
            case MaterialKind.IMAGE | MaterialKind.VIDEO:
                return media_body(_UPLOADS[material.kind], self._media_id(material, MediaPurpose.MOMENT, now=now))
            case _:
                raise Refused(f"素材「{material.key}」不能发到朋友圈：只支持图片、视频和链接")

    def keep_ready(self, keys: list[str], *, now: datetime) -> None:
        """Upload ahead of time what a welcome needs: its code lives 20 seconds (reference §14.8)."""
        for key in keys:
            self.welcome_body(key, now=now)

    def forget(self, key: str) -> None:
        """WeCom no longer knows what was uploaded for this material."""
        with self._database.unit_of_work() as session:
            store.forget_media_ids(session, key)

    def tidy(self, now: datetime) -> None:
        """Uploads that no material took within a day go."""

        def named() -> set[str]:
            with self._database.reading() as session:
                return store.files_named(session)

        self._files.tidy(named, before=now - ABANDONED_AFTER)

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
        kind = _UPLOADS.get(material.kind, UploadKind.IMAGE) if purpose is not MediaPurpose.THUMB else UploadKind.IMAGE
        named = material.thumb if purpose is MediaPurpose.THUMB or material.kind not in _UPLOADS else material.file
        content, name = self._content(material, named), _filename(material, named, self._files.path(named))
        upload = self._media.upload_for_moment if purpose is MediaPurpose.MOMENT else self._media.upload
        uploaded = upload(kind, name, content)
        with self._database.unit_of_work() as session:
            store.keep_media_id(session, material, purpose, uploaded.media_id, now=now)
        return uploaded.media_id

    def _content(self, material: Material, named: str) -> bytes:
        path = self._files.path(named)
        try:
            return path.read_bytes()
        except OSError:
            raise Refused(f"素材「{material.key}」的文件 {path.name} 读不到") from None


def _filename(material: Material, named: str, path: Path) -> str:
    """What the customer sees beside a file. An upload is stored under its hash, which would tell him nothing: it goes by its title."""
    if not named.startswith(UPLOAD) or material.kind is not MaterialKind.FILE:
        return path.name
    title = "".join(letter for letter in material.title if letter.isalnum() or letter in " -_.()（）").strip(" .")
    return f"{title.removesuffix(path.suffix) or material.key}{path.suffix}"
