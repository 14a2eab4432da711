"""The bodies of all that we say to customers, within WeCom's limits in bytes (reference §5.5, §6.2). Functions only: no I/O, no state."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from bot.wecom.terms import UploadKind
from core.errors import Refused
from core.text import cut_utf8, split_utf8

Body = dict[str, Any]

TEXT_BYTES = 2048
PIECES = 5
MENU_ITEMS = 10
WELCOME_TEXT_BYTES = 4000
WELCOME_ATTACHMENTS = 9
MOMENT_PICTURES = 9
MOMENT_TITLE_CHARS = 64

_HEAD_BYTES = 1024
_ITEM_BYTES = 128
_TITLE_BYTES = 128
_DESC_BYTES = 512
_URL_BYTES = 2048
_MINIPROGRAM_TITLE_BYTES = 64


@dataclass(frozen=True)
class MenuItem:
    """One line to tap; the tap comes back as the customer's text with `menu_id` = `id`."""

    id: str
    content: str


def kf_msgid(key: str, part: int = 0) -> str:
    """Our own id for one part of one outbox message: 32 characters, always the same, so that a repeat is not a second message."""
    return blake2b(f"{part}:{key}".encode(), digest_size=16).hexdigest()


def text_pieces(text: str, most: int = PIECES) -> list[str]:
    """The text in at most `most` pieces that each fit a message, cut between sentences; what is too long even so ends in «…»."""
    pieces = split_utf8(text.strip(), TEXT_BYTES)
    if len(pieces) > most:
        pieces = [*pieces[: most - 1], short_utf8("".join(pieces[most - 1 :]), TEXT_BYTES)]
    return [piece.strip() for piece in pieces if piece.strip()]


def short_utf8(text: str, limit: int) -> str:
    """The text, or as much of it as fits in `limit` bytes together with «…». limit ≥ 4."""
    return text if len(text.encode("utf-8")) <= limit else cut_utf8(text, limit - 3) + "…"


def text_body(text: str) -> Body:
    """One text, for kf, for an event's code and for an app message alike. Longer ones go through text_pieces first."""
    return {"msgtype": "text", "text": {"content": short_utf8(text, TEXT_BYTES)}}


def menu_body(head: str, items: Sequence[MenuItem], tail: str = "") -> Body:
    """A menu of at most ten items to tap. ValueError for an id that WeCom would not take: ids are ours, and a cut one is another one."""
    if not 1 <= len(items) <= MENU_ITEMS:
        raise ValueError(f"a menu has 1 to {MENU_ITEMS} items, not {len(items)}")
    for item in items:
        if not 1 <= len(item.id.encode("utf-8")) <= _ITEM_BYTES or not item.content:
            raise ValueError("a menu item has an id of 1 to 128 bytes, and words")
    clicks = [{"type": "click", "click": {"id": item.id, "content": short_utf8(item.content, _ITEM_BYTES)}} for item in items]
    menu: Body = {"head_content": short_utf8(head, _HEAD_BYTES), "list": clicks}
    return {"msgtype": "msgmenu", "msgmenu": menu | ({"tail_content": short_utf8(tail, _HEAD_BYTES)} if tail else {})}


def media_body(kind: UploadKind, media_id: str) -> Body:
    """A picture, voice, video or file that has been uploaded; also an attachment of a welcome (not voice)."""
    return {"msgtype": kind.value, kind.value: {"media_id": _needed(media_id, "素材")}}


def link_body(title: str, url: str, thumb_media_id: str, desc: str = "") -> Body:
    """A link with its small picture. Raises Refused when title, url or picture is missing or the url too long."""
    return {
        "msgtype": "link",
        "link": _link(title, url, desc) | {"thumb_media_id": _needed(thumb_media_id, "链接封面")},
    }


