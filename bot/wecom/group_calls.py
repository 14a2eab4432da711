"""客户群 over the client: which groups there are, and who is in one (reference §6.8)."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.wecom.client import WeComClient
from bot.wecom.errcodes import Code
from bot.wecom.values import moment, part, parts, text, texts, whole
from core.errors import Refused
from customers.terms import GroupSeen, JoinScene, MemberSeen

_PAGE = 1000
_OWNERS_A_CALL = 100
_SCENES = {1: JoinScene.INVITED, 2: JoinScene.LINK, 3: JoinScene.QR}
_CUSTOMER = 2


class GroupCalls:
    """Each call raises what WeComClient raises."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def chat_ids(self) -> list[str]:
        """Every customer group whose owner is in the app's visible range, each once. A large company is asked for owner by owner."""
        try:
            return list(dict.fromkeys(self._pages({})))
        except Refused as refused:
            if refused.code != Code.TOO_MANY_MEMBERS:
                raise
        owners = texts(self._client.get("externalcontact/get_follow_user_list"), "follow_user")
        some = [list(owners[start : start + _OWNERS_A_CALL]) for start in range(0, len(owners), _OWNERS_A_CALL)]
        return list(dict.fromkeys(chat_id for userids in some for chat_id in self._pages({"owner_filter": {"userid_list": userids}})))

    def group(self, chat_id: str) -> GroupSeen:
        """One group with everybody in it; userids of members of the company in lower case. Refused when it is no more."""
        chat = part(self._client.post("externalcontact/groupchat/get", {"chat_id": chat_id, "need_name": 1}), "group_chat")
        return GroupSeen(
            chat_id=text(chat, "chat_id"),
            name=text(chat, "name"),
            owner=text(chat, "owner").lower(),
            notice=text(chat, "notice"),
            created_at=moment(text(chat, "create_time")),
            members=tuple(_member(row) for row in parts(chat, "member_list")),
            version=text(chat, "member_version"),
        )

    def _pages(self, asked: Mapping[str, Any]) -> Iterator[str]:
        cursor = ""
        while True:
            body = {"status_filter": 0, "limit": _PAGE, "cursor": cursor, **asked}
            answer = self._client.post("externalcontact/groupchat/list", body)
            yield from (text(row, "chat_id") for row in parts(answer, "group_chat_list"))
            before, cursor = cursor, text(answer, "next_cursor")
            if not cursor or cursor == before:
                return


def _member(row: Mapping[str, Any]) -> MemberSeen:
    is_customer = whole(row, "type") == _CUSTOMER
    userid = text(row, "userid")
    return MemberSeen(
        userid=userid if is_customer else userid.lower(),
        is_customer=is_customer,
        name=text(row, "name") or text(row, "group_nickname"),
        joined_at=moment(text(row, "join_time")),
        scene=_SCENES.get(whole(row, "join_scene"), JoinScene.UNKNOWN),
        inviter=text(part(row, "invitor"), "userid").lower(),
        state=text(row, "state"),
    )
