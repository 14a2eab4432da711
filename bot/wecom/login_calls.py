"""Web login of members (reference §12.2, §12.3): the address with the QR code, and who scanned it."""

from urllib.parse import urlencode

from bot.wecom.client import WeComClient
from bot.wecom.values import text


class LoginCalls:
    """Each call raises what WeComClient raises."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def userid(self, code: str) -> str:
        """The member's userid in lower case; empty for somebody who is no member or may not see the app. The code works once."""
        return text(self._client.get("auth/getuserinfo", {"code": code}), "userid").lower()


def login_address(base: str, *, corp_id: str, agent_id: int, back: str, state: str) -> str:
    """Where the browser shows the QR code; it returns to `back` with `code` and `state`. `state`: letters and digits, at most 128."""
    asked = {
        "login_type": "CorpApp",
        "appid": corp_id,
        "agentid": str(agent_id),
        "redirect_uri": back,
        "state": state,
        "lang": "zh",
    }
    return f"{base}?{urlencode(asked)}"
