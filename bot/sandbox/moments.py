"""Moments: a job becomes a task, and each member publishes it himself (reference §7.5)."""

from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.corp import Corp
from bot.sandbox.fields import INVALID, Asked, list_of, object_of, text_of
from bot.sandbox.mass import page_of, span_of
from bot.sandbox.mass_terms import Moment, Said
from bot.sandbox.media import check_media
from bot.sandbox.terms import ApiError, Json

IMAGES = 9
TEXT_BYTES = 4_000
TEXT_CHARS = 2_000
A_MINUTE = 10
A_MONTH = 100_000
JOB_LIFE = timedelta(hours=24)
_SPAN = timedelta(days=30)


def add_moment_task(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/add_moment_task: the job's id; what it came to is told by get_moment_task_result."""
    _check_rate(corp, asked.now)
    said = _said(corp, asked)
    seen = object_of({"visible_range": {}} | asked.fields, "visible_range")
    members, tags, invalid = _range(corp, seen)
    wire = {name: asked.fields[name] for name in ("text", "attachments") if asked.fields.get(name)}
    moment = Moment(corp.issue("job"), corp.issue("moment"), asked.now, wire, said, members, tags, invalid)
    corp.mass.moments[moment.moment_id] = moment
    return {"jobid": moment.jobid}


def get_moment_task_result(corp: Corp, asked: Asked) -> Json:
    """GET externalcontact/get_moment_task_result?jobid=: 2 while it runs, 3 when it is done; the job is kept for 24 hours."""
    jobid = text_of(asked.query, "jobid")
    moment = next((one for one in corp.mass.moments.values() if one.jobid == jobid), None)
    if moment is None or asked.now - moment.at >= JOB_LIFE:
        raise ApiError(INVALID, "invalid jobid")
    if asked.now - moment.at < corp.mass.dispatch_takes:
        return {"status": 2, "type": "add_moment_task"}
    good: Json = {"errcode": 0, "errmsg": "ok", "moment_id": moment.moment_id}
    result = good if moment.members else {"errcode": 40003, "errmsg": "invalid userid"}
    return {"status": 3, "type": "add_moment_task", "result": result | moment.invalid}


def get_moment_list(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/get_moment_list: the company's moments of a span of at most 30 days; create_time is a string."""
    start, end = span_of(asked, longest=_SPAN)
    rows = [
        {
            "moment_id": moment.moment_id,
            "create_time": str(int(moment.at.timestamp())),
            "create_type": 0,
            "visible_type": 1,
            **_shown(moment),
        }
        for moment in corp.mass.moments.values()
        if moment.members and start <= moment.at <= end
    ]
    page, more = page_of(asked, rows, most=20, default=20)
    return {"moment_list": page, "next_cursor": more}


def get_moment_task(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/get_moment_task: who has published."""
    moment = _moment(corp, asked)
    rows = [{"userid": userid, "publish_status": int(userid in moment.published)} for userid in moment.members]
    page, more = page_of(asked, rows, most=1000, default=500)
    return {"task_list": page, "next_cursor": more}


def cancel_moment_task(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/cancel_moment_task: nobody can publish it any more."""
    _moment(corp, asked).cancelled_at = asked.now
    return {}


def _shown(moment: Moment) -> Json:
    """The list shows pictures, film and link under names of their own."""
    named = [(one["msgtype"], one[one["msgtype"]]) for one in moment.wire.get("attachments", [])]
    images = [content for kind, content in named if kind == "image"]
    shown: Json = {"text": moment.wire.get("text", {"content": ""})} | ({"image": images} if images else {})
    return shown | {kind: content for kind, content in named if kind != "image"}


def _moment(corp: Corp, asked: Asked) -> Moment:
    moment = corp.mass.moments.get(text_of(asked.fields, "moment_id", missing=41059))
    if moment is None:
        raise ApiError(41060, "invalid moment_id")
    return moment


def _check_rate(corp: Corp, now: datetime) -> None:
    ages = [now - moment.at for moment in corp.mass.moments.values()]
    if sum(age < timedelta(minutes=1) for age in ages) >= A_MINUTE:
        raise ApiError(45009, "api freq out of limit")
    if sum(age < timedelta(days=30) for age in ages) >= A_MONTH:
        raise ApiError(41210, "too many moment tasks in the month")


def _said(corp: Corp, asked: Asked) -> Said:
    text = text_of(
        object_of({"text": {}} | asked.fields, "text"),
        "content",
        required=False,
        most_bytes=TEXT_BYTES,
        most_chars=TEXT_CHARS,
        wrong=45002,
    )
    attachments = list_of(asked.fields, "attachments", kind=dict, most=IMAGES, wrong=41064)
    if not text and not attachments:
        raise ApiError(41089, "neither text nor attachment")
    kinds = [attachment.get("msgtype") for attachment in attachments]
    if len(kinds) > 1 and set(kinds) != {"image"}:
        raise ApiError(41064, "several images, or one video, or one link")
    said: list[tuple[str, Json]] = [("text", {"content": text})] if text else []
    return [*said, *(_attachment(corp, attachment, asked) for attachment in attachments)]


def _attachment(corp: Corp, attachment: dict[str, Any], asked: Asked) -> tuple[str, Json]:
    kind = attachment.get("msgtype")
    if kind not in ("image", "video", "link"):
        raise ApiError(41065, "invalid attachment type")
    content = object_of(attachment, kind)
    if kind == "link":
        text_of(content, "title", required=False, most_chars=64)
        text_of(content, "url")
    check_media(corp, text_of(content, "media_id"), f"moment-{'video' if kind == 'video' else 'image'}", now=asked.now)
    return kind, content


def _range(corp: Corp, seen: Json) -> tuple[list[str], list[str], Json]:
    """(members, tags, what WeCom does not know of what was named). Without any sender it is for everybody."""
    senders = object_of({"sender_list": {}} | seen, "sender_list")
    named = [userid.lower() for userid in list_of(senders, "user_list", kind=str, most=100_000)]
    departments = list_of(senders, "department_list", kind=int, most=100_000)
    tags = list_of(object_of({"external_contact_list": {}} | seen, "external_contact_list"), "tag_list", kind=str, most=100)
    advisors = [member.userid for member in corp.members.values() if member.is_advisor]
    everybody = corp.department in departments or not (named or departments)
    members = advisors if everybody else [userid for userid in dict.fromkeys(named) if userid in advisors]
    known = {tag.id for group in corp.tag_groups.values() for tag in group.tags}
    invalid_senders = {
        "user_list": [userid for userid in named if userid not in advisors],
        "department_list": [department for department in departments if department != corp.department],
    }
    invalid = {
        "invalid_sender_list": invalid_senders,
        "invalid_external_contact_list": {"tag_list": [tag for tag in tags if tag not in known]},
    }
    return members, [tag for tag in tags if tag in known], invalid
