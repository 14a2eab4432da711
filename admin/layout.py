"""The frame around every page: menu at the left, title and operator on top."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from nicegui import ui

from admin.desk import Desk, link
from admin.guard import ROOT
from admin.menu import PAGES, Page
from admin.rights import ROLE_NAMES


@contextmanager
def frame(desk: Desk, page: Page) -> Iterator[None]:
    """The page's own content goes inside the block."""
    ui.add_head_html(f'<link rel="stylesheet" href="{ROOT}/static/console.css">')
    ui.colors(primary="#0a7d55", positive="#0a7d55", negative="#b3372f", warning="#b06a00")
    with ui.header(elevated=False).classes("bar"):
        button = ui.button(icon="menu").props("flat dense round color=grey-8 aria-label=菜单").classes("lt-md")
        ui.label(page.title).classes("title")
        ui.space()
        _me(desk)
    # Quasar itself shows it where there is room. Left open to the library, each page would be asked over its socket whether it does, and
    # a page that is left at once never answers: a time-out in the log for every quick click.
    with ui.left_drawer(value=False, bordered=True).props("width=196 breakpoint=1023 show-if-above").classes("menu") as drawer:
        _menu(desk, page)
    button.on_click(drawer.toggle)
    with ui.column().classes("page"):
        yield


def _menu(desk: Desk, page: Page) -> None:
    with ui.link(target=link("/")).classes("brand"):
        ui.html(f'<img src="{ROOT}/static/logo.svg" width="26" height="26" alt="">', sanitize=False)
        ui.label("展厅")
    open_to_him: Sequence[Page] = [one for one in PAGES if one.group and desk.may(one.right)]
    for group, pages in groupby(open_to_him, key=lambda one: one.group):
        ui.label(group).classes("group")
        for one in pages:
            here = page.address == one.address or page.address.startswith(f"{one.address}/{{")
            with ui.link(target=link(one.address)).classes("entry here" if here else "entry"):
                ui.icon(one.icon)
                ui.label(one.title)


def _me(desk: Desk) -> None:
    with ui.button().props("flat dense no-caps color=grey-8 icon=account_circle").classes("me"):
        ui.label(desk.who.shown_as).classes("gt-xs")
        with ui.menu(), ui.column().classes("q-pa-md gap-s"):
            ui.label(desk.who.shown_as).classes("strong")
            ui.label(ROLE_NAMES[desk.who.role]).classes("soft")
            ui.html(f'<form method="post" action="{ROOT}/sign-out"><button class="plain">退出登录</button></form>', sanitize=False)
