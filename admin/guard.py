"""The wall around the console: nobody comes in without a session, no other site's page acts for him, every answer carries its headers."""

import re
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.plain_page import way_back
from admin.rights import may
from admin.terms import Right, Who

ROOT = "/admin"
COOKIE = "zhanting_session"
# What may be had without a session: the door itself, and scripts and styles, which hold nothing of ours. Below «_nicegui» also lie
# uploads, downloads of a page and its socket: only the folder that is named for the library's version is open.
DOORS = (f"{ROOT}/sign-in", f"{ROOT}/invitation", f"{ROOT}/wecom", f"{ROOT}/wecom/back")
_LIBRARY = re.compile(rf"{ROOT}/_nicegui/\d[\w.]*/(?:static|libraries|components|resources|dynamic_resources|esm)/")
_SAFE = ("GET", "HEAD")
# What a body may weigh: a form of the door, and the largest upload with what goes around it.
DOOR_BYTES, UPLOAD_BYTES = 16_384, 24 * 2**20
# The library writes this one into its pages and redirects; nobody stands before us who would have to set it.
_UNHEARD = b"x-forwarded-prefix"

# NiceGUI compiles its templates in the browser and writes its page's state into it, hence «unsafe-eval» and «unsafe-inline».
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

FindWho = Callable[[str], Who | None]  # a session's token → who holds it


class Guard:
    """ASGI middleware. `pages` says which right each page below ROOT needs; other addresses below ROOT need a session."""

    def __init__(self, app: ASGIApp, *, find_who: FindWho, pages: Mapping[str, Right]) -> None:
        self._app, self._find_who, self._pages = app, find_who, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through with `state.who`, send to the door, or refuse."""
        path = str(scope.get("path", ""))
        if scope["type"] not in ("http", "websocket") or not (path == ROOT or path.startswith(f"{ROOT}/")):
            await self._app(scope, receive, send)
            return
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() != _UNHEARD]
        headers, is_door, is_library = Headers(scope=scope), path in DOORS, _LIBRARY.match(path) is not None
        if why := _fault(scope, headers, at_most=DOOR_BYTES if is_door else UPLOAD_BYTES):
            await _refuse(scope, receive, send, why)
            return
        if is_door or is_library or path.startswith(f"{ROOT}/static/"):
            # The library's own files say themselves how long they keep; the door's pages carry a token and are never kept.
            await self._app(scope, receive, _with_headers(send, keep=is_library))
            return
        who = await run_in_threadpool(self._find_who, session_token(headers))
        if who is None:
            await _to_the_door(scope, receive, send)
            return
        address = path.removeprefix(ROOT).rstrip("/") or "/"
        right = self._pages.get(address) or self._pages.get(_parent(path))
        if right is not None and not may(who, right):
            first = _first_page(self._pages, who) if address == "/" else ""
            if first:
                await RedirectResponse(f"{ROOT}{first}", 303)(scope, receive, _with_headers(send, keep=False))
                return
            await _refuse(scope, receive, send, "您的角色看不到这个页面，请找管理员")
            return
        scope.setdefault("state", {})["who"] = who
        await self._app(scope, receive, _with_headers(send, keep=False))


def session_token(headers: Mapping[str, str]) -> str:
    """The session's token in these request headers; empty when there is none."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _first_page(pages: Mapping[str, Right], who: Who) -> str:
    """Where he lands who may not see the first page; empty when he may see none."""
    return next((address for address, right in pages.items() if "*" not in address and may(who, right)), "")


def _parent(path: str) -> str:
    """«/admin/customers/abc» is a page of «/customers/*»."""
    return f"/{path.removeprefix(ROOT).lstrip('/').partition('/')[0]}/*"


def _fault(scope: Scope, headers: Headers, *, at_most: int) -> str:
    """Why this request is not heard at all; empty when it is."""
    if scope["type"] == "http" and scope["method"] in _SAFE:
        return ""
    if not _is_from_here(headers):
        return "这个请求不是从本站页面发出的"
    # A body is written to disk before anybody looks at it, so its length must be told beforehand, and be bearable.
    told = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not told.isdecimal() or int(told) > at_most:
        return "发来的内容太大"
    return ""


def _is_from_here(headers: Headers) -> bool:
    """Browsers name the page's origin with everything that changes something; without it the request is not from a page of ours."""
    host = headers.get("host", "")
    return bool(host) and headers.get("origin", "").partition("://")[2] == host


async def _to_the_door(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4401})
        return
    wants_page = scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
    answer = RedirectResponse(f"{ROOT}/sign-in", 303) if wants_page else PlainTextResponse("请先登录", 401)
    await answer(scope, receive, _with_headers(send, keep=False))


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403})
        return
    wants_page = scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
    answer = way_back("不能打开", why, status=403) if wants_page else PlainTextResponse(why, 403)
    await answer(scope, receive, _with_headers(send, keep=False))


def _with_headers(send: Send, *, keep: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            if not keep:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return sending
