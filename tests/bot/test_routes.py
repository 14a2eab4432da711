"""The one address that WeCom knows, driven over HTTP without a server."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.queue import State
from bot.routes import callback_router
from bot.wecom.cipher import CallbackCipher
from core.db import Database
from tests.bot.builders import NOW, inbox_rows

CIPHER = CallbackCipher("token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "ww-corp")
STAMP, NONCE = "1795140000", "nonce-1"
LIMIT = 4096
Call = Callable[..., httpx.Response]


class Ring:
    """Counts how often the workers were woken."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def ring() -> Ring:
    return Ring()


@pytest.fixture
def call(sqlite_database: Database, ring: Ring) -> Call:
    """One request to the application, answered before it returns."""
    app = FastAPI()
    app.include_router(callback_router(sqlite_database, CIPHER, lambda: NOW, max_bytes=LIMIT, ring=ring))

    async def ask(method: str, **how: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
            return await client.request(method, "/wecom/callback", **how)

    return lambda method, **how: asyncio.run(ask(method, **how))


def xml(event: str = "kf_msg_or_event", **fields: str) -> str:
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    head = f"<FromUserName>sys</FromUserName><CreateTime>{STAMP}</CreateTime><MsgType>event</MsgType>"
    return f"<xml>{head}<Event>{event}</Event>{inner}</xml>"


NOTICE = xml(OpenKfId="wk-hall", Token="t1")


def sealed(plain: str, *, signature: str = "") -> dict[str, Any]:
    """The request that brings this callback."""
    seal = CIPHER.seal(plain, STAMP, NONCE)
    return {
        "params": {"msg_signature": signature or seal.signature, "timestamp": STAMP, "nonce": NONCE},
        "content": f"<xml><Encrypt>{seal.encrypt}</Encrypt></xml>",
    }


def test_a_callback_is_stored_and_answered(call: Call, sqlite_database: Database, ring: Ring) -> None:
    answer = call("POST", **sealed(NOTICE))
    assert (answer.status_code, answer.text) == (200, "success")
    row = inbox_rows(sqlite_database)[0]
    assert (row.kind, row.lane, row.raw, row.state) == ("kf_notice", "kf:wk-hall", NOTICE, State.WAITING)
    assert (row.received_at, row.priority, ring.count) == (NOW, 1, 1)


def test_a_repeated_callback_is_stored_once_and_answered_again(call: Call, sqlite_database: Database) -> None:
    assert [call("POST", **sealed(NOTICE)).text for _ in range(3)] == ["success"] * 3
    assert len(inbox_rows(sqlite_database)) == 1


def test_an_event_with_a_welcome_code_is_urgent(call: Call, sqlite_database: Database) -> None:
    change = {"ChangeType": "add_external_contact", "UserID": "chen", "ExternalUserID": "wm-li", "WelcomeCode": "c"}
    call("POST", **sealed(xml("change_external_contact", **change)))
    assert [(row.priority, row.lane) for row in inbox_rows(sqlite_database)] == [(0, "contact:wm-li")]


@pytest.mark.parametrize("event", ["brand_new", "subscribe", "change_external_tag"])
def test_an_event_nobody_acts_on_is_kept_and_marked(call: Call, sqlite_database: Database, event: str) -> None:
    assert call("POST", **sealed(xml(event))).text == "success"
    assert [(row.state, row.reason) for row in inbox_rows(sqlite_database)] == [(State.IGNORED, f"未处理的事件：{event}")]


OTHERS = CallbackCipher("token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "ww-somebody-else").seal(NOTICE, STAMP, NONCE)
STRANGER = {
    "params": {"msg_signature": OTHERS.signature, "timestamp": STAMP, "nonce": NONCE},
    "content": f"<xml><Encrypt>{OTHERS.encrypt}</Encrypt></xml>",
}


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (sealed(NOTICE, signature="0" * 40), 403),
        (sealed(NOTICE, signature="签名"), 403),
        (STRANGER, 403),
        (sealed(NOTICE) | {"content": "not xml"}, 400),
        (sealed(NOTICE) | {"content": b""}, 400),
        (sealed(NOTICE) | {"content": b"\xff\xfe\x00"}, 400),
        (sealed("not xml inside"), 400),
        (sealed(NOTICE) | {"content": "x" * (LIMIT + 1)}, 413),
        (sealed(NOTICE) | {"params": {}}, 403),
    ],
)
def test_what_is_not_wecoms_is_refused_and_nothing_is_stored(
    call: Call, sqlite_database: Database, ring: Ring, request_: dict[str, Any], status: int
) -> None:
    assert call("POST", **request_).status_code == status
    assert (inbox_rows(sqlite_database), ring.count) == ([], 0)


def test_a_body_just_within_the_limit_is_read(call: Call) -> None:
    assert call("POST", **(sealed(NOTICE) | {"content": "x" * LIMIT})).status_code == 400, "read, and found to be junk"


def test_verification_answers_the_bare_plaintext(call: Call) -> None:
    seal = CIPHER.seal("1616140317555161061", STAMP, NONCE)
    answer = call("GET", params={"msg_signature": seal.signature, "timestamp": STAMP, "nonce": NONCE, "echostr": seal.encrypt})
    assert (answer.status_code, answer.content) == (200, b"1616140317555161061")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(("echostr", "signature", "status"), [(None, "0" * 40, 403), ("junk", None, 403)])
def test_a_false_verification_is_refused(call: Call, echostr: str | None, signature: str | None, status: int) -> None:
    seal = CIPHER.seal("161", STAMP, NONCE)
    params = {"msg_signature": signature or seal.signature, "timestamp": STAMP, "nonce": NONCE, "echostr": echostr or seal.encrypt}
    assert call("GET", params=params).status_code == status
