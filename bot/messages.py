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
    KF_PROFILE = "kf_profile"  # read the nickname of a kf customer
    CONTACT_WELCOME = "contact_welcome"  # 新客户欢迎语
    CONTACT_PROFILE = "contact_profile"  # read a customer's profile after he added an advisor
    TAGS = "tags"  # 企业标签
    ADVISOR_CARD = "advisor_card"  # 应用消息, card with buttons
    ADVISOR_TEXT = "advisor_text"  # 应用消息, text
    CARD_UPDATE = "card_update"  # grey out a card's buttons


# How long after a claim was left open the deed may be repeated without being heard twice: kf has its own msgid, app messages WeCom's
# duplicate check (at most 4 hours, reference §3.1), reads and tags are idempotent. What is missing here is never repeated silently.
REPEATABLE_FOR: Mapping[Channel, timedelta] = {
    Channel.KF_TEXT: timedelta(days=3),
    Channel.KF_MENU: timedelta(days=3),
    Channel.KF_MATERIAL: timedelta(days=3),
    Channel.KF_ON_EVENT: timedelta(days=3),
    Channel.KF_HAND_OVER: timedelta(days=3),
    Channel.KF_PROFILE: timedelta(days=365),
    Channel.CONTACT_PROFILE: timedelta(days=365),
    Channel.TAGS: timedelta(days=365),
    Channel.ADVISOR_CARD: timedelta(hours=3, minutes=30),
    Channel.ADVISOR_TEXT: timedelta(hours=3, minutes=30),
    Channel.CARD_UPDATE: timedelta(hours=72),
}

# Channels whose words a customer reads; they stop when he opts out or a person takes over.
TO_CUSTOMER = frozenset({Channel.KF_TEXT, Channel.KF_MENU, Channel.KF_MATERIAL})

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


def deed_key(deed: str, cause: str) -> str:
    """Identity of anything else that a message or event (WeCom's msgid, or the inbox row where there is none) sets off."""
    return f"{deed}:{cause}"


def kf_lane(open_kfid: str, external_id: str) -> str:
    """One customer in one kf account is spoken to in order."""
    return f"kf:{open_kfid}:{external_id}"
