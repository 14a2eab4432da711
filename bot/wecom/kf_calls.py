"""微信客服 over the client: pull, send, session states, servicers (reference §5)."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from bot.wecom.client import WeComClient
from bot.wecom.errcodes import Code
from bot.wecom.terms import KfAccount, KfCustomer, KfState, Page, Servicer
from bot.wecom.values import parts, text, whole
from core.errors import Refused

_BATCH = 100


class KfCalls:
    """Raises what WeComClient raises; a repeated send is AlreadySent, a closed window WindowClosed, a held session SessionTaken."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def sync_page(self, open_kfid: str, *, cursor: str, token: str = "", limit: int = 1000) -> Page:
        """The messages after `cursor`, oldest first; an empty cursor starts three days ago. A token past its ten minutes is left out."""
        body = {"open_kfid": open_kfid, "cursor": cursor, "token": token, "limit": limit}
        try:
            answer = self._client.post("kf/sync_msg", {key: value for key, value in body.items() if value})
        except Refused as refused:
            if refused.code != Code.SYNC_TOKEN_INVALID or not token:
                raise
            return self.sync_page(open_kfid, cursor=cursor, limit=limit)
        return Page(parts(answer, "msg_list"), text(answer, "next_cursor"), whole(answer, "has_more", 0) == 1)

    def send(self, open_kfid: str, external_userid: str, msgid: str, message: Mapping[str, Any]) -> None:
        """Say one thing to a customer; `message` is from speech.py, `msgid` from kf_msgid: it makes a repeat safe."""
        self._client.post("kf/send_msg", {"touser": external_userid, "open_kfid": open_kfid, "msgid": msgid, **message})

    def send_on_event(self, code: str, msgid: str, message: Mapping[str, Any]) -> None:
        """Say the one thing that a welcome code or msg_code allows: text, for a welcome or an end also a menu."""
        self._client.post("kf/send_msg_on_event", {"code": code, "msgid": msgid, **message})

    def state(self, open_kfid: str, external_userid: str) -> tuple[KfState, str]:
        """Who holds the session, and the servicer's userid when it is a person."""
        answer = self._client.post("kf/service_state/get", {"open_kfid": open_kfid, "external_userid": external_userid})
        return KfState(whole(answer, "service_state")), text(answer, "servicer_userid").lower()

    def move(self, open_kfid: str, external_userid: str, to: KfState, *, servicer: str = "") -> str:
        """Change the state; HUMAN needs a servicer on duty. The code for a message on that change, or empty.

        Refused.code tells why not: TRANSITION_REFUSED, NOT_A_SERVICER, SERVICER_OFF_DUTY.
        """
        body = {"open_kfid": open_kfid, "external_userid": external_userid, "service_state": int(to)}
        return text(self._client.post("kf/service_state/trans", body | ({"servicer_userid": servicer} if servicer else {})), "msg_code")

    def servicers(self, open_kfid: str) -> list[Servicer]:
        """The servicers of an account. Departments in the list have no userid and are left out."""
        answer = self._client.get("kf/servicer/list", {"open_kfid": open_kfid})
        people = (row for row in parts(answer, "servicer_list") if text(row, "userid"))
        return [Servicer(text(row, "userid").lower(), whole(row, "status") == 0) for row in people]

    def customers(self, external_userids: Sequence[str]) -> dict[str, KfCustomer]:
        """By external_userid; those whom WeCom does not tell about are missing."""
        known: dict[str, KfCustomer] = {}
        for start in range(0, len(external_userids), _BATCH):
            some = list(external_userids[start : start + _BATCH])
            rows = parts(self._client.post("kf/customer/batchget", {"external_userid_list": some}), "customer_list")
            known |= {text(row, "external_userid"): KfCustomer(text(row, "nickname"), text(row, "unionid")) for row in rows}
        return known

    def accounts(self) -> list[KfAccount]:
        """Every 客服账号 that the app may see."""
        accounts: list[KfAccount] = []
        for page in count():
            rows = parts(self._client.post("kf/account/list", {"offset": page * _BATCH, "limit": _BATCH}), "account_list")
            accounts += [KfAccount(text(row, "open_kfid"), text(row, "name"), row.get("manage_privilege") is True) for row in rows]
            if len(rows) < _BATCH:
                break
        return accounts
