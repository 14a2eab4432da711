"""Tables ↔ .xlsx files. Only this file knows openpyxl; what the cells mean is kb/sheet_rows.py."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from core.errors import Refused
from kb.sheet_rows import Cell, Row, Unreadable

SCRIPTS: Final = "话术"
CHOICES: Final = "可选值"
FILE_AT_MOST: Final = 10_000_000
UNPACKED_AT_MOST: Final = 60_000_000
PARTS_AT_MOST: Final = 500
ROWS_AT_MOST: Final = 10_000
COLUMNS_AT_MOST: Final = 60
# Excel's own limits: the characters of a cell, and the first year whose days it counts rightly.
CELL_AT_MOST: Final = 32_767
_FIRST_DAY: Final = date(1900, 3, 1)

_TOP: Final = Alignment(vertical="top", wrap_text=True)
_BOLD: Final = Font(bold=True)
_GREY: Final = PatternFill("solid", fgColor="E7EBF0")
_WIDE: Final = {"编号": 20, "标题": 18, "标准问": 26, "相似问": 34, "反例": 26, "必中问": 30}
# A file that only looks like a workbook breaks openpyxl in as many ways as there are parts of one.
_BROKEN: Final = (
    *(BadZipFile, InvalidFileException, DefusedXmlException, ParseError, zlib.error, EOFError, OSError),
    *(ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError),
)


@dataclass(frozen=True)
class Table:
    """The header, stripped, and the rows that hold anything."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def write(header: Sequence[str], rows: Sequence[Mapping[str, str | date | None]], choices: Mapping[str, Sequence[str]]) -> bytes:
    """A workbook with one row for each mapping, and a second sheet that says which values a column may have.

    Refused when a text is longer than a cell can be: Excel would cut it off without a word.
    """
    _refuse_too_long(rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SCRIPTS)
    sheet.freeze_panes = "B2"
    for at, name in enumerate(header, start=1):
        column = sheet.column_dimensions[get_column_letter(at)]
        column.width = _width(name)
        column.number_format = "@"  # what is typed below the last row stays text too: 007 keeps its zeros
    sheet.append([_cell(sheet, name, is_header=True) for name in header])
    for row in rows:
        sheet.append([_cell(sheet, row[name]) if row.get(name) not in (None, "") else None for name in header])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{len(rows) + 1}"
    _offer(sheet, header, choices)
    _write_choices(book, choices)
    return _bytes_of(book)


