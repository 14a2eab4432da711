"""Customer groups: the list and one group (reference §6.8), and the groups that are there when the sandbox opens."""

from datetime import datetime, timedelta

from bot.sandbox.corp import Corp, stable_id
from bot.sandbox.fields import INVALID, MISSING, Asked, integer_of, list_of, object_of, text_of
from bot.sandbox.group_terms import Group, InGroup
from bot.sandbox.terms import ApiError, GroupSeed, Json

# A company with more members in the app's visible range must name the owners.
MEMBERS_WITHOUT_FILTER = 1000
# What a chat_id that is none, or of a dismissed group, is answered with; the reference has no own code for it.
NO_SUCH_CHAT = INVALID


def groupchat_list(corp: Corp, asked: Asked) -> Json:
    """POST groupchat/list, by pages; 81017 without an owner_filter in a large company. Nobody has left, so all have status 0."""
    integer_of(asked.fields, "status_filter", least=0, most=3, default=0)
    limit = integer_of(asked.fields, "limit", least=1, most=1000)
    cursor = text_of(asked.fields, "cursor", required=False) or "0"
    if not cursor.isdigit():
        raise ApiError(50100, "invalid cursor")
    owners = _owners(corp, asked)
    if not owners and len(corp.members) > MEMBERS_WITHOUT_FILTER:
        raise ApiError(81017, "too many members in the visible range, use owner_filter")
    found = [group for group in corp.groups.alive() if not owners or group.owner in owners]
    found = [] if asked.fields.get("status_filter") else found
    end = int(cursor) + limit
    page = [{"chat_id": group.chat_id, "status": 0} for group in found[int(cursor) : end]]
    return {"group_chat_list": page, "next_cursor": str(end) if end < len(found) else ""}


def groupchat_get(corp: Corp, asked: Asked) -> Json:
    """POST groupchat/get: the group as it was about two seconds ago; names only when asked for."""
    chat_id = text_of(asked.fields, "chat_id")
    with_names = integer_of(asked.fields, "need_name", least=0, most=1, default=0) == 1
    group = corp.groups.by_id.get(chat_id)
    if group is None or group.dismissed_at is not None:
        raise ApiError(NO_SUCH_CHAT, "invalid chat_id")
    members, version = group.shown_at(asked.now)
    return {
        "group_chat": {
            "chat_id": chat_id,
            "name": group.name,
            "owner": group.owner,
            "create_time": int(group.created_at.timestamp()),
            "notice": group.notice,
            "member_list": [_member(one, with_names) for one in members.values()],
            "admin_list": [],
            "member_version": version,
        }
    }


def seed_group(corp: Corp, seed: GroupSeed, *, now: datetime) -> None:
    """A group from before we came; the same name gives the same chat_id and the same customers in every life of the sandbox."""
    began = now - timedelta(days=seed.days_old)
    group = Group(stable_id("wr", seed.name), seed.name, seed.owner, began)
    staff = [InGroup(seed.owner, corp.members[seed.owner].name, False, began)]
    came = [
        InGroup(stable_id("wm", name), name, True, began + (now - began) * place / (len(seed.customers) + 1), 3, "", "group_qr_01")
        for place, name in enumerate(seed.customers)
    ]
    group.members = {one.userid: one for one in [*staff, *came]}
    corp.groups.by_id[group.chat_id] = group


def _owners(corp: Corp, asked: Asked) -> set[str]:
    if "owner_filter" not in asked.fields:
        return set()
    userids = [userid.lower() for userid in list_of(object_of(asked.fields, "owner_filter"), "userid_list", kind=str, most=100)]
    if not userids:
        raise ApiError(MISSING, "userid_list is missing or empty")
    if any(userid not in corp.members for userid in userids):
        raise ApiError(60111, "userid not found")
    return set(userids)


def _member(one: InGroup, with_names: bool) -> Json:
    shown: Json = {"userid": one.userid, "type": 2 if one.is_customer else 1, "join_time": int(one.joined_at.timestamp())}
    shown |= {"join_scene": one.scene, "group_nickname": ""}
    shown |= {"invitor": {"userid": one.inviter}} if one.inviter else {}
    shown |= {"state": one.state} if one.is_customer else {}
    return shown | ({"name": one.name} if with_names else {})
