"""应用消息 over the client: texts and cards to advisors (reference §3). Customers never receive them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.wecom.client import WeComClient
from bot.wecom.terms import AppSent
from bot.wecom.values import text


class AppCalls:
    """Each call raises what WeComClient raises; when nobody can receive it, that is RecipientGone."""

    def __init__(self, client: WeComClient, agent_id: int) -> None:
        self._client = client
        self._agent_id = agent_id

    def send(self, userids: Sequence[str], message: Mapping[str, Any], *, same_within: timedelta = timedelta(minutes=30)) -> AppSent:
        """Send one message of speech.py or card.py to at most 1000 members; an identical one within `same_within` (≤ 4 h) is suppressed.

        More than 30 a minute to one member vanish without an error.
        """
        answer = self._client.post(
            "message/send",
            {
                "touser": "|".join(userids),
                "agentid": self._agent_id,
                "enable_duplicate_check": 1,
                "duplicate_check_interval": int(same_within.total_seconds()),
                **message,
            },
        )
        unreached = f"{text(answer, 'invaliduser')}|{text(answer, 'unlicenseduser')}".lower().split("|")
        return AppSent(text(answer, "msgid"), text(answer, "response_code"), frozenset(filter(None, unreached)))

    def settle_card(self, userids: Sequence[str], response_code: str, label: str) -> None:
        """Turn a card's buttons into one grey label, for these members. The code works once: WindowClosed the second time."""
        body = {"userids": list(userids), "agentid": self._agent_id, "response_code": response_code, "button": {"replace_name": label}}
        self._client.post("message/update_template_card", body)
