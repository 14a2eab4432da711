"""The live shell: the API and the page over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.sandbox.shell import PAGE, create_sandbox_app
from bot.sandbox.terms import Timeout
from tests.bot.sandbox.world import LI, SECRETS, World

TOKEN_QUERY = {"corpid": SECRETS.corp_id, "corpsecret": SECRETS.secret}


def request(app: FastAPI, method: str, url: str, **options: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            return await client.request(method, url, **options)

    return asyncio.run(ask())


@pytest.fixture
def app(chat: World) -> FastAPI:
    return create_sandbox_app(chat.sandbox, understood=None, hang_seconds=0)


def test_the_api_answers_over_http(chat: World, app: FastAPI) -> None:
    token = request(app, "GET", "/cgi-bin/gettoken", params=TOKEN_QUERY).json()["access_token"]
    sent = request(app, "POST", "/cgi-bin/kf/send_msg", params={"access_token": token}, json=chat.text("18.98 万起"))
    assert (sent.status_code, sent.json()["errcode"]) == (200, 0)
    assert chat.sandbox.said_by_bot(LI) == ["18.98 万起"]


def test_a_call_that_is_to_time_out_gets_no_good_answer(chat: World, app: FastAPI) -> None:
    chat.sandbox.fail("gettoken", Timeout.LOST)
    assert request(app, "GET", "/cgi-bin/gettoken", params=TOKEN_QUERY).status_code == 504


def test_media_come_back_as_files(chat: World, app: FastAPI) -> None:
    token = chat.token()
    files = {"media": ("a.txt", b"hello world", "text/plain")}
    uploaded = request(app, "POST", "/cgi-bin/media/upload", params={"access_token": token, "type": "file"}, files=files).json()
    fetched = request(app, "GET", "/cgi-bin/media/get", params={"access_token": token, "media_id": uploaded["media_id"]})
    assert (fetched.content, fetched.headers["content-type"]) == (b"hello world", "text/plain; charset=utf-8")


def test_the_page_and_all_that_it_names_are_served(app: FastAPI) -> None:
    page = request(app, "GET", "/")
    assert page.status_code == 200
    for file in PAGE.iterdir():
        assert request(app, "GET", f"/page/{file.name}").status_code == 200


def test_the_page_needs_nothing_from_elsewhere() -> None:
    for file in PAGE.iterdir():
        assert "http://" not in file.read_text("utf-8")
        assert "https://" not in file.read_text("utf-8")


def test_callbacks_are_delivered_while_the_application_lives(chat: World, app: FastAPI) -> None:
    async def live() -> None:
        async with app.router.lifespan_context(app):
            while not chat.heard:
                await asyncio.sleep(0.01)

    asyncio.run(live())
    assert len(chat.heard) == 1
