"""The kf account's log and its doorbell: every new entry rings `kf_msg_or_event` once, with a fresh sync token."""

from datetime import datetime

from bot.sandbox.corp import Corp, EventCode, KfEntry
from bot.sandbox.terms import CodeFrom, Json, Origin


def record_message(corp: Corp, external_userid: str, msgtype: str, content: Json, *, servicer: str = "", now: datetime) -> str:
    """A customer's or, with `servicer`, a servicer's message joins the log; returns its msgid."""
    entry: Json = {"open_kfid": corp.kf.open_kfid, "external_userid": external_userid, "msgtype": msgtype, msgtype: content}
    if servicer:
        entry |= {"origin": int(Origin.SERVICER), "servicer_userid": servicer}
    else:
        entry |= {"origin": int(Origin.CUSTOMER)}
    return _append(corp, entry, now=now)


def record_event(corp: Corp, event_type: str, details: Json, *, external_userid: str = "", now: datetime) -> str:
    """An event joins the log; its ids are inside `event`, details without a value are left out."""
    event = {"event_type": event_type, "open_kfid": corp.kf.open_kfid, "external_userid": external_userid, **details}
    event = {name: value for name, value in event.items() if value != ""}
    return _append(corp, {"origin": int(Origin.SYSTEM), "msgtype": "event", "event": event}, now=now)


def issue_event_code(corp: Corp, origin: CodeFrom, external_userid: str, *, now: datetime) -> str:
    """A fresh code for `send_msg_on_event`."""
    code = corp.issue("eventcode")
    corp.event_codes[code] = EventCode(origin, external_userid, now)
    return code


def _append(corp: Corp, entry: Json, *, now: datetime) -> str:
    msgid = corp.issue("kfmsg")
    corp.kf.log.append(KfEntry(now, {"msgid": msgid, "send_time": int(now.timestamp()), **entry}))
    token = corp.issue("ENCsync")
    corp.kf.tokens[token] = now
    corp.callbacks.queue(
        [
            ("CreateTime", int(now.timestamp())),
            ("MsgType", "event"),
            ("Event", "kf_msg_or_event"),
            ("Token", token),
            ("OpenKfId", corp.kf.open_kfid),
        ],
        now=now,
    )
    return msgid
