"""Everything that we say to WeCom and ask of it, by theme; built once, in main."""

from dataclasses import dataclass

from bot.wecom.app_calls import AppCalls
from bot.wecom.client import WeComClient
from bot.wecom.contact_calls import ContactCalls
from bot.wecom.kf_calls import KfCalls
from bot.wecom.media_calls import MediaCalls


@dataclass(frozen=True)
class Messenger:
    """`kf` speaks with customers, `contacts` knows their relation with advisors, `app` speaks with advisors, `media` uploads."""

    kf: KfCalls
    contacts: ContactCalls
    app: AppCalls
    media: MediaCalls


def messenger_over(client: WeComClient, agent_id: int) -> Messenger:
    """The messenger of one app."""
    return Messenger(KfCalls(client), ContactCalls(client), AppCalls(client, agent_id), MediaCalls(client))