def write_list(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one plain sheet, to be read and not imported: fast enough for 50,000 rows. Every cell is text, also «=1+1»."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for at in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(at)].width = 20
    sheet.append([_cell(sheet, title, is_header=True) for title in header])
    for row in rows:
        texts = [ILLEGAL_CHARACTERS_RE.sub("", text)[:CELL_AT_MOST] for text in row]
        sheet.append([_cell(sheet, text) if text.startswith(("=", "+", "-", "@")) else text for text in texts])
    return _bytes_of(book)


def read(data: bytes) -> Table:
    """The first sheet named 话术, else the first one. Refused, in Chinese, when the file is no .xlsx, too large or harmful."""
    _refuse_harmful(data)
    try:
        book = load_workbook(BytesIO(data), read_only=True)
        sheet = book[SCRIPTS] if SCRIPTS in book.sheetnames else book.worksheets[0]
        # One more than allowed of each, so that too many can be told from just enough.
        rows = _filled(sheet.iter_rows(max_row=ROWS_AT_MOST + 2, max_col=COLUMNS_AT_MOST + 1))
        header, *cells = list(rows) or [(1, [])]
    except _BROKEN:
        raise Refused("这个文件打不开，请用 Excel 另存为 .xlsx 再导入") from None
    return _table(header, cells)


def _refuse_harmful(data: bytes) -> None:
    if len(data) > FILE_AT_MOST:
        raise Refused(f"文件超过 {FILE_AT_MOST // 1_000_000} MB，请分成几个文件导入")
    if data.startswith(bytes.fromhex("d0cf11e0")):
        raise Refused("这是旧版 .xls 或加了密码的文件，请去掉密码并另存为 .xlsx 再导入")
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except _BROKEN:
        raise Refused("这不是 Excel 文件（.xlsx），请从 Excel 或 WPS 另存为 .xlsx 再导入") from None
    if len(parts) > PARTS_AT_MOST or sum(part.file_size for part in parts) > UNPACKED_AT_MOST:
        raise Refused("文件解压后过大，不像一份话术表格，没有导入")


def _filled(rows: Iterator[Sequence[SheetCell | MergedCell]]) -> Iterator[tuple[int, list[Cell]]]:
    """(row number, values) of the rows that hold anything; the header counts in any case."""
    for number, row in enumerate(rows, start=1):
        values = [_value(cell) for cell in row]
        if number == 1 or any(value not in (None, "") for value in values):
            yield number, values


def _table(header: tuple[int, list[Cell]], cells: Sequence[tuple[int, list[Cell]]]) -> Table:
    used = max((at for _, values in (header, *cells) for at, value in enumerate(values, start=1) if value not in (None, "")), default=0)
    if used > COLUMNS_AT_MOST or any(number > ROWS_AT_MOST + 1 for number, _ in cells):
        raise Refused(f"表格最多 {ROWS_AT_MOST} 行、{COLUMNS_AT_MOST} 列，请删掉多余的行列或分成几个文件导入")
    names = tuple(_name(value, at, cells) for at, value in enumerate(header[1][:used]))
    return Table(names, tuple(Row(number, {n: v for n, v in zip(names, values, strict=False) if n}) for number, values in cells))


def _name(value: Cell, at: int, cells: Sequence[tuple[int, list[Cell]]]) -> str:
    """A column's name. One that has none but holds something gets its letter for a name, so that it is missed and not lost."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    holds = value is not None or any(at < len(values) and values[at] not in (None, "") for _, values in cells)
    return f"{get_column_letter(at + 1)} 列（没有列名）" if holds else ""


def _value(cell: SheetCell | MergedCell) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return Unreadable("这里是公式，请复制后「选择性粘贴 → 数值」再导入")
    if cell.data_type == "e":
        return Unreadable(f"这里是 Excel 的错误值 {value}，请改成文字")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str | date) or value is None else str(value)


def _refuse_too_long(rows: Sequence[Mapping[str, str | date | None]]) -> None:
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str) and len(value) > CELL_AT_MOST:
                first = next(iter(row.values()))
                raise Refused(f"话术「{first}」的「{name}」超过 Excel 单元格的 {CELL_AT_MOST} 字，无法导出，请先精简")


def _cell(sheet: Any, value: str | date | None, *, is_header: bool = False) -> SheetCell:
    counts_days = isinstance(value, date) and value >= _FIRST_DAY
    text: Any = value.isoformat() if isinstance(value, date) and not counts_days else value
    cell: SheetCell = WriteOnlyCell(sheet, text)
    cell.alignment = _TOP
    if counts_days:
        cell.number_format = "yyyy-mm-dd"
        return cell
    # Text whatever it looks like: neither «=1+1» nor «#N/A» is anything but its characters, also after somebody edited it.
    cell.data_type, cell.number_format = "s", "@"
    cell.quotePrefix = str(text).startswith(("=", "+", "-", "@"))
    if is_header:
        cell.font, cell.fill = _BOLD, _GREY
    return cell


def _offer(sheet: Any, header: Sequence[str], choices: Mapping[str, Sequence[str]]) -> None:
    """A list to choose from, for the first of the choices: it is the only column that holds exactly one of them."""
    for at, (name, values) in enumerate(choices.items(), start=1):
        if at == 1 and name in header and values:
            column, source = get_column_letter(header.index(name) + 1), get_column_letter(at)
            offer = DataValidation(type="list", formula1=f"'{CHOICES}'!${source}$2:${source}${len(values) + 1}", showErrorMessage=False)
            offer.add(f"{column}2:{column}{ROWS_AT_MOST}")
            sheet.data_validations.append(offer)


def _write_choices(book: Workbook, choices: Mapping[str, Sequence[str]]) -> None:
    sheet = book.create_sheet(CHOICES)
    sheet.freeze_panes = "A2"
    for at in range(1, len(choices) + 1):
        sheet.column_dimensions[get_column_letter(at)].width = 26
    sheet.append([_cell(sheet, name, is_header=True) for name in choices])
    for row in range(max(map(len, choices.values()), default=0)):
        sheet.append([_cell(sheet, values[row]) if row < len(values) else None for values in choices.values()])


def _bytes_of(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _width(name: str) -> int:
    return _WIDE.get(name, 48 if name.startswith("答案") else 16)
