"""What `kf/send_msg` accepts as content, type by type, with its limits in bytes (reference §5.5)."""

import re
from collections.abc import Callable
from datetime import datetime

from bot.sandbox.corp import Corp
from bot.sandbox.fields import INVALID, list_of, number_of, object_of, text_of
from bot.sandbox.media import check_media
from bot.sandbox.terms import ApiError, Json
from core.text import cut_utf8

TEXT_BYTES = 2048
MENU_ITEMS = 50
MENU_CHOICES = 10
_OWN_MSGID = re.compile(r"[0-9A-Za-z_*-]{1,32}")


def own_msgid(corp: Corp, fields: Json) -> str:
    """The caller's msgid, or one of ours: 40058 for a bad one, 95033 for one that was accepted before."""
    msgid = text_of(fields, "msgid", required=False) or corp.issue("apimsg")
    if not _OWN_MSGID.fullmatch(msgid):
        raise ApiError(INVALID, "msgid must be 1 to 32 of 0-9 a-z A-Z - _ *")
    if msgid in corp.kf.accepted:
        raise ApiError(95033, "msgid repeated")
    return msgid


def checked_content(corp: Corp, fields: Json, *, only: frozenset[str] | None = None, now: datetime) -> tuple[str, Json, bool]:
    """(msgtype, content as the customer sees it, whether text was cut). `only` narrows the types: 95030 for another one."""
    msgtype = text_of(fields, "msgtype")
    if msgtype not in _CHECKS:
        raise ApiError(40008, "invalid message type")
    if only is not None and msgtype not in only:
        raise ApiError(95030, f"message type {msgtype} is forbidden here")
    body = object_of(fields, msgtype)
    _CHECKS[msgtype](corp, body, now)
    if msgtype != "text":
        return msgtype, body, False
    kept = cut_utf8(body["content"], TEXT_BYTES)
    return msgtype, {"content": kept}, kept != body["content"]


def _text(_corp: Corp, body: Json, _now: datetime) -> None:
    text_of(body, "content", missing=44004)


def _of_kind(kind: str) -> Callable[[Corp, Json, datetime], None]:
    def check(corp: Corp, body: Json, now: datetime) -> None:
        check_media(corp, text_of(body, "media_id", missing=40007), kind, now=now)

    return check


def _link(corp: Corp, body: Json, now: datetime) -> None:
    text_of(body, "title", most_bytes=128)
    text_of(body, "desc", required=False, most_bytes=512)
    text_of(body, "url", most_bytes=2048)
    check_media(corp, text_of(body, "thumb_media_id"), "image", now=now)


def _miniprogram(corp: Corp, body: Json, now: datetime) -> None:
    text_of(body, "appid")
    text_of(body, "title", required=False, most_bytes=64)
    if not text_of(body, "pagepath").partition("?")[0].endswith(".html"):
        raise ApiError(INVALID, "pagepath must end in .html")
    check_media(corp, text_of(body, "thumb_media_id"), "image", now=now)


def _location(_corp: Corp, body: Json, _now: datetime) -> None:
    text_of(body, "name", required=False)
    text_of(body, "address", required=False)
    number_of(body, "latitude")
    number_of(body, "longitude")


def _ca_link(_corp: Corp, body: Json, _now: datetime) -> None:
    text_of(body, "link_url", most_bytes=2048)


def _menu(_corp: Corp, body: Json, _now: datetime) -> None:
    text_of(body, "head_content", required=False, most_bytes=1024)
    text_of(body, "tail_content", required=False, most_bytes=1024)
    items = list_of(body, "list", kind=dict, most=MENU_ITEMS, wrong=95008)
    if sum(item.get("type") != "text" for item in items) > MENU_CHOICES:
        raise ApiError(95008, f"a menu has at most {MENU_CHOICES} items to choose")
    for item in items:
        if item.get("type") not in _MENU_ITEMS:
            raise ApiError(95009, "invalid menu item type")
        _MENU_ITEMS[item["type"]](object_of(item, item["type"]))


def _click_item(item: Json) -> None:
    text_of(item, "id", most_bytes=128)
    text_of(item, "content", most_bytes=128)


def _view_item(item: Json) -> None:
    text_of(item, "url", most_bytes=2048)
    text_of(item, "content", most_bytes=1024)


def _miniprogram_item(item: Json) -> None:
    text_of(item, "appid", most_bytes=32)
    text_of(item, "pagepath", most_bytes=1024)
    text_of(item, "content", most_bytes=1024)


def _text_item(item: Json) -> None:
    text_of(item, "content", most_bytes=256)


_MENU_ITEMS = {"click": _click_item, "view": _view_item, "miniprogram": _miniprogram_item, "text": _text_item}

_CHECKS: dict[str, Callable[[Corp, Json, datetime], None]] = {
    "text": _text,
    "link": _link,
    "miniprogram": _miniprogram,
    "msgmenu": _menu,
    "location": _location,
    "ca_link": _ca_link,
    **{kind: _of_kind(kind) for kind in ("image", "voice", "video", "file")},
}
