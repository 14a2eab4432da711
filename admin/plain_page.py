"""Plain pages without script or socket: the door's forms, and what is said to somebody who may not or cannot go on."""

from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse

STATIC = Path(__file__).resolve().parent / "static"
_PAGE = (STATIC / "door.html").read_text("utf-8")


def plain_page(title: str, body: str, *, wrong: str = "", status: int = 200, **values: str) -> HTMLResponse:
    """`body` is HTML of ours with {{names}} that `values` fill, escaped here; `wrong` is told above it."""
    page = _filled(_PAGE, {"title": title, "wrong": f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else "", "body": body})
    return HTMLResponse(_filled(page, {name: escape(value) for name, value in values.items()}), status)


def way_back(title: str, wrong: str, *, status: int) -> HTMLResponse:
    """What went wrong, and the way back to the console."""
    return plain_page(title, '<a class="way" href="/admin/">回到后台</a>', wrong=wrong, status=status)


def _filled(page: str, values: dict[str, str]) -> str:
    for key, value in values.items():
        page = page.replace("{{" + key + "}}", value)
    return page
