"""The wall: who comes in where, and what every answer carries."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from admin.guard import COOKIE, DOOR_BYTES, UPLOAD_BYTES, Guard
from admin.menu import PAGES, rights_by_path
from admin.rights import RIGHTS
from admin.terms import Right, Role, Who

PEOPLE = {role.value: Who(1, "who", "who", role, store="s1", userid="u1") for role in Role}


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for the console: says who came in."""
    who = scope.get("state", {}).get("who")
    await PlainTextResponse(f"inside {who.role if who else ''}")(scope, receive, send)


def ask(
    path: str, *, token: str = "", method: str = "GET", headers: Mapping[str, str] | None = None, guard: Guard | None = None
) -> httpx.Response:
    guard = guard or Guard(inside, find_who=PEOPLE.get, pages=rights_by_path())

    async def asking() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url="http://console.invalid") as client:
            cookies = {"Cookie": f"{COOKIE}={token}"} if token else {}
            return await client.request(method, path, headers={**cookies, **(headers or {})})

    return asyncio.run(asking())


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.address)
def test_a_page_opens_for_the_roles_that_may_see_it_and_for_no_other(page: object, role: Role) -> None:
    address, right = page.address, page.right  # type: ignore[attr-defined]
    answer = ask("/admin" + address.replace("{external_id}", "x").replace("{key}", "x"), token=role.value)
    assert answer.status_code == (200 if right in RIGHTS[role] else 303 if address == "/" else 403)


def test_who_may_not_see_the_first_page_lands_on_the_first_page_he_may_see() -> None:
    for path in ("/admin", "/admin/"):
        assert ask(path, token="advisor").headers["location"] == "/admin/conversations"
        assert ask(path, token="store_manager").status_code == 200
    only_audit = Guard(inside, find_who=PEOPLE.get, pages={"/": Right.SEE_HOME, "/audit": Right.SEE_AUDIT})
    assert ask("/admin", token="advisor", guard=only_audit).status_code == 403


@pytest.mark.parametrize("path", ["/admin", "/admin/", "/admin/audit", "/admin/whatever", "/admin/_nicegui_ws/socket.io/"])
def test_without_a_session_everything_leads_to_the_door(path: str) -> None:
    browser = {"accept": "text/html,application/xhtml+xml"}
    assert ask(path, headers=browser).headers["location"] == "/admin/sign-in"
    assert ask(path, token="stolen", headers=browser).headers["location"] == "/admin/sign-in"
    assert ask(path).status_code == 401


def test_the_rest_of_the_app_is_not_the_guards_business() -> None:
    assert ask("/wecom/callback", method="POST").text == "inside "
    assert ask("/administration").text == "inside "


def test_what_changes_something_must_come_from_a_page_of_ours() -> None:
    ours, theirs = {"origin": "http://console.invalid"}, {"origin": "http://evil.invalid"}
    assert ask("/admin/x", method="POST", token="admin", headers=ours).status_code == 200
    assert ask("/admin/x", method="POST", token="admin", headers=theirs).status_code == 403
    assert ask("/admin/x", method="POST", token="admin").status_code == 403
    assert ask("/admin/sign-in", method="POST", headers=theirs).status_code == 403


def test_every_answer_carries_the_headers() -> None:
    for answer in (ask("/admin/sign-in"), ask("/admin/audit", token="admin"), ask("/admin/audit", token="advisor"), ask("/admin/audit")):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_every_right_belongs_to_somebody_besides_the_pages() -> None:
    assert all(any(right in rights for rights in RIGHTS.values()) for right in Right)


@pytest.mark.parametrize(
    "path",
    [
        "/admin/sign-in",
        "/admin/invitation",
        "/admin/wecom",
        "/admin/wecom/back",
        "/admin/static/console.css",
        "/admin/_nicegui/3.18.0/static/nicegui.js",
        "/admin/_nicegui/3.18.0/components/x.js",
    ],
)
def test_only_the_door_and_the_librarys_files_are_open(path: str) -> None:
    assert ask(path).text == "inside "


@pytest.mark.parametrize(
    "path",
    [
        "/admin/_nicegui/client/7a1c/upload/4",
        "/admin/_nicegui/auto/static/token/customers.xlsx",
        "/admin/_nicegui_ws/socket.io/",
        "/admin/_nicegui/3.18.0/other/x",
        "/admin/sign-in/more",
        "/admin/sign-insane",
        "/admin/wecomes",
        "/admin/invitation/",
        "/admin/files/material/x/body",
        "/admin//customers",
        "/admin/%63ustomers",
        "/admin/customers/",
        "/admin/static",
    ],
)
def test_everything_else_needs_a_session_however_it_is_written(path: str) -> None:
    origin = {"origin": "http://console.invalid"}
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        assert ask(path, method=method, headers=origin).status_code == 401


@pytest.mark.parametrize("path", ["/admin//audit", "/admin/%61udit", "/admin/audit/", "/admin/scripts/import/", "/admin//scripts/import"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_another_spelling_of_an_address_asks_for_the_same_right_or_is_no_page(path: str, method: str) -> None:
    console = [page.address for page in PAGES if "{" not in page.address]
    written = httpx.URL(f"http://console.invalid{path}").path.removeprefix("/admin").rstrip("/")
    assert written not in console or ask(path, token="advisor", method=method).status_code == 403


def test_an_origin_is_no_ones_without_a_host() -> None:
    """A request without «Host» must not match the origin «null»."""
    assert ask("/admin/x", method="POST", token="admin", headers={"origin": "null", "host": ""}).status_code == 403
    assert ask("/admin/x", method="OPTIONS", token="admin").status_code == 403


def test_a_body_is_refused_before_it_is_read() -> None:
    ours = {"origin": "http://console.invalid"}
    for path, most in (("/admin/sign-in", DOOR_BYTES), ("/admin/_nicegui/client/x/upload/1", UPLOAD_BYTES)):
        for size, status in ((most, 200), (most + 1, 403)):
            told = {**ours, "content-length": str(size)}
            assert ask(path, method="POST", token="admin", headers=told).status_code == status
    for unclear in ({"transfer-encoding": "chunked"}, {"content-length": "-1"}, {"content-length": "many"}):
        assert ask("/admin/sign-in", method="POST", headers={**ours, **unclear}).status_code == 403


def test_nobody_tells_the_library_what_stands_before_our_addresses() -> None:
    heard: list[str] = []

    async def listening(scope: Scope, receive: Receive, send: Send) -> None:
        heard.extend(name.decode() for name, _ in scope["headers"])
        await inside(scope, receive, send)

    guard = Guard(listening, find_who=PEOPLE.get, pages={})
    for path in ("/admin/sign-in", "/admin/x"):
        assert ask(path, token="admin", headers={"X-Forwarded-Prefix": "//evil.invalid"}, guard=guard).status_code == 200
    assert "cookie" in heard
    assert "x-forwarded-prefix" not in heard
