"""体检: every check of the doctor, told as soon as it is done, with what to do about a fault."""

from collections.abc import Iterator

from nicegui import ui

from admin.desk import Desk, in_thread
from admin.office import Check


async def show(desk: Desk) -> None:
    """Begins by itself; the button begins again."""
    page = _Page(desk)
    with ui.row().classes("head-row"):
        page.again = ui.button("重新检查", icon="refresh", on_click=page.run).props("unelevated no-caps")
        page.verdict = ui.label().classes("soft")
    page.progress = ui.linear_progress(show_value=False).props("indeterminate")
    page.list = ui.column().classes("card health")
    # The page is there at once; checks that wait for WeCom take seconds.
    ui.timer(0.1, page.run, once=True)


class _Page:
    """The list as it grows."""

    again: ui.button
    verdict: ui.label
    progress: ui.linear_progress
    list: ui.column

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def run(self) -> None:
        """All checks, from the first."""
        self.again.disable()
        self.progress.set_visibility(True)
        self.list.clear()
        self.verdict.text = "正在检查…"
        checks = self._desk.office.examine()
        found: list[Check] = []
        while (check := await in_thread(lambda: _next(checks))) is not None:
            found.append(check)
            with self.list:
                _row(check)
        faults = [check for check in found if not check.ok]
        took = sum(check.seconds for check in found)
        self.verdict.text = f"{len(faults)} 项要处理" if faults else f"都正常，用时 {took:.1f} 秒"
        self.progress.set_visibility(False)
        self.again.enable()


def _next(checks: Iterator[Check]) -> Check | None:
    return next(checks, None)


def _row(check: Check) -> None:
    icon, tone = ("remove", "faint") if check.skipped else ("check_circle", "good") if check.ok else ("error", "bad")
    with ui.element("div").classes("health-row"):
        ui.icon(icon).classes(tone)
        ui.label(check.name).classes("strong")
        with ui.column().classes("gap-0"):
            ui.label(check.result).classes("pre faint" if check.skipped else "pre")
            if check.remedy:
                ui.label(f"→ {check.remedy}").classes("pre bad")
        ui.label(f"{check.seconds * 1000:.0f} 毫秒").classes("faint num")
