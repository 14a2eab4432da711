"""The event `change_external_contact`: what WeCom tells the app about a pair of advisor and customer (reference §6.1)."""

from datetime import datetime

from bot.sandbox.corp import Corp


def announce_contact(corp: Corp, change: str, userid: str, external_userid: str, *, now: datetime, **more: str) -> None:
    """Queue the callback; elements of `more` without a value are left out, as WeCom does."""
    corp.callbacks.queue(
        [
            ("FromUserName", "sys"),
            ("CreateTime", int(now.timestamp())),
            ("MsgType", "event"),
            ("Event", "change_external_contact"),
            ("ChangeType", change),
            ("UserID", userid),
            ("ExternalUserID", external_userid),
            *((name, value) for name, value in more.items() if value),
        ],
        now=now,
    )
