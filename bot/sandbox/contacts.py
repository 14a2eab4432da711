"""Customer contact: who follows whom, and the one welcome message (reference §6.2, §6.3)."""

from datetime import timedelta

from bot.sandbox.corp import Bubble, Corp, Follow, WelcomeCode
from bot.sandbox.fields import INVALID, MISSING, Asked, integer_of, list_of, object_of, text_of
from bot.sandbox.media import check_media
from bot.sandbox.terms import ApiError, Json, Speaker

WELCOME_LIFE = timedelta(seconds=20)
ATTACHMENTS = 9


def contact_get(corp: Corp, asked: Asked) -> Json:
    """GET externalcontact/get: the customer and everybody who follows him; 84061 when nobody does."""
    external_userid = text_of(asked.query, "external_userid", missing=41035)
    corp.customer(external_userid)
    followers = [follow for follow in corp.follows.values() if follow.external_userid == external_userid]
    if not followers:
        raise ApiError(84061, "no contact relation")
    return {
        "external_contact": _person(corp, external_userid),
        "follow_user": [_pair(follow) | {"tags": _tags(corp, follow)} for follow in followers],
    }


def follow_user_list(corp: Corp, _asked: Asked) -> Json:
    """GET externalcontact/get_follow_user_list: members with the customer-contact permission."""
    return {"follow_user": [member.userid for member in corp.members.values() if member.is_advisor]}


def batch_get_by_user(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/batch/get_by_user, by pages; `tag_id[]` instead of `tags[]`."""
    userids = [userid.lower() for userid in list_of(asked.fields, "userid_list", kind=str, most=100)]
    if not userids:
        raise ApiError(MISSING, "userid_list is missing or empty")
    if any(userid not in corp.members for userid in userids):
        raise ApiError(60111, "userid not found")
    limit = integer_of(asked.fields, "limit", least=1, most=100, default=50)
    cursor = text_of(asked.fields, "cursor", required=False) or "0"
    if not cursor.isdigit():
        raise ApiError(50100, "invalid cursor")
    follows = [follow for follow in corp.follows.values() if follow.userid in userids]
    end = int(cursor) + limit
    contacts = [
        {"external_contact": _person(corp, follow.external_userid), "follow_info": _pair(follow) | {"tag_id": list(follow.tags)}}
        for follow in follows[int(cursor) : end]
    ]
    more = str(end) if end < len(follows) else ""
    return {"external_contact_list": contacts, "next_cursor": more, "fail_info": {"unlicensed_userid_list": []}}


def send_welcome_msg(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/send_welcome_msg: once, within 20 s, before the two chat."""
    code = _welcome_code(corp, asked)
    text = text_of(object_of({"text": {}} | asked.fields, "text"), "content", required=False, most_bytes=4000, wrong=45002)
    attachments = list_of(asked.fields, "attachments", kind=dict, most=ATTACHMENTS, wrong=41064)
    if not text and not attachments:
        raise ApiError(MISSING, "neither text nor attachments")
    said = [("text", {"content": text})] if text else []
    said += [checked_attachment(corp, attachment, asked) for attachment in attachments]
    code.used = True
    for msgtype, content in said:
        bubble = Bubble(corp.issue("welcome"), asked.now, Speaker.ADVISOR, msgtype, content, by=code.userid, chat="friend")
        corp.chats[code.external_userid].append(bubble)
    return {}


def _welcome_code(corp: Corp, asked: Asked) -> WelcomeCode:
    code = corp.welcome_codes.get(text_of(asked.fields, "welcome_code", missing=41049))
    if code is None or code.used or asked.now - code.issued_at > WELCOME_LIFE:
        raise ApiError(41050, "invalid welcome_code, or it is used or older than 20 s")
    if code.chatting:
        raise ApiError(41051, "the two are already chatting")
    return code


def checked_attachment(corp: Corp, attachment: Json, asked: Asked) -> tuple[str, Json]:
    """(msgtype, content) of an attachment of a welcome or a mass message (reference §6.2); 41065 for another type."""
    kind = attachment.get("msgtype")
    if kind not in ("image", "link", "miniprogram", "video", "file"):
        raise ApiError(41065, "invalid attachment type")
    content = object_of(attachment, kind)
    if kind == "link":
        text_of(content, "title", most_bytes=128)
        text_of(content, "picurl", required=False, most_bytes=2048)
        text_of(content, "desc", required=False, most_bytes=512)
        text_of(content, "url", most_bytes=2048)
    elif kind == "miniprogram":
        text_of(content, "title", most_bytes=64)
        text_of(content, "appid")
        text_of(content, "page")
        check_media(corp, text_of(content, "pic_media_id"), "image", now=asked.now)
    elif kind == "image" and not content.get("media_id"):
        if text_of(content, "pic_url") not in corp.images:
            raise ApiError(INVALID, "pic_url does not come from media/uploadimg")
    else:
        check_media(corp, text_of(content, "media_id"), kind, now=asked.now)
    return kind, content


def _person(corp: Corp, external_userid: str) -> Json:
    customer = corp.customers[external_userid]
    return {"external_userid": external_userid, "name": customer.nickname, "avatar": "", "type": 1, "gender": 0}


def _pair(follow: Follow) -> Json:
    return {
        "userid": follow.userid,
        "remark": follow.remark or "",
        "description": follow.description,
        "createtime": int(follow.created_at.timestamp()),
        "remark_corp_name": "",
        "remark_mobiles": [],
        "oper_userid": follow.external_userid,
        "add_way": 1,
        "state": follow.state,
    }


def _tags(corp: Corp, follow: Follow) -> list[Json]:
    return [
        {"group_name": group.name, "tag_name": tag.name, "tag_id": tag.id, "type": 1}
        for group in corp.tag_groups.values()
        for tag in group.tags
        if tag.id in follow.tags
    ]
