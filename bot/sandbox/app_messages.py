"""POST message/send: what the app says to members, and what WeCom drops without a word (reference §3.1)."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.sandbox.cards import INTERACTIVE, check_card
from bot.sandbox.corp import AppMessage, Corp, ResponseCode
from bot.sandbox.fields import Asked, integer_of, list_of, object_of, text_of
from bot.sandbox.media import check_media
from bot.sandbox.terms import ApiError, Json

A_MINUTE = 30
AN_HOUR = 1000
BYTES = 2048


def check_agent(corp: Corp, asked: Asked) -> None:
    """40056 unless `agentid` is the integer id of our app."""
    agent = asked.fields.get("agentid")
    if not isinstance(agent, int) or isinstance(agent, bool) or agent != corp.secrets.agent_id:
        raise ApiError(40056, "invalid agentid")


def send(corp: Corp, asked: Asked) -> Json:
    """One message to members. Unknown receivers are named in the answer; 81013 when nobody is left."""
    check_agent(corp, asked)
    msgtype = text_of(asked.fields, "msgtype")
    if msgtype not in _CHECKS:
        raise ApiError(40008, "invalid message type")
    content = object_of(asked.fields, msgtype)
    receivers, invalid = _receivers(corp, asked)
    _CHECKS[msgtype](corp, content, asked)
    if earlier := _duplicate(corp, asked):
        return earlier
    answer = invalid | {"unlicenseduser": "", "msgid": corp.issue("appmsg")}
    if msgtype == "template_card":
        answer |= _claim_card(corp, content, asked)
    for userid in receivers:
        dropped = _dropped(corp, userid, asked)
        corp.app_messages.append(AppMessage(answer["msgid"], userid, asked.now, msgtype, dict(content), dropped))
    corp.app_answers.append((asked.now, _identity(asked), answer))
    return answer


def issue_response_code(corp: Corp, task_id: str, asked_at: datetime) -> str:
    """A code with which the card may be changed once."""
    code = corp.issue("responsecode")
    corp.response_codes[code] = ResponseCode(task_id, asked_at)
    return code


def _receivers(corp: Corp, asked: Asked) -> tuple[list[str], Json]:
    touser = text_of(asked.fields, "touser", required=False)
    parties = [party for party in text_of(asked.fields, "toparty", required=False).split("|") if party]
    labels = text_of(asked.fields, "totag", required=False)
    if not (touser or parties or labels):
        raise ApiError(82001, "no receiver at all")
    if touser == "@all":
        return list(corp.members), {"invaliduser": "", "invalidparty": "", "invalidtag": ""}
    named = list(dict.fromkeys(userid.lower() for userid in touser.split("|") if userid))
    if len(named) > 1000:
        raise ApiError(40032, "more than 1000 receivers")
    everyone = str(corp.department) in parties
    receivers = [userid for userid in corp.members if everyone or userid in named]
    if not receivers:
        raise ApiError(81013, "all receivers are invalid or without permission")
    strangers = [userid for userid in named if userid not in corp.members]
    wrong_parties = [party for party in parties if party != str(corp.department)]
    return receivers, {"invaliduser": "|".join(strangers), "invalidparty": "|".join(wrong_parties), "invalidtag": labels.lower()}


def _identity(asked: Asked) -> str:
    said = {
        name: value for name, value in asked.fields.items() if not name.endswith("duplicate_check") and name != "duplicate_check_interval"
    }
    return json.dumps(said, sort_keys=True)


def _duplicate(corp: Corp, asked: Asked) -> Json | None:
    """The answer of an identical message within the interval, when the caller wants it suppressed."""
    interval = integer_of(asked.fields, "duplicate_check_interval", least=0, most=14400, default=1800)
    if not integer_of(asked.fields, "enable_duplicate_check", least=0, most=1, default=0):
        return None
    since = asked.now - timedelta(seconds=interval)
    identity = _identity(asked)
    return next((answer for at, said, answer in reversed(corp.app_answers) if at > since and said == identity), None)


def _dropped(corp: Corp, userid: str, asked: Asked) -> str:
    """Why the member never sees it: beyond 30 a minute or 1000 an hour messages vanish, the errcode stays 0."""
    shown = [message.at for message in corp.app_messages if message.userid == userid and not message.dropped]
    for most, window in ((A_MINUTE, timedelta(minutes=1)), (AN_HOUR, timedelta(hours=1))):
        if sum(at > asked.now - window for at in shown) >= most:
            return f"more than {most} in {window}"
    return ""


def _claim_card(corp: Corp, card: Json, asked: Asked) -> Json:
    task_id = card.get("task_id")
    if not task_id:
        return {}
    if task_id in corp.task_ids:
        raise ApiError(42014, "template_card.task_id was used before")
    corp.task_ids.add(task_id)
    return {"response_code": issue_response_code(corp, task_id, asked.now)} if card["card_type"] in INTERACTIVE else {}


def _text(_corp: Corp, content: Json, _asked: Asked) -> None:
    text_of(content, "content", most_bytes=BYTES, missing=44004, wrong=45002)


def _textcard(_corp: Corp, content: Json, _asked: Asked) -> None:
    text_of(content, "title", most_chars=128)
    text_of(content, "description", most_chars=512)
    text_of(content, "url", most_bytes=BYTES)
    text_of(content, "btntxt", required=False, most_chars=4)


def _news(_corp: Corp, content: Json, _asked: Asked) -> None:
    articles = list_of(content, "articles", kind=dict, most=8, wrong=45008)
    if not articles:
        raise ApiError(44004, "news.articles is empty")
    for article in articles:
        text_of(article, "title", most_bytes=128)
        text_of(article, "description", required=False, most_bytes=512)


def _card(_corp: Corp, content: Json, _asked: Asked) -> None:
    check_card(content)


def _of_kind(kind: str) -> Callable[[Corp, Json, Asked], None]:
    def check(corp: Corp, content: Json, asked: Asked) -> None:
        check_media(corp, text_of(content, "media_id", missing=40007), kind, now=asked.now)

    return check


_CHECKS: dict[str, Callable[[Corp, Json, Asked], None]] = {
    "text": _text,
    "markdown": _text,
    "textcard": _textcard,
    "news": _news,
    "template_card": _card,
    **{kind: _of_kind(kind) for kind in ("image", "voice", "video", "file")},
}
