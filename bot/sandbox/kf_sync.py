"""POST kf/sync_msg: the log by pages, three days back, never our own sends (reference §5.3)."""

from bisect import bisect_left
from datetime import datetime, timedelta

from bot.sandbox.corp import Corp, KfAccount
from bot.sandbox.fields import Asked, integer_of, text_of
from bot.sandbox.terms import ApiError, Json

KEPT = timedelta(days=3)
TOKEN_LIFE = timedelta(minutes=10)
# WeCom's own limit for calls without the event's token is «strict», its number is not published; this one is ours.
TOKENLESS_A_MINUTE = 30


def sync_msg(corp: Corp, asked: Asked) -> Json:
    """One page and the cursor behind it. An empty page with has_more=1 is legal, and comes when somebody asked for it."""
    account = corp.account(asked.fields)
    limit = integer_of(asked.fields, "limit", least=0, most=1000, default=1000) or 1000
    integer_of(asked.fields, "voice_format", least=0, most=1, default=0)
    _check_token(account, text_of(asked.fields, "token", required=False, most_bytes=128), asked.now)
    start = _position(corp, text_of(asked.fields, "cursor", required=False, most_bytes=64))
    if account.empty_pages:
        account.empty_pages -= 1
        return _page(corp, [], start, has_more=True)
    start = max(start, bisect_left(account.log, asked.now - KEPT, key=lambda entry: entry.at))
    page = [entry.wire for entry in account.log[start : start + limit]]
    return _page(corp, page, start + len(page), has_more=start + len(page) < len(account.log))


def _check_token(account: KfAccount, token: str, now: datetime) -> None:
    if token:
        issued_at = account.tokens.get(token)
        if issued_at is None or now - issued_at > TOKEN_LIFE:
            raise ApiError(95007, "invalid sync token")
        return
    while account.tokenless and now - account.tokenless[0] >= timedelta(minutes=1):
        account.tokenless.popleft()
    if len(account.tokenless) >= TOKENLESS_A_MINUTE:
        raise ApiError(45009, "api freq out of limit: sync_msg without token")
    account.tokenless.append(now)


def _position(corp: Corp, cursor: str) -> int:
    if not cursor:
        return 0
    life, _, rest = cursor.removeprefix("kfcursor-").partition("-")
    position = rest.partition("-")[0]
    if not cursor.startswith("kfcursor-") or not position.isdigit():
        raise ApiError(50100, "invalid cursor")
    # A cursor from an earlier life of the sandbox points before everything that this one knows.
    return int(position) if life == corp.life else 0


def _page(corp: Corp, messages: list[Json], position: int, *, has_more: bool) -> Json:
    cursor = corp.issue("cursor").rpartition("-")[2]
    return {"next_cursor": f"kfcursor-{corp.life}-{position}-{cursor}", "has_more": int(has_more), "msg_list": messages}
