"""Pure: one entry of kf/sync_msg's `msg_list` → what it says, typed. Missing fields read as empty; what is new to us is an UnknownEntry."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from bot.wecom.values import moment, part, parts, text, whole


class MediaType(StrEnum):
    """What a customer can send that is not text (reference §5.3)."""

    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"
    BUSINESS_CARD = "business_card"
    MINIPROGRAM = "miniprogram"
    CHANNELS = "channels"
    SHOP_PRODUCT = "channels_shop_product"
    SHOP_ORDER = "channels_shop_order"
    MERGED = "merged_msg"
    MEETING = "meeting"
    CALENDAR = "calendar"
    NOTE = "note"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> "MediaType":
        return cls.OTHER


class SessionChange(StrEnum):
    """What a servicer did with a session in his client; our own transitions raise no event."""

    TAKEN_FROM_POOL = "taken_from_pool"
    TRANSFERRED = "transferred"
    ENDED = "ended"
    RE_ENGAGED = "re_engaged"


@dataclass(frozen=True)
class Entry:
    """What every entry has; a servicer's duty has no customer. `msgid` is WeCom's, or made from the content where that is missing."""

    msgid: str
    open_kfid: str
    external_userid: str
    sent_at: datetime


@dataclass(frozen=True)
class CustomerText(Entry):
    """The customer wrote, or clicked a menu item: then `menu_id` is the item's id and `text` its words."""

    text: str
    menu_id: str


@dataclass(frozen=True)
class CustomerMedia(Entry):
    """The customer sent something else; `title` and `detail` are the words that came with it, for a person to read."""

    kind: MediaType
    media_id: str
    title: str
    detail: str


@dataclass(frozen=True)
class ServicerMessage(Entry):
    """A servicer wrote in the WeCom client; `text` is empty when it was not text."""

    servicer_userid: str
    text: str


@dataclass(frozen=True)
class OwnEcho(Entry):
    """A message that software sent, shown to us again; nothing to answer."""


@dataclass(frozen=True)
class EnteredSession(Entry):
    """The customer opened the chat; a `welcome_code`, where there is one, works once within 20 seconds."""

    scene: str
    scene_param: str
    welcome_code: str


@dataclass(frozen=True)
class SendFailed(Entry):
    """A message that WeCom had accepted did not arrive; `reason` is in Chinese, for operators."""

    fail_msgid: str
    fail_type: int
    reason: str


@dataclass(frozen=True)
class SessionChanged(Entry):
    """A servicer took, transferred, ended or resumed the session; `msg_code` allows one message on that event."""

    change: SessionChange
    old_servicer_userid: str
    new_servicer_userid: str
    msg_code: str


@dataclass(frozen=True)
class CustomerRecalled(Entry):
    """The customer took a message back."""

    recall_msgid: str


@dataclass(frozen=True)
class ServicerRecalled(Entry):
    """A servicer took a message back."""

    recall_msgid: str
    servicer_userid: str


@dataclass(frozen=True)
class ServicerDuty(Entry):
    """A servicer went on duty or off."""

    servicer_userid: str
    on_duty: bool


@dataclass(frozen=True)
class RejectSwitch(Entry):
    """A servicer rejects this customer's messages, or accepts them again."""

    servicer_userid: str
    rejects: bool


@dataclass(frozen=True)
class UnknownEntry(Entry):
    """New to us; `kind` as WeCom spells it. Kept, not handled."""

    kind: str


KfEntry = (
    CustomerText
    | CustomerMedia
    | ServicerMessage
    | OwnEcho
    | EnteredSession
    | SendFailed
    | SessionChanged
    | CustomerRecalled
    | ServicerRecalled
    | ServicerDuty
    | RejectSwitch
    | UnknownEntry
)

Json = Mapping[str, Any]
_Ids = tuple[str, str, str, datetime]

FAIL_REASONS = {
    0: "原因未知",
    1: "客服账号已删除",
    2: "应用已关闭",
    4: "距客户上次发言已超过 48 小时",
    5: "会话已结束",
    6: "客户上次发言后已发满 5 条",
    8: "企业未认证，客户数已达上限",
    10: "客户拒收",
    11: "企业没有成员登录过企业微信 App",
    12: "禁止发送的消息类型",
    13: "触发安全限制",
}