def miniprogram_body(appid: str, title: str, thumb_media_id: str, pagepath: str) -> Body:
    """A mini-program card. WeCom wants the page to end in `.html`, which is added before its parameters where it lacks."""
    return {
        "msgtype": "miniprogram",
        "miniprogram": {
            "appid": _needed(appid, "小程序 appid"),
            "title": short_utf8(_needed(title, "小程序标题"), _MINIPROGRAM_TITLE_BYTES),
            "thumb_media_id": _needed(thumb_media_id, "小程序封面"),
            "pagepath": _html(_needed(pagepath, "小程序页面")),
        },
    }


def welcome(text: str, attachments: Sequence[Body] = ()) -> Body:
    """An advisor's welcome message: text and the first nine attachments, made by media_body, welcome_link or welcome_miniprogram."""
    body: Body = {"text": {"content": short_utf8(text, WELCOME_TEXT_BYTES)}} if text else {}
    return body | ({"attachments": list(attachments[:WELCOME_ATTACHMENTS])} if attachments else {})


def moment(text: str, attachments: Sequence[Body] = ()) -> Body:
    """朋友圈: text and up to nine pictures, or one video, or one link. Refused for another mixture, and for text that is too long."""
    kinds = [str(attachment["msgtype"]) for attachment in attachments]
    if len(kinds) > MOMENT_PICTURES or (len(kinds) > 1 and set(kinds) != {"image"}):
        raise Refused(f"朋友圈只能带最多 {MOMENT_PICTURES} 张图片，或 1 个视频，或 1 个链接")
    return mass(text, attachments)


def mass(text: str, attachments: Sequence[Body] = ()) -> Body:
    """企业群发: text and up to nine attachments, made as those of a welcome. Refused when it does not fit: nobody approved half of it."""
    if len(text.encode("utf-8")) > WELCOME_TEXT_BYTES:
        raise Refused(f"文字超过 {WELCOME_TEXT_BYTES} 字节，约 {WELCOME_TEXT_BYTES // 3} 个汉字，请缩短")
    if len(attachments) > WELCOME_ATTACHMENTS:
        raise Refused(f"附件超过 {WELCOME_ATTACHMENTS} 个")
    if not text and not attachments:
        raise Refused("没有文字也没有附件")
    return welcome(text, attachments)


def moment_link(title: str, url: str, media_id: str) -> Body:
    """A link in a moment; its picture was uploaded for moments. Titles of more than 64 characters are shortened."""
    named = _needed(title, "链接标题")
    short = named if len(named) <= MOMENT_TITLE_CHARS else named[: MOMENT_TITLE_CHARS - 1] + "…"
    return {"msgtype": "link", "link": {"title": short, "url": _url(url), "media_id": _needed(media_id, "链接封面")}}


def welcome_link(title: str, url: str, desc: str = "", picture_url: str = "") -> Body:
    """A link in a welcome; its picture is a web address, not an upload."""
    return {"msgtype": "link", "link": _link(title, url, desc) | ({"picurl": _url(picture_url)} if picture_url else {})}


def welcome_miniprogram(appid: str, title: str, pic_media_id: str, page: str) -> Body:
    """A mini-program in a welcome: the same as in kf under other names."""
    return {
        "msgtype": "miniprogram",
        "miniprogram": {
            "appid": _needed(appid, "小程序 appid"),
            "title": short_utf8(_needed(title, "小程序标题"), _MINIPROGRAM_TITLE_BYTES),
            "pic_media_id": _needed(pic_media_id, "小程序封面"),
            "page": _html(_needed(page, "小程序页面")),
        },
    }


def _link(title: str, url: str, desc: str) -> Body:
    return {"title": short_utf8(_needed(title, "链接标题"), _TITLE_BYTES), "desc": short_utf8(desc, _DESC_BYTES), "url": _url(url)}


def _needed(value: str, what: str) -> str:
    if not value:
        raise Refused(f"{what}为空")
    return value


def _url(address: str) -> str:
    # An address cut short leads nowhere.
    if len(_needed(address, "链接地址").encode("utf-8")) > _URL_BYTES:
        raise Refused(f"链接地址超过 {_URL_BYTES} 字节")
    return address


def _html(page: str) -> str:
    path, mark, query = page.partition("?")
    return (path if path.endswith(".html") else f"{path}.html") + mark + query
