"""Pure: what each channel that speaks unprompted finds in its outbox row; `bot/` carries it out."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Channel, Payload
from sop.terms import TouchKind

# WeCom's limits of one task (reference §7.2, §7.5).
CHATS_AT_MOST = 2_000
CUSTOMERS_AT_MOST = 10_000
SENDERS_AT_MOST = 1_000


@dataclass(frozen=True)
class Saying:
    """What is said, and for which step of which plan; `attachments` are keys of materials."""

    plan: str
    step: str
    text: str
    attachments: tuple[str, ...] = ()

    def as_payload(self) -> Payload:
        """The part that all channels share."""
        return {"plan": self.plan, "step": self.step, "text": self.text, "attachments": list(self.attachments)}


def group_post(saying: Saying, sender: str, chat_ids: Sequence[str]) -> Payload:
    """客户群群发 by one owner: {sender, chat_ids, text, attachments, plan, step}."""
    return {"sender": sender, "chat_ids": list(chat_ids), **saying.as_payload()}


def mass_message(saying: Saying, sender: str, external_ids: Sequence[str]) -> Payload:
    """企业群发 by one member: {sender, external_ids, text, attachments, plan, step}."""
    return {"sender": sender, "external_ids": list(external_ids), **saying.as_payload()}


def moment(saying: Saying, senders: Sequence[str]) -> Payload:
    """朋友圈 by several members: {senders, text, attachments, plan, step}."""
    return {"senders": list(senders), **saying.as_payload()}


def internal_post(saying: Saying, group: str) -> Payload:
    """内部群 through its webhook: {group, text, attachments, plan, step}."""
    return {"group": group, **saying.as_payload()}


def kf_text(saying: Saying, open_kfid: str, external_id: str) -> Payload:
    """Into an open 客服 conversation: {open_kfid, external_id, text}; its materials are messages of their own, see `kf_material`."""
    return {"open_kfid": open_kfid, "external_id": external_id, "text": saying.text}


def kf_material(material: str, open_kfid: str, external_id: str) -> Payload:
    """One material into an open 客服 conversation: {open_kfid, external_id, material}."""
    return {"open_kfid": open_kfid, "external_id": external_id, "material": material}


def advisor_text(saying: Saying, userid: str) -> Payload:
    """应用消息 to one member: {userids, text}."""
    return {"userids": [userid], "text": saying.text}


# Kinds of which many subjects make one deed, how many at most, and its channel.
COLLECTED = {
    TouchKind.GROUP_POST: (Channel.GROUP_POST, CHATS_AT_MOST),
    TouchKind.MASS_MESSAGE: (Channel.MASS_MESSAGE, CUSTOMERS_AT_MOST),
    TouchKind.MOMENT: (Channel.MOMENT, SENDERS_AT_MOST),
}
