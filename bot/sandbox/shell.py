"""The live shell: the API at /cgi-bin/…, the page with the phones at /, and a thread that delivers callbacks at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from html import escape
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from bot.sandbox.delivery import Pump
from bot.sandbox.phone_routes import Understood, phone_router
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.terms import CannotDo, NoAnswer

PAGE = Path(__file__).with_name("page")

# How long a call that is to time out is kept waiting; longer than any client of ours waits.
HANG_SECONDS = 30.0


def create_sandbox_app(sandbox: Sandbox, *, understood: Understood | None, hang_seconds: float = HANG_SECONDS) -> FastAPI:
    """The whole sandbox as a web application.

    `understood(external_userid)` gives, for each message of a customer that the assistant has read: {msgid, intents: [{name, zh, score}],
    focus_points: [{point, zh, polarity, span}], slots: {name: value}, signals: [{name, span}], not_sure, decision, reason, script}, the
    decision in Chinese; the last one may carry the customer's `level`. None: the page says that nobody tells it.
    """
    app = FastAPI(title="企业微信沙盒", lifespan=_pumping(sandbox), docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route("/cgi-bin/{path:path}", _api(sandbox, hang_seconds), methods=["GET", "POST"])
    app.include_router(phone_router(sandbox, understood), prefix="/phones")
    app.add_api_route("/", _page, methods=["GET"])
    app.add_api_route("/wwlogin/sso/login", _login(sandbox), methods=["GET"])
    app.add_api_route("/wwlogin/sso/confirm", _confirm(sandbox), methods=["GET"])
    app.mount("/page", StaticFiles(directory=PAGE))
    return app


def _pumping(sandbox: Sandbox) -> Any:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        pump = Pump(sandbox)
        pump.start()
        yield
        await run_in_threadpool(pump.stop)

    return lifespan


def _page() -> FileResponse:
    return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})


def _login(sandbox: Sandbox) -> Callable[[Request], Response]:
    def login(request: Request) -> Response:
        try:
            return HTMLResponse(sandbox.login_page(request.query_params))
        except CannotDo as why:
            return HTMLResponse(escape(str(why)), 400)

    return login


def _confirm(sandbox: Sandbox) -> Callable[[Request], Response]:
    def confirm(request: Request) -> Response:
        query = dict(request.query_params)
        try:
            return RedirectResponse(sandbox.member_logs_in(query.pop("member", ""), query), 303)
        except CannotDo as why:
            return HTMLResponse(escape(str(why)), 400)

    return confirm


def _api(sandbox: Sandbox, hang_seconds: float) -> Callable[[Request], Any]:
    async def api(request: Request) -> Response:
        query, kind, body = dict(request.query_params), request.headers.get("Content-Type", ""), await request.body()
        try:
            answer = await run_in_threadpool(sandbox.call, request.method, request.url.path, query, body, kind)
        except NoAnswer:
            await asyncio.sleep(hang_seconds)
            return Response(status_code=504)
        return Response(answer.body, answer.status, dict(answer.headers), answer.content_type)

    return api
