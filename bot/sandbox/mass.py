"""Mass messages: tasks are created, followed, reminded of and cancelled; members send them on their phones (reference §7)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sandbox.contacts import ATTACHMENTS, checked_attachment
from bot.sandbox.corp import Corp
from bot.sandbox.fields import INVALID, MISSING, Asked, integer_of, list_of, object_of, text_of
from bot.sandbox.mass_terms import MassTask, Said, SendStatus, Target
from bot.sandbox.terms import ApiError, Json

SINGLE = "single"
GROUP = "group"
CUSTOMERS = 10_000
CHATS = 2_000
TEXT_BYTES = 4_000
REMINDERS_A_DAY = 3
_SPAN = timedelta(days=31)


def add_msg_template(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/add_msg_template: a task; 41048 when nobody can be sent to."""
    chat_type = text_of(asked.fields, "chat_type", required=False) or SINGLE
    if chat_type not in (SINGLE, GROUP):
        raise ApiError(INVALID, "chat_type must be single or group")
    sender = _sender(corp, asked, required=chat_type == GROUP)
    said = checked_words(corp, asked, text_bytes=TEXT_BYTES)
    targets, failed = (_groups if chat_type == GROUP else _customers)(corp, asked, sender)
    if not targets:
        raise ApiError(41048, "no customer to send to")
    wire = {name: asked.fields[name] for name in ("text", "attachments") if asked.fields.get(name)}
    task = MassTask(corp.issue("msg"), chat_type, asked.now, wire, said, targets, allow_select=bool(asked.fields.get("allow_select")))
    corp.mass.tasks[task.msgid] = task
    return {"fail_list": failed, "msgid": task.msgid}


