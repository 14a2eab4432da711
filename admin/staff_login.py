"""The second way in: a member scans WeCom's QR code. Off until it is configured; it opens an account, it never makes one."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from admin import sign_in, store
from admin.door import let_in, told_at_the_door
from admin.guard import ROOT
from core.clock import Clock
from core.db import Database
from core.errors import Misconfigured, Refused, Unavailable

_STATE = "zhanting_state"
_STATE_SECONDS = 600
WAY_IN = f'<a class="way" href="{ROOT}/wecom">用企业微信登录</a>'


@dataclass(frozen=True)
class StaffLogin:
    """`address(state)` is WeCom's page with the QR code; `userid(code)` asks WeCom who scanned, empty for an outsider."""

    address: Callable[[str], str]
    userid: Callable[[str], str]


def staff_login_router(database: Database, clock: Clock, login: StaffLogin) -> APIRouter:
    """Two addresses: to WeCom, and back."""
    router = APIRouter(prefix=f"{ROOT}/wecom", include_in_schema=False)

    @router.get("")
    def to_wecom() -> Response:
        # Whoever comes back must bring the state that this browser was given: a link from elsewhere signs nobody in.
        state = secrets.token_hex(16)
        answer = RedirectResponse(login.address(state), 303)
        answer.set_cookie(_STATE, state, max_age=_STATE_SECONDS, path=f"{ROOT}/wecom", httponly=True, samesite="lax")
        return answer

    @router.get("/back")
    def back(request: Request, code: str = "", state: str = "") -> Response:
        given = request.cookies.get(_STATE, "")
        if not code or not given or not secrets.compare_digest(given.encode(), state.encode()):
            return told_at_the_door("登录没有完成，请再扫一次")
        try:
            userid = login.userid(code)
        except (Refused, Unavailable, Misconfigured):
            return told_at_the_door("企业微信没有确认这次登录，请再扫一次")
        return _opened(request, database, clock, userid)

    return router


def _opened(request: Request, database: Database, clock: Clock, userid: str) -> Response:
    with database.unit_of_work() as session:
        operator = store.operator_by_userid(session, userid)
        if operator is not None and operator.signed_in_at is None:
            sign_in.note_account(session, operator, "首次登录（企业微信）", now=clock())
        token = sign_in.open_session(session, operator, now=clock()) if operator else ""
    if not token:
        return told_at_the_door("您的企业微信账号还没有开通后台，请找管理员")
    answer: Response = let_in(request, token)
    answer.delete_cookie(_STATE, path=f"{ROOT}/wecom")
    return answer
