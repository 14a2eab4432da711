"""Pure: what can be said or done at WeCom, as plain data that survives in a row."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

Payload = dict[str, Any]


class Channel(StrEnum):
    """One kind of deed at WeCom; `bot/speak.py` has one function for each."""

    KF_TEXT = "kf_text"  # 微信客服, text
    KF_MENU = "kf_menu"  # 微信客服, menu of questions
    KF_MATERIAL = "kf_material"  # 微信客服, picture, file, link or mini-program
    KF_ON_EVENT = "kf_on_event"  # 微信客服, welcome through an event's code
    KF_HAND_OVER = "kf_hand_over"  # 微信客服, session to a person or the pool
    KF_SESSION = "kf_session"  # 微信客服, session to whom an operator chose, or back to the assistant
    KF_PROFILE = "kf_profile"  # read the nickname of a kf customer
    CONTACT_WELCOME = "contact_welcome"  # 新客户欢迎语
    CONTACT_PROFILE = "contact_profile"  # read a customer's profile after he added an advisor
    GROUP_PROFILE = "group_profile"  # read who is in a customer group
    TAGS = "tags"  # 企业标签
    ADVISOR_CARD = "advisor_card"  # 应用消息, card with buttons
    ADVISOR_TEXT = "advisor_text"  # 应用消息, text
    CARD_UPDATE = "card_update"  # grey out a card's buttons
    GROUP_POST = "group_post"  # 客户群群发: a task that the groups' owner confirms
    MASS_MESSAGE = "mass_message"  # 企业群发: a task that a member confirms
    MOMENT = "moment"  # 朋友圈: a task that members publish
    INTERNAL_POST = "internal_post"  # 内部群, through its webhook
    MASS_FOLLOW = "mass_follow"  # read who has confirmed a task, and whom it reached
    MASS_REMIND = "mass_remind"  # remind who has not confirmed
    MASS_CANCEL = "mass_cancel"  # what is not sent yet will not be
    MASS_RECOVER = "mass_recover"  # is a task there of which we do not know?


# How long after a claim was left open the deed may be repeated without being heard twice: kf has its own msgid, app messages WeCom's
# duplicate check (at most 4 hours, reference §3.1), reads and tags are idempotent. What is missing here is never repeated silently.
REPEATABLE_FOR: Mapping[Channel, timedelta] = {
    Channel.KF_TEXT: timedelta(days=3),
    Channel.KF_MENU: timedelta(days=3),
    Channel.KF_MATERIAL: timedelta(days=3),
    Channel.KF_ON_EVENT: timedelta(days=3),
    Channel.KF_HAND_OVER: timedelta(days=3),
    Channel.KF_SESSION: timedelta(days=3),
    Channel.KF_PROFILE: timedelta(days=365),
    Channel.CONTACT_PROFILE: timedelta(days=365),
    Channel.GROUP_PROFILE: timedelta(days=365),
    Channel.TAGS: timedelta(days=365),
    Channel.ADVISOR_CARD: timedelta(hours=3, minutes=30),
    Channel.ADVISOR_TEXT: timedelta(hours=3, minutes=30),
    Channel.CARD_UPDATE: timedelta(hours=72),
    # Tasks have no key of ours, but WeCom lists them for a month: bot/recover_mass.py looks there before one is made again.
    Channel.GROUP_POST: timedelta(days=3),
    Channel.MASS_MESSAGE: timedelta(days=3),
    Channel.MOMENT: timedelta(days=3),
    Channel.MASS_FOLLOW: timedelta(days=365),
    Channel.MASS_CANCEL: timedelta(days=365),
    Channel.MASS_RECOVER: timedelta(days=365),
}

# Tasks that members confirm on their phones.
TASKS = frozenset({Channel.GROUP_POST, Channel.MASS_MESSAGE, Channel.MOMENT})

# Channels whose words a customer reads; they stop when he opts out or a person takes over.
TO_CUSTOMER = frozenset({Channel.KF_TEXT, Channel.KF_MENU, Channel.KF_MATERIAL})


class MoveTo(StrEnum):
    """Where an operator may send a kf session."""

    SERVICER = "servicer"
    POOL = "pool"
    ASSISTANT = "assistant"


HUMAN = "human"  # menu id of «转人工»
_ASK = "ask:"


def menu_id_of(script: str) -> str:
    """The id of a menu item that asks this script's standard question (≤ 128 bytes, reference §5.5)."""
    return _ASK + script


def clicked_script(menu_id: str) -> str | None:
    """The script behind a menu item of ours; None for «转人工» and for foreign ids."""
    return menu_id.removeprefix(_ASK) if menu_id.startswith(_ASK) else None


def reply_key(msgid: str, part: int) -> str:
    """Identity of the n-th piece of the answer to a customer's message. Change the format and old messages are answered again.

    Made from WeCom's msgid and not from a row of ours: kf remembers the msgids that we derive from it longer than a database that is
    made anew or restored, and would take a new answer under an old id for a repeat.
    """
    return f"reply:{msgid}:{part}"


BY_HAND = "say:"


def hand_key(click: str, part: int) -> str:
    """Identity of the n-th piece of what an operator wrote; `click` is of his one click, so that a double one says it once."""
    return f"{BY_HAND}{click}:{part}"


def is_by_hand(key: str) -> bool:
    """Whether an operator wrote it: it is said although the assistant keeps silent."""
    return key.startswith(BY_HAND)


def deed_key(deed: str, cause: str) -> str:
    """Identity of anything else that a message or event (WeCom's msgid, or the inbox row where there is none) sets off."""
    return f"{deed}:{cause}"


def kf_lane(open_kfid: str, external_id: str) -> str:
    """One customer in one kf account is spoken to in order."""
    return f"kf:{open_kfid}:{external_id}"


def mass_lane(sender: str) -> str:
    """One member's tasks are made one after the other, so that one that got lost can be told from the next."""
    return f"mass:{sender}"


def internal_lane(group: str) -> str:
    """One internal group is posted to in order, and so never by two at once: its twenty a minute can be counted."""
    return f"internal:{group}"
