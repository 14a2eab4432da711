"""Everything that we say to WeCom and ask of it, by theme; built once, in main."""

from dataclasses import dataclass

from bot.wecom.app_calls import AppCalls
from bot.wecom.client import WeComClient
from bot.wecom.contact_calls import ContactCalls
from bot.wecom.group_calls import GroupCalls
from bot.wecom.kf_calls import KfCalls
from bot.wecom.login_calls import LoginCalls
from bot.wecom.mass_calls import MassCalls
from bot.wecom.media_calls import MediaCalls
from bot.wecom.moment_calls import MomentCalls


@dataclass(frozen=True)
class Messenger:
    """`kf` speaks with customers, `contacts` knows their relation with advisors, `groups` who is in a customer group, `app` speaks with
    advisors, `media` uploads, `login` tells who scanned the QR code, `mass` and `moments` make tasks that members confirm."""

    kf: KfCalls
    contacts: ContactCalls
    groups: GroupCalls
    app: AppCalls
    media: MediaCalls
    login: LoginCalls
    mass: MassCalls
    moments: MomentCalls


def messenger_over(client: WeComClient, agent_id: int) -> Messenger:
    """The messenger of one app."""
    contacts, groups = ContactCalls(client), GroupCalls(client)
    app, media, login = AppCalls(client, agent_id), MediaCalls(client), LoginCalls(client)
    return Messenger(KfCalls(client), contacts, groups, app, media, login, MassCalls(client), MomentCalls(client))
