"""Workbooks are written so that Excel executes nothing, and read so that nothing harmful or huge gets in."""

from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from core.errors import Refused
from kb.sheet_rows import Row, Unreadable
from kb.spreadsheet import CELL_AT_MOST, CHOICES, COLUMNS_AT_MOST, FILE_AT_MOST, PARTS_AT_MOST, ROWS_AT_MOST, SCRIPTS, read, write
from tests.kb.sheets import book, saved


def repacked(change: Callable[[str, bytes], bytes]) -> bytes:
    """A workbook whose parts went through `change`."""
    buffer = BytesIO()
    with ZipFile(BytesIO(book({"编号": "a"}))) as old, ZipFile(buffer, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return buffer.getvalue()


def test_what_looks_like_a_formula_is_text_in_the_file() -> None:
    dangerous = ["=1+1", "+8613800000000", "-1", "@SUM(A1)", "=", "#N/A", "007", "1.50", "TRUE"]
    sheet = load_workbook(BytesIO(write(["编号"], [{"编号": text} for text in dangerous], {})))[SCRIPTS]
    cells = [sheet.cell(row, 1) for row in range(2, len(dangerous) + 2)]
    assert [cell.value for cell in cells] == dangerous
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert [cell.quotePrefix for cell in cells] == [text[0] in "=+-@" for text in dangerous]


def test_the_sheet_is_made_for_people() -> None:
    made = load_workbook(
        BytesIO(write(["编号", "意图", "失效日"], [{"编号": "a", "失效日": date(2026, 1, 2)}], {"意图": ["询价", "充电"]}))
    )
    sheet = made[SCRIPTS]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:C2")
    assert sheet["A1"].font.bold
    assert sheet["A2"].alignment.wrap_text
    assert (sheet["C2"].value, sheet["C2"].number_format) == (datetime.combine(date(2026, 1, 2), time()), "yyyy-mm-dd")
    assert [cell.value for cell in made[CHOICES]["A"]] == ["意图", "询价", "充电"]
    (offer,) = sheet.data_validations.dataValidation
    assert (str(offer.sqref), offer.formula1) == (f"B2:B{ROWS_AT_MOST}", f"'{CHOICES}'!$A$2:$A$3")


def test_a_text_that_no_cell_can_hold_is_refused_by_name() -> None:
    fits = "长" * CELL_AT_MOST
    assert read(write(["编号", "答案1"], [{"编号": "a", "答案1": fits}], {})).rows[0].cells["答案1"] == fits
    with pytest.raises(Refused, match=f"话术「a」的「答案1」超过 Excel 单元格的 {CELL_AT_MOST} 字"):
        write(["编号", "答案1"], [{"编号": "a", "答案1": fits + "了"}], {})


def test_cells_are_read_as_people_see_them() -> None:
    days = {"失效日": date(2026, 1, 2), "生效日": datetime.combine(date(2026, 1, 2), time(8))}
    cells = read(book({"编号": 7, "标题": 12.5, "标准问": True, "答案1": " a\nb", **days})).rows[0].cells
    assert [cells[name] for name in ("编号", "标题", "标准问", "答案1")] == ["7", "12.5", "True", " a\nb"]
    assert (cells["失效日"], cells["生效日"]) == (date(2026, 1, 2), date(2026, 1, 2))


def test_formulas_and_errors_are_told_and_not_computed() -> None:
    cells = read(book({"编号": "=1+1", "标题": "#REF!"})).rows[0].cells
    assert cells["编号"] == Unreadable("这里是公式，请复制后「选择性粘贴 → 数值」再导入")
    assert cells["标题"] == Unreadable("这里是 Excel 的错误值 #REF!，请改成文字")


def test_empty_rows_are_left_out_and_numbers_are_excels() -> None:
    assert [row.number for row in read(book({"编号": "a"}, {}, {"编号": "b"})).rows] == [2, 4]


def test_a_column_without_a_name_that_holds_something_is_missed() -> None:
    table = read(book({"编号": "a", "": "忘了列名"}, header=["编号", "", "标题"]))
    assert table.header == ("编号", "B 列（没有列名）", "标题")
    assert table.rows == (Row(2, {"编号": "a", "B 列（没有列名）": "忘了列名", "标题": None}),)


def test_the_sheet_of_scripts_is_found_by_its_name() -> None:
    workbook = Workbook()
    workbook.create_sheet(SCRIPTS).append(["编号"])
    assert read(saved(workbook)).header == ("编号",)


def test_an_empty_workbook_has_no_header() -> None:
    assert read(saved(Workbook())).header == ()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "这不是 Excel 文件"),
        ("编号,意图\n".encode(), "这不是 Excel 文件"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"old", "这是旧版 .xls 或加了密码的文件"),
        (b"PK" + b"0" * FILE_AT_MOST, "文件超过 10 MB"),
        (book({"编号": "a"})[:-40], "这不是 Excel 文件"),
        (repacked(lambda name, body: b"<broken" if "sheet1" in name else body), "这个文件打不开"),
        (repacked(lambda name, body: b"" if name.endswith("workbook.xml") else body), "这个文件打不开"),
        (repacked(lambda name, body: b"<a/>" if name == "[Content_Types].xml" else body), "这个文件打不开"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(data: bytes, told: str) -> None:
    with pytest.raises(Refused, match=told):
        read(data)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(lambda name, body: body + b" " * 70_000_000 if "sheet1" in name else body)
    assert len(bomb) < 200_000
    with pytest.raises(Refused, match="解压后过大"):
        read(bomb)


def test_too_many_parts_are_refused() -> None:
    buffer = BytesIO(book({"编号": "a"}))
    with ZipFile(buffer, "a") as archive:
        for number in range(PARTS_AT_MOST):
            archive.writestr(f"part{number}", b"")
    with pytest.raises(Refused, match="解压后过大"):
        read(buffer.getvalue())


@pytest.mark.parametrize("part", ["sheet1", "workbook.xml", "styles"])
def test_an_entity_bomb_is_refused(part: str) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    with pytest.raises(Refused, match="这个文件打不开"):
        read(repacked(lambda name, body: bomb if part in name else body))


def test_as_many_rows_and_columns_as_allowed_are_read_and_no_more() -> None:
    rows = [{"编号": str(number)} for number in range(ROWS_AT_MOST)]
    assert len(read(book(*rows, header=["编号"])).rows) == ROWS_AT_MOST
    with pytest.raises(Refused, match="表格最多 10000 行、60 列"):
        read(book(*rows, {"编号": "more"}, header=["编号"]))
    header = [f"c{number}" for number in range(COLUMNS_AT_MOST)]
    assert len(read(book(header=header)).header) == COLUMNS_AT_MOST
    with pytest.raises(Refused, match="表格最多"):
        read(book(header=[*header, "more"]))
