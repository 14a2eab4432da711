"""客户联系 over the client: profiles, welcome messages, corp tags (reference §6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.wecom.client import WeComClient
from bot.wecom.terms import Contact, CorpTag, Follower
from bot.wecom.values import moment, part, parts, text, texts


class ContactCalls:
    """Each call raises what WeComClient raises; 84061 (no relation) is RecipientGone, a used or late code WindowClosed."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def contact(self, external_userid: str) -> Contact:
        """A customer's profile and the advisors who follow him."""
        answer = self._client.get("externalcontact/get", {"external_userid": external_userid})
        person = part(answer, "external_contact")
        followers = tuple(_follower(row) for row in parts(answer, "follow_user"))
        return Contact(text(person, "external_userid"), text(person, "name"), text(person, "unionid"), followers)

    def send_welcome(self, code: str, welcome: Mapping[str, Any]) -> None:
        """The one welcome message within 20 s of the event; `welcome` is from speech.welcome."""
        self._client.post("externalcontact/send_welcome_msg", {"welcome_code": code, **welcome})

    def corp_tags(self) -> list[CorpTag]:
        """Every corp tag that still exists."""
        groups = parts(self._client.post("externalcontact/get_corp_tag_list", {}), "tag_group")
        return [tag for group in groups if not group.get("deleted") for tag in _tags(group)]

    def add_corp_tags(self, group_name: str, names: Sequence[str]) -> list[CorpTag]:
        """Create tags, and their group where there is none of that name; a name that exists is Refused with TAG_NAME_EXISTS."""
        body = {"group_name": group_name, "tag": [{"name": name} for name in names]}
        return _tags(part(self._client.post("externalcontact/add_corp_tag", body), "tag_group"))

    def mark_tags(self, userid: str, external_userid: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Change one pair's tags, by tag id. One call at a time for a pair (45035)."""
        body = {"userid": userid, "external_userid": external_userid, "add_tag": list(add), "remove_tag": list(remove)}
        self._client.post("externalcontact/mark_tag", body)


def _follower(row: Mapping[str, Any]) -> Follower:
    return Follower(
        userid=text(row, "userid").lower(),
        remark=text(row, "remark"),
        state=text(row, "state"),
        added_at=moment(text(row, "createtime")),
        mobiles=texts(row, "remark_mobiles"),
        tag_ids=tuple(text(tag, "tag_id") for tag in parts(row, "tags") if tag.get("type") == 1),
    )


def _tags(group: Mapping[str, Any]) -> list[CorpTag]:
    named = text(group, "group_id"), text(group, "group_name")
    return [CorpTag(text(tag, "id"), text(tag, "name"), *named) for tag in parts(group, "tag") if not tag.get("deleted")]
