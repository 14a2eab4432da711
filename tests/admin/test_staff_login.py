"""Staff sign in with WeCom's QR code: through the sandbox, and what must not work."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from admin import sign_in
from admin.guard import COOKIE
from admin.models import AuditEntry
from admin.staff_login import StaffLogin, staff_login_router
from admin.terms import Role
from bot.sandbox.delivery import SandboxTransport
from bot.sandbox.sandbox import Sandbox
from bot.wecom.client import WeComClient
from bot.wecom.login_calls import LoginCalls, login_address
from core.db import Database
from run.sandboxed import SANDBOX_CORP

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
BACK = "http://console.invalid/admin/wecom/back"


def clock() -> datetime:
    return NOW


class Company:
    """A sandbox, and the console's two addresses in front of it, in one browser."""

    def __init__(self, database: Database) -> None:
        self.sandbox = Sandbox(SANDBOX_CORP, deliver=lambda _query, _body: 200, clock=clock)
        http = httpx.Client(transport=SandboxTransport(self.sandbox))
        client = WeComClient("http://sandbox.invalid", SANDBOX_CORP.corp_id, SANDBOX_CORP.secret, http=http, clock=clock)
        self.app = FastAPI()
        login = StaffLogin(
            lambda state: login_address(
                "http://login.invalid/", corp_id=SANDBOX_CORP.corp_id, agent_id=SANDBOX_CORP.agent_id, back=BACK, state=state
            ),
            LoginCalls(client).userid,
        )
        self.app.include_router(staff_login_router(database, clock, login))

    def signs_in(self, userid: str, twist: Callable[[str], str] = lambda back: back) -> httpx.Response:
        """From the button to the console; `twist` changes the address that leads back."""

        async def going() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://console.invalid") as browser:
                leaves = await browser.get("/admin/wecom")
                asked = dict(parse_qsl(urlsplit(leaves.headers["location"]).query))
                return await browser.get(twist(self.sandbox.member_logs_in(userid, asked)))

        return asyncio.run(going())


def account(database: Database) -> None:
    with database.unit_of_work() as session:
        sign_in.new_operator(session, "zhang", Role.ADVISOR, userid="ZhangSan", now=NOW)


def test_a_member_with_an_account_is_let_in(database: Database) -> None:
    account(database)
    answer = Company(database).signs_in("zhangsan")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/")
    token = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(COOKIE)).split("=")[1].split(";")[0]
    with database.reading() as session:
        found = sign_in.who_is(session, token, now=NOW)
    assert found is not None
    assert found[0].name == "zhang"


def test_a_member_without_an_account_and_an_outsider_stay_outside(database: Database) -> None:
    account(database)
    company = Company(database)
    for userid in ("lisi", ""):
        answer = company.signs_in(userid)
        assert answer.status_code == 401
        assert "还没有开通" in answer.text


def test_a_link_from_elsewhere_signs_nobody_in(database: Database) -> None:
    account(database)
    company = Company(database)
    for twist in (
        lambda back: back.replace("state=", "state=x"),
        lambda back: back.partition("&state=")[0],
        lambda back: back.replace("code=", "code=x"),
    ):
        answer = company.signs_in("zhangsan", twist)
        assert answer.status_code == 401
        assert COOKIE not in answer.headers.get("set-cookie", "")


def test_only_the_first_time_that_a_member_comes_in_is_in_the_audit(database: Database) -> None:
    account(database)
    for _ in range(2):
        Company(database).signs_in("zhangsan")
    with database.reading() as session:
        entries = session.scalars(select(AuditEntry)).all()
    assert [(one.operator, one.act, one.after) for one in entries] == [("zhang", "首次登录（企业微信）", {"账号": "zhang", "角色": "顾问"})]
