"""Mounts the console on the web app: the door, the guard, and the pages. Knows NiceGUI's set-up; what is shown is in pages/."""

import logging

from fastapi import FastAPI, Request, Response
from nicegui import app as pages_app
from nicegui import ui

from admin import sign_in
from admin.desk import Desk
from admin.door import door_router
from admin.files import files_router
from admin.guard import ROOT, Guard, session_token
from admin.layout import frame
from admin.menu import PAGES, Page, rights_by_path
from admin.office import Office
from admin.plain_page import STATIC, way_back
from admin.rights import must
from admin.staff_login import WAY_IN, StaffLogin, staff_login_router
from admin.terms import Blocked, Who


def mount_console(app: FastAPI, office: Office, login: StaffLogin | None) -> None:
    """Once a process: NiceGUI keeps its pages in one place. The guard stands before everything below ROOT."""
    app.include_router(door_router(office.database, office.clock, beside=WAY_IN if login else ""))
    if login:
        app.include_router(staff_login_router(office.database, office.clock, login))
    app.include_router(files_router(office))
    for page in PAGES:
        _add(office, page)
    ui.run_with(
        app, mount_path=ROOT, title="展厅", favicon=STATIC / "logo.svg", language="zh-CN", tailwind=False, show_welcome_message=False
    )
    pages_app.add_exception_handler(404, _not_found)
    logging.getLogger("nicegui").addFilter(is_a_fault)
    app.add_middleware(Guard, find_who=lambda token: _find_who(office, token), pages=rights_by_path())


def _not_found(_request: Request, _error: Exception) -> Response:
    return way_back("没有这个页面", "没有这个页面，地址可能写错了", status=404)


def is_a_fault(record: logging.LogRecord) -> bool:
    """Whether a line of the library is worth logging: what a page may not look up any more is no fault of ours."""
    error = record.exc_info[1] if record.exc_info else record.msg
    return not isinstance(error, Blocked)


def _add(office: Office, page: Page) -> None:
    # A page over 100,000 rows answers within a second; the limit is for a machine that is busy with something else.
    @ui.page(page.address, title=f"{page.title} · 展厅", response_timeout=30)
    async def show(request: Request) -> None:
        desk = Desk(
            office=office,
            who=request.state.who,
            token=session_token(request.headers),
            address=request.url.path.removeprefix(ROOT) or "/",
            path={name: str(value) for name, value in request.path_params.items()},
            query=dict(request.query_params),
            web=(office.settings.public_url or str(request.base_url)).rstrip("/"),
        )
        # The guard has asked already, by the address; a page that it knows by another one is refused here.
        must(desk.who, page.right)
        with frame(desk, page):
            await page.show(desk)


def _find_who(office: Office, token: str) -> Who | None:
    with office.database.reading() as session:
        found = sign_in.who_is(session, token, now=office.clock())
    if found is None:
        return None
    who, is_news = found
    if is_news:
        with office.database.unit_of_work(durable=False) as session:
            sign_in.note_seen(session, token, now=office.clock())
    return who
