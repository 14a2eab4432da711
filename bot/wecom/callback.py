"""Pure: a decrypted callback → what it says, typed. Missing elements read as empty; kinds new to us become OtherCallback."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from xml.etree.ElementTree import Element

from bot.wecom.envelope import CallbackKind, event_of, kind_of
from bot.wecom.values import moment
from bot.wecom.xml_tree import leaf, leaves, xml_tree
from customers.terms import JoinScene


class ContactChangeType(StrEnum):
    """What happened between an advisor and a customer (reference §6.1)."""

    ADDED = "add_external_contact"
    HALF_ADDED = "add_half_external_contact"
    EDITED = "edit_external_contact"
    DELETED_BY_ADVISOR = "del_external_contact"
    DELETED_BY_CUSTOMER = "del_follow_user"
    TRANSFER_FAILED = "transfer_fail"
    ARCHIVE_APPROVED = "msg_audit_approved"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> "ContactChangeType":
        return cls.OTHER


class ChatChangeType(StrEnum):
    """What happened to a customer group (reference §6.8)."""

    CREATED = "create"
    JOINED = "add_member"
    LEFT = "del_member"
    OWNER_CHANGED = "change_owner"
    RENAMED = "change_name"
    NOTICE_CHANGED = "change_notice"
    DISMISSED = "dismiss"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> "ChatChangeType":
        return cls.OTHER


@dataclass(frozen=True)
class KfNotice:
    """The doorbell of 微信客服: pull this account. `token` lifts sync_msg's strict limit for ten minutes."""

    open_kfid: str
    token: str


@dataclass(frozen=True)
class KfAuthChange:
    """客服账号 given to the app or taken from it."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True)
class ContactChange:
    """客户联系: the pair (userid, external_userid) changed; userid in lower case. The code is good for 20 seconds and once."""

    change_type: ContactChangeType
    userid: str
    external_userid: str
    state: str
    welcome_code: str
    source: str
    fail_reason: str


@dataclass(frozen=True)
class ChatChange:
    """客户群: the members named came or went; the versions are those of the membership before and after, empty for other changes."""

    change_type: ChatChangeType
    chat_id: str
    members: tuple[str, ...]
    join_scene: JoinScene
    was_removed: bool
    version_before: str
    version_after: str


@dataclass(frozen=True)
class CardClick:
    """A button on a card; `selected` maps each question of the card to the options chosen. The response code works once within 72 h."""

    userid: str
    task_id: str
    event_key: str
    card_type: str
    response_code: str
    selected: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class MemberText:
    """A member wrote to the app."""

    userid: str
    msgid: str
    text: str


@dataclass(frozen=True)
class Alarm:
    """The app is being put to sleep, or wakes again; afterwards customer data calls fail with 48006 or 48011."""

    event: str
    meaning: str
    takes_effect_at: datetime


@dataclass(frozen=True)
class OtherCallback:
    """Kept, not handled."""

    kind: CallbackKind
    event: str


Callback = KfNotice | KfAuthChange | ContactChange | ChatChange | CardClick | MemberText | Alarm | OtherCallback

# `groupchat/get` has other numbers for the same thing.
_EVENT_SCENES = {"0": JoinScene.INVITED, "3": JoinScene.QR}

_ALARMS = {
    "inactive_alert": "应用长期无人使用，即将被停用，请安排成员打开应用",
    "close_inactive_agent": "应用因长期无人使用已被停用，请管理员在管理后台重新启用",
    "reopen_inactive_agent": "应用已重新启用",
    "low_active_alert": "应用活跃成员过少，即将无法获取客户数据，请安排成员使用",
    "low_active": "应用活跃成员过少，客户数据接口已受限",
    "active_restored": "应用活跃度已恢复，客户数据接口可用",
}


def parse_callback(xml: str) -> Callback:
    """What a callback says. Raises Unreadable when it is not XML."""
    root = xml_tree(xml)
    kind = kind_of(root)
    match kind:
        case CallbackKind.KF_NOTICE:
            return KfNotice(leaf(root, "OpenKfId"), leaf(root, "Token"))
        case CallbackKind.KF_AUTH_CHANGE:
            return KfAuthChange(leaves(root, "AuthAddOpenKfId"), leaves(root, "AuthDelOpenKfId"))
        case CallbackKind.EXTERNAL_CONTACT:
            return _contact_change(root)
        case CallbackKind.EXTERNAL_CHAT:
            return _chat_change(root)
        case CallbackKind.TEMPLATE_CARD:
            return _card_click(root)
        case CallbackKind.ALARM:
            return Alarm(event_of(root), _ALARMS[event_of(root)], moment(leaf(root, "EffectTime")))
        case CallbackKind.MEMBER_MESSAGE if leaf(root, "MsgType") == "text":
            return MemberText(leaf(root, "FromUserName").lower(), leaf(root, "MsgId"), leaf(root, "Content"))
        case _:
            return OtherCallback(kind, event_of(root))


def _contact_change(root: Element) -> ContactChange:
    return ContactChange(
        change_type=ContactChangeType(leaf(root, "ChangeType")),
        userid=leaf(root, "UserID").lower(),
        external_userid=leaf(root, "ExternalUserID"),
        state=leaf(root, "State"),
        welcome_code=leaf(root, "WelcomeCode"),
        source=leaf(root, "Source"),
        fail_reason=leaf(root, "FailReason"),
    )


def _chat_change(root: Element) -> ChatChange:
    changes = root.find("MemChangeList")
    return ChatChange(
        change_type=ChatChangeType(leaf(root, "UpdateDetail") or leaf(root, "ChangeType")),
        chat_id=leaf(root, "ChatId"),
        members=() if changes is None else leaves(changes, "Item"),
        join_scene=_EVENT_SCENES.get(leaf(root, "JoinScene"), JoinScene.UNKNOWN),
        was_removed=leaf(root, "QuitScene") == "1",
        version_before=leaf(root, "LastMemVer"),
        version_after=leaf(root, "CurMemVer"),
    )


def _card_click(root: Element) -> CardClick:
    return CardClick(
        userid=leaf(root, "FromUserName").lower(),
        task_id=leaf(root, "TaskId"),
        event_key=leaf(root, "EventKey"),
        card_type=leaf(root, "CardType"),
        response_code=leaf(root, "ResponseCode"),
        selected={leaf(item, "QuestionKey"): leaves(item, "OptionId") for item in root.iter("SelectedItem")},
    )