_CHANGES = {
    1: SessionChange.TAKEN_FROM_POOL,
    2: SessionChange.TRANSFERRED,
    3: SessionChange.ENDED,
    4: SessionChange.RE_ENGAGED,
}


def parse_entry(raw: Json) -> KfEntry:
    """What one entry says; never raises. The raw entry stays with the caller."""
    event = part(raw, "event")
    is_event = text(raw, "msgtype") == "event"
    where = event if is_event else raw
    ids = (text(raw, "msgid") or _made_id(raw), text(where, "open_kfid"), text(where, "external_userid"), moment(text(raw, "send_time")))
    return _event(ids, event) if is_event else _message(ids, raw)


def lane_of(entry: Entry) -> str:
    """Entries of one lane are handled in order: one customer in one account."""
    return f"kf:{entry.open_kfid}:{entry.external_userid}"


def _made_id(raw: Json) -> str:
    return "made-" + blake2b(json.dumps(raw, sort_keys=True).encode(), digest_size=12).hexdigest()


def _message(ids: _Ids, raw: Json) -> KfEntry:
    kind = text(raw, "msgtype")
    match whole(raw, "origin"):
        case 3 if kind == "text":
            return CustomerText(*ids, text(part(raw, "text"), "content"), text(part(raw, "text"), "menu_id"))
        case 3:
            return CustomerMedia(*ids, MediaType(kind), text(part(raw, kind), "media_id"), *_words(kind, part(raw, kind)))
        case 4:
            return OwnEcho(*ids)
        case 5:
            return ServicerMessage(*ids, text(raw, "servicer_userid").lower(), text(part(raw, "text"), "content"))
        case _:
            return UnknownEntry(*ids, kind)


# Which fields of a message are words for a person: (title, detail).
_WORDS = {
    "location": ("name", "address"),
    "link": ("title", "url"),
    "business_card": ("userid", ""),
    "miniprogram": ("title", ""),
    "channels": ("title", "nickname"),
    "channels_shop_product": ("title", "shop_nickname"),
    "channels_shop_order": ("product_titles", "price_wording"),
    "merged_msg": ("title", ""),
}


def _words(kind: str, content: Json) -> tuple[str, str]:
    title, detail = _WORDS.get(kind, ("", ""))
    senders = (text(item, "sender_name") for item in parts(content, "item"))
    return text(content, title), text(content, detail) or "、".join(dict.fromkeys(filter(None, senders)))


def _event(ids: _Ids, event: Json) -> KfEntry:
    kind = text(event, "event_type")
    read = _EVENTS.get(kind)
    return read(ids, event) if read else UnknownEntry(*ids, kind)


def _entered(ids: _Ids, event: Json) -> KfEntry:
    return EnteredSession(*ids, text(event, "scene"), text(event, "scene_param"), text(event, "welcome_code"))


def _failed(ids: _Ids, event: Json) -> KfEntry:
    fail_type = whole(event, "fail_type", 0)
    return SendFailed(*ids, text(event, "fail_msgid"), fail_type, FAIL_REASONS.get(fail_type, f"未知原因 {fail_type}"))


def _changed(ids: _Ids, event: Json) -> KfEntry:
    change = _CHANGES.get(whole(event, "change_type"))
    if change is None:
        return UnknownEntry(*ids, f"session_status_change {text(event, 'change_type')}")
    return SessionChanged(*ids, change, _servicer(event, "old_"), _servicer(event, "new_"), text(event, "msg_code"))


def _servicer(event: Json, which: str = "") -> str:
    return text(event, f"{which}servicer_userid").lower()


_EVENTS: dict[str, Callable[[_Ids, Json], KfEntry]] = {
    "enter_session": _entered,
    "msg_send_fail": _failed,
    "session_status_change": _changed,
    "user_recall_msg": lambda ids, event: CustomerRecalled(*ids, text(event, "recall_msgid")),
    "servicer_recall_msg": lambda ids, event: ServicerRecalled(*ids, text(event, "recall_msgid"), _servicer(event)),
    # 1 on duty, 2 off: not the numbers of servicer/list (reference §5.8).
    "servicer_status_change": lambda ids, event: ServicerDuty(*ids, _servicer(event), whole(event, "status") == 1),
    "reject_customer_msg_switch_change": lambda ids, event: RejectSwitch(*ids, _servicer(event), whole(event, "reject_switch") == 1),
}
