"""The door's pages, over HTTP: what is shown, and the cookie that is given."""

import asyncio
import re
from datetime import datetime

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from admin import sign_in
from admin.door import door_router
from admin.guard import COOKIE
from admin.models import Operator
from admin.passwords import hashed
from admin.terms import Role
from core.db import Database

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")


def ask(database: Database, method: str, path: str, *, scheme: str = "http", cookie: str = "", **form: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(door_router(database, lambda: NOW))

    async def asking() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"{scheme}://console.invalid") as client:
            headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
            return await client.request(method, f"/admin{path}", data=form or None, headers=headers)

    return asyncio.run(asking())


def account(database: Database) -> None:
    with database.unit_of_work() as session:
        sign_in.new_operator(session, "lina", Role.OPERATOR, now=NOW).password_hash = hashed("correct horse")


def test_the_right_password_gives_a_cookie_that_no_script_can_read(database: Database) -> None:
    account(database)
    answer = ask(database, "POST", "/sign-in", name="lina", password="correct horse")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/admin"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    assert "Secure" in ask(database, "POST", "/sign-in", scheme="https", name="lina", password="correct horse").headers["set-cookie"]


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(database: Database) -> None:
    account(database)
    wrong = ask(database, "POST", "/sign-in", name="lina", password="guess")
    unknown = ask(database, "POST", "/sign-in", name="nobody", password="guess")
    assert wrong.status_code == unknown.status_code == 401
    assert "账号或密码不对" in wrong.text
    assert wrong.text.replace("lina", "") == unknown.text.replace("nobody", "")
    assert "set-cookie" not in wrong.headers


def test_a_locked_account_is_answered_like_a_name_that_nobody_has(database: Database) -> None:
    account(database)
    for _ in range(sign_in.FAILURES):
        ask(database, "POST", "/sign-in", name="lina", password="guess")
    locked = ask(database, "POST", "/sign-in", name="lina", password="correct horse")
    unknown = ask(database, "POST", "/sign-in", name="nobody", password="correct horse")
    assert (locked.status_code, locked.text.replace("lina", "")) == (unknown.status_code, unknown.text.replace("nobody", ""))
    assert "15 分钟" in unknown.text, "who is locked out reads why the right password does not help"


def test_what_was_typed_comes_back_harmless(database: Database) -> None:
    answer = ask(database, "POST", "/sign-in", name='"><script>alert(1)</script>', password="x")
    assert "<script>" not in answer.text


def test_the_first_administrator_comes_in_by_the_link(database: Database) -> None:
    with database.unit_of_work() as session:
        token = sign_in.first_invitation(session, now=NOW) or ""
    page = ask(database, "GET", f"/invitation?token={token}")
    assert re.search(r'name="token" value="([^"]+)"', page.text)[1] == token  # type: ignore[index]
    unequal = ask(database, "POST", "/invitation", token=token, name="boss", password="correct horse", again="another")
    assert "两次输入的密码不一样" in unequal.text
    short = ask(database, "POST", "/invitation", token=token, name="boss", password="short", again="short")
    assert (short.status_code, "密码要 10 到 200 个字符" in short.text) == (401, True)
    long = ask(database, "POST", "/invitation", token=token, name="boss", password="x" * 500, again="x" * 500)
    assert "密码要 10 到 200 个字符" in long.text
    assert (
        ask(database, "POST", "/invitation", token=token, name="boss", password="correct horse", again="correct horse").status_code == 303
    )
    used = ask(database, "GET", f"/invitation?token={token}").text
    assert "用过或过期" in used
    assert 'href="/admin/sign-in"' in used


def test_only_the_doors_own_files_are_served(database: Database) -> None:
    assert ask(database, "GET", "/static/door.css").status_code == 200
    assert ask(database, "GET", "/static/door.html").status_code == 404
    assert ask(database, "GET", "/static/..%2Fdoor.py").status_code == 404


def test_signing_in_anew_ends_the_session_that_the_browser_had(database: Database) -> None:
    account(database)
    with database.unit_of_work() as session:
        before = sign_in.open_session(session, session.scalars(select(Operator)).one(), now=NOW)
    ask(database, "POST", "/sign-in", cookie=before, name="lina", password="wrong")
    with database.reading() as session:
        assert sign_in.who_is(session, before, now=NOW) is not None
    ask(database, "POST", "/sign-in", cookie=before, name="lina", password="correct horse")
    with database.reading() as session:
        assert sign_in.who_is(session, before, now=NOW) is None


def test_a_planted_cookie_is_not_taken_up(database: Database) -> None:
    account(database)
    answer = ask(database, "POST", "/sign-in", cookie="planted", name="lina", password="correct horse")
    assert answer.cookies[COOKIE] != "planted"
    with database.reading() as session:
        assert sign_in.who_is(session, "planted", now=NOW) is None
