"""Scripts from a spreadsheet: what it would do, every fault by row, drafts all or none, then review or publication of them together."""

from collections.abc import Sequence
from functools import partial

from nicegui import events, ui

from admin.acts import scripts as acts
from admin.desk import Desk, link
from admin.looks import scripts as looks
from admin.pages.script_check import publish
from admin.pages.script_diff import show_diff
from admin.rights import must
from admin.terms import Right
from kb import spreadsheet
from kb.sheet_import import ImportPlan, Planned, dry_run
from kb.sheet_rows import ATTACHMENTS, INTENT, SCOPES, SheetFault, SheetNames, columns, shown
from kb.sheet_text import as_line
from kb.terms import ScriptContent

_ROWS_AT_MOST = 200


async def show(desk: Desk) -> None:
    """The page: choose a file, look, write."""
    names = await desk.look(lambda session: looks.sheet_names(session, desk.office))
    await ImportPage(desk, names).show()


class ImportPage:
    """`plan` is what the chosen file would do; nothing is written before he says so."""

    def __init__(self, desk: Desk, names: SheetNames) -> None:
        self._desk, self._names = desk, names
        self._box: ui.column

    async def show(self) -> None:
        """Build it."""
        with ui.row().classes("crumbs"):
            ui.link("话术库", link("/scripts"))
            ui.label("导入").classes("soft")
        with ui.column().classes("card"):
            ui.label("1. 准备表格").classes("head")
            ui.label("用导出的表格修改，或下载空模板填写。一行一条话术；写入前先检查，有一处错误就整份不写入。").classes("soft")
            with ui.row():
                ui.button("下载模板", icon="download", on_click=self._template).props("outline no-caps dense")
            ui.label("2. 选择文件检查").classes("head")
            upload = ui.upload(
                label="把 .xlsx 拖到这里，或点 + 选择", auto_upload=True, max_files=1, max_file_size=spreadsheet.FILE_AT_MOST
            ).classes("wide drop")
            upload.props('accept=".xlsx" flat bordered')
            upload.on_upload(self._chosen)
            upload.on_rejected(lambda: ui.notify(f"只能选 .xlsx，最大 {spreadsheet.FILE_AT_MOST // 1_000_000} MB", type="negative"))
        self._box = ui.column().classes("wide")

    async def _template(self) -> None:
        data = await self._desk.attempt(lambda: _template(self._names))
        if data:
            ui.download.content(data, "话术模板.xlsx")

    async def _chosen(self, event: events.UploadEventArguments) -> None:
        data = await event.file.read()

        def do() -> ImportPlan:
            must(self._desk.still(), Right.EDIT_SCRIPTS)
            with self._desk.office.database.reading() as session:
                return dry_run(session, data, self._names)

        plan = await self._desk.attempt(do)
        event.sender.reset()  # type: ignore[attr-defined]
        self._box.clear()
        if plan is not None:
            with self._box:
                self._planned(plan, event.file.name)

    def _planned(self, plan: ImportPlan, name: str) -> None:
        with ui.column().classes("card"):
            ui.label(f"检查结果：{name}").classes("head")
            with ui.row().classes("chips"):
                for count, label, kind in (
                    (len(plan.faults), "处错误", "bad"),
                    (len(plan.new), "条新建", "good"),
                    (len(plan.changed), "条修改", "info"),
                    (len(plan.unchanged), "条没有变化", ""),
                    (plan.untouched, "条不在表格里，保持不变", ""),
                ):
                    ui.label(f"{count} {label}").classes(f"chip {kind if count else ''}")
            if plan.faults:
                self._faults(plan.faults)
            elif plan.new or plan.changed:
                ui.button(f"写入 {len(plan.new) + len(plan.changed)} 条草稿", icon="save", on_click=partial(self._write, plan)).props(
                    "unelevated no-caps"
                )
                ui.label("写入的是草稿，客户看到的暂时不变。").classes("faint")
            else:
                ui.label("表格内容和话术库完全一样，没有要写入的。").classes("soft")
            for notice in plan.notices[:_ROWS_AT_MOST]:
                ui.label(str(notice)).classes("soft")
        self._changes("新建", plan.new)
        self._changes("修改", plan.changed)

    def _faults(self, faults: Sequence[SheetFault]) -> None:
        with ui.row().classes("wide"):
            ui.label("改好后重新选择文件，现在什么都没有写入。").classes("bad")
            ui.button("下载错误清单", icon="download", on_click=partial(self._download, faults)).props("flat dense no-caps size=sm")
        rows = [{"id": n, "row": one.row or "整个文件", "column": one.column or "—", "reason": one.reason} for n, one in enumerate(faults)]
        whole = "white-space: nowrap"  # else a phone breaks 10 into 1 and 0
        columns = [
            {"name": "row", "label": "行", "field": "row", "align": "left", "style": whole},
            {"name": "column", "label": "列", "field": "column", "align": "left", "style": whole},
            {"name": "reason", "label": "怎么改", "field": "reason", "align": "left"},
        ]
        ui.table(rows=rows, columns=columns, row_key="id", pagination=20).classes("listing").props("flat dense")

    async def _download(self, faults: Sequence[SheetFault]) -> None:
        rows = [{"行": str(one.row or ""), "列": one.column, "怎么改": one.reason} for one in faults]
        data = await self._desk.attempt(lambda: spreadsheet.write(["行", "列", "怎么改"], rows, {}))
        if data:
            ui.download.content(data, "导入错误.xlsx")

    def _changes(self, what: str, planned: Sequence[Planned]) -> None:
        if not planned:
            return
        with ui.column().classes("card"):
            ui.label(f"{what} {len(planned)} 条").classes("head")
            for one in planned[:_ROWS_AT_MOST]:
                with ui.expansion(f"第 {one.row} 行　{one.content.title}", caption=one.content.standard).classes("wide").props("dense"):
                    if one.before is None:
                        ui.label("\n".join(answer.text for answer in one.content.answers)).classes("pre soft")
                    else:
                        show_diff(one.differences, self._names)
            if len(planned) > _ROWS_AT_MOST:
                ui.label(f"还有 {len(planned) - _ROWS_AT_MOST} 条没有列出，写入时一并处理").classes("faint")

    async def _write(self, plan: ImportPlan) -> None:
        drafts = await self._desk.act(lambda s, who: acts.write_import(s, who, plan, now=self._desk.now()), told="已写入草稿")
        if drafts is None:
            return
        contents = {one.content.key: one.content for one in (*plan.new, *plan.changed)}
        self._box.clear()
        with self._box, ui.column().classes("card"):
            ui.label(f"已写入 {len(drafts)} 条草稿").classes("head")
            ui.label("可以逐条打开再看，也可以一起送审或发布。").classes("soft")
            with ui.row():
                self._together([(contents[key], version) for key, version in drafts])
            for key, _ in drafts[:_ROWS_AT_MOST]:
                ui.link(contents[key].title, link(f"/scripts/{key}"), new_tab=True)

    def _together(self, drafts: Sequence[tuple[ScriptContent, int]]) -> None:
        """What is done with all of them."""

        async def review() -> None:
            seen = [(content.key, version) for content, version in drafts]
            count = await self._desk.act(lambda s, who: acts.ask_reviews(s, who, seen, now=self._desk.now()))
            if count is not None:
                ui.notify(f"{count} 条已送审", type="positive")

        async def out() -> None:
            if await publish(self._desk, drafts):
                self._box.clear()
                with self._box, ui.column().classes("card"):
                    ui.label(f"已发布 {len(drafts)} 条").classes("head")
                    ui.label("下一位客户就会用上。").classes("soft")
                    ui.link("回话术库", link("/scripts"))

        ui.button("全部送审", icon="rate_review", on_click=review).props("outline no-caps")
        if self._desk.office.settings.four_eyes:
            ui.label("开启了双人审核：自己导入的由同事发布，请先送审").classes("soft")
        elif self._desk.may(Right.PUBLISH_SCRIPTS):
            ui.button("全部发布", icon="publish", on_click=out).props("unelevated no-caps")


def _template(names: SheetNames) -> bytes:
    """An empty table with every column, and what each may say on its second sheet."""
    known = {INTENT: names.intents, **{column: getattr(names, name) for column, name in SCOPES.items()}, ATTACHMENTS: names.materials}
    choices = {column: [as_line(shown(key, some)) for key in some] for column, some in known.items()}
    return spreadsheet.write(columns(2), [], choices)