def get_groupmsg_list_v2(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/get_groupmsg_list_v2: the company's tasks of a span of at most a month. Only a member's own have a creator."""
    chat_type = text_of(asked.fields, "chat_type")
    start, end = span_of(asked, longest=_SPAN)
    integer_of(asked.fields, "filter_type", least=0, most=2, default=2)
    creator = text_of(asked.fields, "creator", required=False)
    listed = [
        {"msgid": task.msgid, "create_time": int(task.at.timestamp()), "create_type": 0, **task.wire}
        for task in corp.mass.tasks.values()
        if task.chat_type == chat_type and start <= task.at <= end and not creator
    ]
    page, more = page_of(asked, listed, most=100, default=50)
    return {"group_msg_list": page, "next_cursor": more}


def get_groupmsg_task(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/get_groupmsg_task: which members have sent; 41063 while the task is being dispatched."""
    task = _task(corp, asked, dispatched=True)
    rows = [{"userid": userid, **_sent(task.sent_by.get(userid), 2)} for userid in task.members]
    page, more = page_of(asked, rows, most=1000, default=500)
    return {"task_list": page, "next_cursor": more}


def get_groupmsg_send_result(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/get_groupmsg_send_result: what became of each customer of one member; of groups only those sent."""
    task = _task(corp, asked, dispatched=True)
    userid = text_of(asked.fields, "userid").lower()
    if userid not in task.members:
        raise ApiError(40003, "userid is not of this task")
    name = "chat_id" if task.chat_type == GROUP else "external_userid"
    rows = [
        {name: target.subject, "userid": userid, **_sent(target.sent_at, int(target.status)), "status": int(target.status)}
        for target in task.targets
        if target.userid == userid and (task.chat_type == SINGLE or target.status is SendStatus.SENT)
    ]
    page, more = page_of(asked, rows, most=1000, default=500)
    return {"send_list": page, "next_cursor": more}


def remind_groupmsg_send(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/remind_groupmsg_send: at most three times in 24 hours (41094)."""
    task = _task(corp, asked)
    if sum(asked.now - at < timedelta(hours=24) for at in task.reminded) >= REMINDERS_A_DAY:
        raise ApiError(41094, "reminded too often")
    task.reminded.append(asked.now)
    return {}


def cancel_groupmsg_send(corp: Corp, asked: Asked) -> Json:
    """POST externalcontact/cancel_groupmsg_send: what is sent stays sent."""
    _task(corp, asked).cancelled_at = asked.now
    return {}


def groups_owned_by(corp: Corp, userid: str) -> list[str]:
    """chat_ids of the groups that this member owns now; dismissed ones are gone."""
    return [group.chat_id for group in corp.groups.alive() if group.owner == userid]


def checked_words(corp: Corp, asked: Asked, *, text_bytes: int) -> Said:
    """Text and attachments of a mass message as the customer will read them; 40063 when there is neither."""
    text = text_of(object_of({"text": {}} | asked.fields, "text"), "content", required=False, most_bytes=text_bytes, wrong=45002)
    attachments = list_of(asked.fields, "attachments", kind=dict, most=ATTACHMENTS, wrong=41064)
    if not text and not attachments:
        raise ApiError(MISSING, "neither text nor attachments")
    said: list[tuple[str, Json]] = [("text", {"content": text})] if text else []
    return [*said, *(checked_attachment(corp, attachment, asked) for attachment in attachments)]


def span_of(asked: Asked, *, longest: timedelta) -> tuple[datetime, datetime]:
    """start_time and end_time, both required; 40058 when the span is too long or the wrong way round."""
    start, end = (integer_of(asked.fields, name, least=0, most=2**40) for name in ("start_time", "end_time"))
    if not 0 <= end - start <= longest.total_seconds():
        raise ApiError(INVALID, "start_time and end_time span too long")
    return datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)


def page_of(asked: Asked, rows: Sequence[Any], *, most: int, default: int) -> tuple[list[Any], str]:
    """One page of rows and the next cursor, empty at the end; 50100 for a cursor that is none."""
    limit = integer_of(asked.fields, "limit", least=1, most=most, default=default)
    cursor = text_of(asked.fields, "cursor", required=False) or "0"
    if not cursor.isdigit():
        raise ApiError(50100, "invalid cursor")
    end = int(cursor) + limit
    return list(rows[int(cursor) : end]), str(end) if end < len(rows) else ""


def _task(corp: Corp, asked: Asked, *, dispatched: bool = False) -> MassTask:
    task = corp.mass.tasks.get(text_of(asked.fields, "msgid", missing=41046))
    if task is None:
        raise ApiError(41047, "invalid msgid")
    if dispatched and asked.now - task.at < corp.mass.dispatch_takes:
        raise ApiError(41063, "the task is being dispatched")
    if not dispatched and task.cancelled_at is not None:
        raise ApiError(41093, "the task is cancelled")
    return task


def _sender(corp: Corp, asked: Asked, *, required: bool) -> str:
    sender = text_of(asked.fields, "sender", required=required).lower()
    if sender and sender not in corp.members:
        raise ApiError(60111, "userid not found")
    if sender and not corp.members[sender].is_advisor:
        raise ApiError(84074, "no external-contact permission")
    return sender


def _groups(corp: Corp, asked: Asked, sender: str) -> tuple[list[Target], list[str]]:
    named = list_of(asked.fields, "chat_id_list", kind=str, most=CHATS)
    owned = groups_owned_by(corp, sender)
    good = [chat_id for chat_id in dict.fromkeys(named or owned) if chat_id in owned]
    return [Target(chat_id, sender) for chat_id in good], [chat_id for chat_id in named if chat_id not in good]


def _customers(corp: Corp, asked: Asked, sender: str) -> tuple[list[Target], list[str]]:
    named = list_of(asked.fields, "external_userid", kind=str, most=CUSTOMERS)
    wanted = _tags_wanted(asked)
    if not (named or wanted or sender):
        raise ApiError(MISSING, "sender, external_userid and tag_filter are all empty")
    by_customer: dict[str, tuple[datetime, str]] = {}
    for follow in corp.follows.values():
        fits = named or all(not entry.isdisjoint(follow.tags) for entry in wanted)
        if fits and sender in ("", follow.userid):
            known = by_customer.get(follow.external_userid)
            if known is None or known[0] <= follow.created_at:
                by_customer[follow.external_userid] = (follow.created_at, follow.userid)
    ids = list(dict.fromkeys(named)) or list(by_customer)
    targets = [Target(one, by_customer[one][1]) for one in ids if one in by_customer]
    return targets, [one for one in ids if one not in by_customer]


def _tags_wanted(asked: Asked) -> list[set[str]]:
    entries = list_of(asked.fields.get("tag_filter") or {}, "group_list", kind=dict, most=1000)
    return [set(list_of(entry, "tag_list", kind=str, most=100)) for entry in entries]


def _sent(at: datetime | None, status: int) -> Json:
    return {"status": status, "send_time": int(at.timestamp())} if at else {"status": 0}
