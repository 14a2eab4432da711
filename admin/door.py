"""The door: plain pages to sign in, to set a password through a link, and to sign out. No script, no socket before somebody is known."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from admin import sign_in
from admin.guard import COOKIE, ROOT, session_token
from admin.passwords import SHORTEST, fits, hashed
from admin.plain_page import STATIC, plain_page
from admin.terms import Blocked
from core.clock import Clock
from core.db import Database

# What is too long is told by whoever looks at it, in words; a limit here would answer with English JSON.
Text = Annotated[str, Form()]
# The same for a wrong password, an unknown name and a locked account.
_WRONG = (
    f"账号或密码不对。同一账号连续输错 {sign_in.FAILURES} 次，会停用 {sign_in.LOCKED_FOR // timedelta(minutes=1)} 分钟，"
    "其间密码对了也进不来，请过后再试"
)


def door_router(database: Database, clock: Clock, *, beside: str = "") -> APIRouter:
    """`beside` is HTML for another way in below the form (WeCom's), empty when there is none."""
    door = _Door(database, clock, beside)
    router = APIRouter(prefix=ROOT, include_in_schema=False)
    router.add_api_route("/sign-in", door.show_sign_in, methods=["GET"])
    router.add_api_route("/sign-in", door.try_sign_in, methods=["POST"])
    router.add_api_route("/invitation", door.show_invitation, methods=["GET"])
    router.add_api_route("/invitation", door.use_invitation, methods=["POST"])
    router.add_api_route("/sign-out", door.sign_out, methods=["POST"])
    router.add_api_route("/static/{name}", _static, methods=["GET"])
    return router


@dataclass(frozen=True)
class _Door:
    database: Database
    clock: Clock
    beside: str

    def show_sign_in(self) -> Response:
        return _form_page("登录", _SIGN_IN, beside=self.beside)

    def try_sign_in(self, request: Request, name: Text = "", password: Text = "") -> Response:
        try:
            with self.database.reading() as session:
                known = sign_in.known_hash(session, name)
            right = fits(password, known)
            with self.database.unit_of_work() as session:
                token = sign_in.attempted(session, name, right=right, now=self.clock())
                if token is not None:
                    sign_in.end(session, session_token(request.headers))
        except Blocked as blocked:
            return _form_page("登录", _SIGN_IN, wrong=str(blocked), name=name, beside=self.beside)
        if token is None:
            return _form_page("登录", _SIGN_IN, wrong=_WRONG, name=name, beside=self.beside)
        return let_in(request, token)

    def show_invitation(self, token: str = "") -> Response:
        try:
            with self.database.reading() as session:
                _, operator = sign_in.invited(session, token, now=self.clock())
        except Blocked as blocked:
            return _form_page("设置密码", _TO_SIGN_IN, wrong=str(blocked))
        return _form_page("设置密码", _INVITATION, token=token, name=operator.name if operator else "", fixed=operator is not None)

    def use_invitation(self, request: Request, token: Text = "", name: Text = "", password: Text = "", again: Text = "") -> Response:
        try:
            if password != again:
                raise Blocked("两次输入的密码不一样")
            password_hash = hashed(password)
            with self.database.unit_of_work() as session:
                operator = sign_in.accept(session, token, name, password_hash, now=self.clock())
                opened = sign_in.open_session(session, operator, now=self.clock())
        except Blocked as blocked:
            return _form_page("设置密码", _INVITATION, wrong=str(blocked), token=token, name=name)
        return let_in(request, opened)

    def sign_out(self, request: Request) -> Response:
        with self.database.unit_of_work() as session:
            sign_in.end(session, session_token(request.headers))
        answer = RedirectResponse(f"{ROOT}/sign-in", 303)
        answer.delete_cookie(COOKIE, path=ROOT)
        return answer


def _static(name: str) -> Response:
    return FileResponse(STATIC / name) if name in _SERVED else Response(status_code=404)


_SERVED = ("console.css", "door.css", "logo.svg")


def let_in(request: Request, token: str) -> Response:
    """To the console, with the session's cookie: out of reach of scripts, and not sent along from other sites' forms."""
    answer = RedirectResponse(f"{ROOT}/", 303)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(sign_in.LASTS.total_seconds()),
        path=ROOT,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


def told_at_the_door(wrong: str) -> HTMLResponse:
    """The sign-in page with what went wrong elsewhere."""
    return _form_page("登录", _SIGN_IN, wrong=wrong)


def _form_page(
    title: str, form: str, *, wrong: str = "", name: str = "", token: str = "", fixed: bool = False, beside: str = ""
) -> HTMLResponse:
    values = {"name": name, "token": token, "fixed": "readonly" if fixed else "", "least": str(SHORTEST)}
    return plain_page(title, form + beside, wrong=wrong, status=401 if wrong else 200, **values)


_SIGN_IN = """
<form method="post" action="/admin/sign-in">
  <label>账号<input name="name" value="{{name}}" autocomplete="username" autocapitalize="none" required autofocus></label>
  <label>密码<input name="password" type="password" autocomplete="current-password" required></label>
  <button>登录</button>
</form>
"""
_TO_SIGN_IN = '<a class="way" href="/admin/sign-in">已经设过密码？去登录</a>'
_INVITATION = """
<form method="post" action="/admin/invitation">
  <input type="hidden" name="token" value="{{token}}">
  <label>账号<input name="name" value="{{name}}" autocomplete="username" autocapitalize="none" required {{fixed}}></label>
  <label>密码（至少 {{least}} 个字符）
    <input name="password" type="password" autocomplete="new-password" minlength="{{least}}" required></label>
  <label>再输一次<input name="again" type="password" autocomplete="new-password" required></label>
  <button>保存并登录</button>
</form>
"""
