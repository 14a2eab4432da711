"""Pure: a decrypted callback → its header: enough to store it once and in order, also when its kind is new to us."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from xml.etree.ElementTree import Element

from bot.wecom.values import moment
from bot.wecom.xml_tree import leaf, leaves, xml_tree


class CallbackKind(StrEnum):
    """The kinds of callback that we act on; all others are kept as UNKNOWN."""

    KF_NOTICE = "kf_notice"
    KF_AUTH_CHANGE = "kf_auth_change"
    EXTERNAL_CONTACT = "external_contact"
    EXTERNAL_CHAT = "external_chat"
    CONTACT_TAG = "contact_tag"
    TEMPLATE_CARD = "template_card"
    MEMBER_MESSAGE = "member_message"
    MEMBER_EVENT = "member_event"
    ALARM = "alarm"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Header:
    """`lane`: callbacks of one lane are handled in order. `event` (of a message: its MsgType) and `change_type` as WeCom spells them."""

    kind: CallbackKind
    event: str
    change_type: str
    sender: str
    agent: str
    occurred_at: datetime
    dedup_key: str
    lane: str


_KINDS = {
    "kf_msg_or_event": CallbackKind.KF_NOTICE,
    "kf_account_auth_change": CallbackKind.KF_AUTH_CHANGE,
    "change_external_contact": CallbackKind.EXTERNAL_CONTACT,
    "change_external_chat": CallbackKind.EXTERNAL_CHAT,
    "change_external_tag": CallbackKind.CONTACT_TAG,
    "template_card_event": CallbackKind.TEMPLATE_CARD,
    "template_card_menu_event": CallbackKind.TEMPLATE_CARD,
    "inactive_alert": CallbackKind.ALARM,
    "close_inactive_agent": CallbackKind.ALARM,
    "reopen_inactive_agent": CallbackKind.ALARM,
    "low_active_alert": CallbackKind.ALARM,
    "low_active": CallbackKind.ALARM,
    "active_restored": CallbackKind.ALARM,
    "subscribe": CallbackKind.MEMBER_EVENT,
    "unsubscribe": CallbackKind.MEMBER_EVENT,
    "enter_agent": CallbackKind.MEMBER_EVENT,
    "LOCATION": CallbackKind.MEMBER_EVENT,
    "click": CallbackKind.MEMBER_EVENT,
    "view": CallbackKind.MEMBER_EVENT,
    "view_miniprogram": CallbackKind.MEMBER_EVENT,
}

_MESSAGES = frozenset({"text", "image", "voice", "video", "location", "link"})

# FromUserName and CreateTime alone would merge two different events of one second, since «sys» sends most of them (reference §1.7).
_EVENT_IDENTITY = (
    "FromUserName CreateTime Event ChangeType EventKey UserID ExternalUserID ChatId TaskId "
    "UpdateDetail CurMemVer Id TagType LinkId ChatKey JobId AuthAddOpenKfId AuthDelOpenKfId"
)
_NOTICE_IDENTITY = "OpenKfId CreateTime Token"


def peek(xml: str) -> Header:
    """The header of a decrypted callback. Raises Unreadable when it is not XML."""
    root = xml_tree(xml)
    kind = kind_of(root)
    return Header(
        kind=kind,
        event=event_of(root),
        change_type=leaf(root, "ChangeType"),
        sender=leaf(root, "FromUserName").lower(),
        agent=leaf(root, "AgentID"),
        occurred_at=moment(leaf(root, "CreateTime")),
        dedup_key=_dedup_key(root, kind),
        lane=_lane(root, kind),
    )


def event_of(root: Element) -> str:
    """The name of the event, or of the kind of message."""
    return leaf(root, "Event") or leaf(root, "MsgType")


def kind_of(root: Element) -> CallbackKind:
    """The kind of a callback; UNKNOWN when it is new to us."""
    if leaf(root, "MsgType") == "event":
        return _KINDS.get(leaf(root, "Event"), CallbackKind.UNKNOWN)
    return CallbackKind.MEMBER_MESSAGE if leaf(root, "MsgType") in _MESSAGES else CallbackKind.UNKNOWN


def _dedup_key(root: Element, kind: CallbackKind) -> str:
    if kind is CallbackKind.KF_NOTICE:
        return f"kf:{_digest(root, _NOTICE_IDENTITY)}"
    message_id = leaf(root, "MsgId")
    return f"message:{message_id}" if message_id else f"event:{_digest(root, _EVENT_IDENTITY)}"


def _digest(root: Element, tags: str) -> str:
    identity = json.dumps([leaves(root, tag) for tag in tags.split()])
    return blake2b(identity.encode(), digest_size=16).hexdigest()


def _lane(root: Element, kind: CallbackKind) -> str:
    if kind is CallbackKind.KF_NOTICE:
        return f"kf:{leaf(root, 'OpenKfId')}"
    if kind is CallbackKind.EXTERNAL_CONTACT:
        return f"contact:{leaf(root, 'ExternalUserID')}"
    if kind is CallbackKind.EXTERNAL_CHAT:
        return f"group:{leaf(root, 'ChatId')}"
    return f"sender:{leaf(root, 'FromUserName').lower()}"
