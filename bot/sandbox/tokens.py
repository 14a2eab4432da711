"""Access tokens: issued for the right secret, good for two hours, or less when WeCom feels like it (reference §2.1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.sandbox.corp import Corp
from bot.sandbox.terms import ApiError, Json

LIFE = timedelta(seconds=7200)


def gettoken(corp: Corp, query: Mapping[str, str], *, now: datetime) -> Json:
    """GET gettoken. Before expiry the same token comes again."""
    if query.get("corpid") != corp.secrets.corp_id:
        raise ApiError(40013, "invalid corpid")
    if query.get("corpsecret") != corp.secrets.secret:
        raise ApiError(40001, "invalid credential")
    for token, issued_at in corp.access_tokens.items():
        if now < issued_at + LIFE:
            return {"access_token": token, "expires_in": int((issued_at + LIFE - now).total_seconds())}
    token = corp.issue("accesstoken").ljust(64, "0")
    corp.access_tokens[token] = now
    return {"access_token": token, "expires_in": int(LIFE.total_seconds())}


def check_token(corp: Corp, query: Mapping[str, str], *, now: datetime) -> None:
    """41001 without a token, 40014 for a foreign or withdrawn one, 42001 for an old one."""
    token = query.get("access_token")
    if not token:
        raise ApiError(41001, "access_token missing")
    issued_at = corp.access_tokens.get(token)
    if issued_at is None:
        raise ApiError(40014, "invalid access_token")
    if now >= issued_at + LIFE:
        raise ApiError(42001, "access_token expired")


def invalidate_tokens(corp: Corp) -> None:
    """Withdraw every token before its time: the next call with one gets 40014."""
    corp.access_tokens.clear()
