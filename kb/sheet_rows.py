"""Pure: a script ↔ a row of the operators' spreadsheet, with every fault told in Chinese: row, column and what to do."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kb.sheet_text import as_cell, as_line, from_cell, from_lines
from kb.terms import Answer, Scope, ScriptContent, ScriptStatus
from kb.wording import wording_faults
from kb.wording_phrases import CHINESE

KEY, INTENT, TITLE, STANDARD = "编号", "意图", "标题", "标准问"
LISTS: Final = {"相似问": "similar", "反例": "negative", "必中问": "must_hit"}
SCOPES: Final = {"适用车型": "models", "适用版本": "trims", "适用城市": "cities", "适用门店": "stores"}
FROM, UNTIL, STATUS, VERSION = "生效日", "失效日", "状态", "版本"
ANSWER, ATTACHMENTS = "答案", "附件"
REQUIRED: Final = (KEY, INTENT, TITLE, STANDARD, *LISTS, f"{ANSWER}1", f"{ATTACHMENTS}1", *SCOPES, FROM, UNTIL)
STATUS_NAMES: Final = {ScriptStatus.DRAFT: "草稿", ScriptStatus.PUBLISHED: "已发布", ScriptStatus.RETIRED: "已下架"}

_NUMBERED: Final = re.compile(rf"({ANSWER}|{ATTACHMENTS})([1-9]\d?)")
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_KEY: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEY_FORM: Final = "只能用小写字母、数字和连字符，例如 e7-range"


@dataclass(frozen=True)
class SheetNames:
    """What a row may name: keys and their Chinese names. A name that two keys share is no name for either."""

    intents: Mapping[str, str]
    models: Mapping[str, str]
    trims: Mapping[str, str]
    cities: Mapping[str, str]
    stores: Mapping[str, str]
    materials: Mapping[str, str]


@dataclass(frozen=True)
class Unreadable:
    """A cell whose content is no text; why, and what to do."""

    reason: str


Cell = str | date | Unreadable | None


@dataclass(frozen=True)
class Row:
    """One row by its column names; `number` as Excel counts, the header is row 1."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class SheetFault:
    """Something to mend. Row 0: the file; an empty column: the whole row."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        row, column = f"第 {self.row} 行" if self.row else "", f"「{self.column}」" if self.column else ""
        return f"{row}{column}：{self.reason}" if row or column else self.reason


def columns(answers: int) -> list[str]:
    """The columns of an export whose longest script has so many answers."""
    numbered = [f"{name}{number}" for number in range(1, max(answers, 1) + 1) for name in (ANSWER, ATTACHMENTS)]
    return [KEY, INTENT, TITLE, STANDARD, *LISTS, *numbered, *SCOPES, FROM, UNTIL, STATUS, VERSION]


def column_faults(header: Sequence[str]) -> list[SheetFault]:
    """Columns that are missing, unknown or there twice."""
    known = {*REQUIRED, STATUS, VERSION}
    unknown = [name for name in header if name and name not in known and not _NUMBERED.fullmatch(name)]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    return [
        *(SheetFault(1, name, "缺少这一列，请从导出的表格里补上") for name in REQUIRED if name not in header),
        *(SheetFault(1, name, "不认识这一列，请删除或改成导出表格里的列名") for name in unknown),
        *(SheetFault(1, name, "这一列出现了两次，请只保留一列") for name in twice),
    ]


def row_of(content: ScriptContent, names: SheetNames, *, status: ScriptStatus, version: int) -> dict[str, str | date | None]:
    """The cells of a script by column."""
    cells: dict[str, str | date | None] = {KEY: as_cell(content.key), INTENT: as_cell(shown(content.intent, names.intents))}
    cells |= {TITLE: as_cell(content.title), STANDARD: as_cell(content.standard)}
    cells |= {column: "\n".join(map(as_line, getattr(content, name))) for column, name in LISTS.items()}
    for number, answer in enumerate(content.answers, start=1):
        cells[f"{ANSWER}{number}"] = as_cell(answer.text)
        cells[f"{ATTACHMENTS}{number}"] = "\n".join(as_line(shown(key, names.materials)) for key in answer.attachments)
    for column, name in SCOPES.items():
        known = getattr(names, name)
        cells[column] = "\n".join(as_line(shown(key, known)) for key in sorted(getattr(content.scope, name)))
    return cells | {FROM: content.valid_from, UNTIL: content.valid_until, STATUS: STATUS_NAMES[status], VERSION: str(version)}


def content_of(row: Row, names: SheetNames, *, known: Collection[str]) -> tuple[ScriptContent, list[SheetFault]]:
    """What a row says, and everything that is wrong in it; with faults the content is good for nothing. `known`: keys that exist."""
    reading = _Reading(row)
    content = ScriptContent(
        key=reading.text(KEY, f"没有填写；新话术请自己起一个：{_KEY_FORM}"),
        intent=reading.keys(INTENT, names.intents, "意图")[0],
        title=reading.text(TITLE),
        standard=reading.text(STANDARD),
        **{name: reading.lines(column) for column, name in LISTS.items()},
        answers=tuple(reading.answers(names.materials)),
        scope=Scope(**{name: frozenset(reading.scope(column, getattr(names, name))) for column, name in SCOPES.items()}),
        valid_from=reading.day(FROM),
        valid_until=reading.day(UNTIL),
    )
    if content.key and content.key not in known and not _KEY.fullmatch(content.key):
        reading.fault(KEY, f"新话术的编号{_KEY_FORM}")
    told = {fault.column for fault in reading.faults}
    for place, reason in wording_faults(content, CHINESE):
        if (column := reading.column(place)) not in told:
            reading.fault(column, reason)
    return content, reading.faults


def shown(key: str, names: Mapping[str, str]) -> str:
    """What a cell says for a key: its name if that leads back to this key and no other, else the key itself."""
    name = names.get(key, "").strip()
    return name if name and _meant(name, names) == key else key


class _Reading:
    """One row, read cell by cell; what is wrong is noted and read as empty."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.faults: list[SheetFault] = []
        self._answers: list[int] = []  # the number of the column that each answer came from

    def fault(self, column: str, reason: str) -> None:
        self.faults.append(SheetFault(self._row.number, column, reason))

    def column(self, place: Sequence[str | int]) -> str:
        """The column that a place of kb/wording.py stands in."""
        if place[0] == "valid_until":
            return UNTIL
        number = self._answers[int(place[1])] if len(place) > 1 else 1
        return f"{ATTACHMENTS if place[-1] == 'attachments' else ANSWER}{number}"

    def raw(self, column: str) -> str:
        """The cell as text, neither stripped nor unmarked."""
        cell = self._row.cells.get(column)
        if isinstance(cell, Unreadable):
            self.fault(column, cell.reason)
            return ""
        return cell.isoformat() if isinstance(cell, date) else cell or ""

    def text(self, column: str, empty: str = "没有填写") -> str:
        text = from_cell(self.raw(column))
        if not text and not any(fault.column == column for fault in self.faults):
            self.fault(column, empty)
        return text

    def lines(self, column: str) -> tuple[str, ...]:
        return from_lines(self.raw(column))

    def scope(self, column: str, names: Mapping[str, str]) -> list[str]:
        return list(self._known(column, self.lines(column), names, column.removeprefix("适用")))

    def keys(self, column: str, names: Mapping[str, str], noun: str) -> list[str]:
        """The one key that a cell names, in a list; an empty key when there is a fault."""
        text = self.text(column)
        return list(self._known(column, [text], names, noun)) if text else [""]

    def day(self, column: str) -> date | None:
        text = from_cell(self.raw(column))
        if not text:
            return None
        try:
            year, month, day = map(int, match.groups()) if (match := _DAY.fullmatch(text)) else (0, 0, 0)
            return date(year, month, day)
        except ValueError:
            self.fault(column, f"「{text}」不是日期，请写成 2026-12-31")
            return None

    def answers(self, materials: Mapping[str, str]) -> Iterator[Answer]:
        numbers = sorted({int(match[2]) for name in self._row.cells if (match := _NUMBERED.fullmatch(name))})
        for number in numbers:
            text = from_cell(self.raw(f"{ANSWER}{number}"))
            keys = self._known(f"{ATTACHMENTS}{number}", self.lines(f"{ATTACHMENTS}{number}"), materials, "素材")
            attachments = tuple(keys)
            if attachments and not text:
                self.fault(f"{ATTACHMENTS}{number}", f"有附件而没有{ANSWER}{number}，请补上答案或删掉附件")
            if text:
                self._answers.append(number)
                yield Answer(text, attachments)

    def _known(self, column: str, words: Sequence[str], names: Mapping[str, str], noun: str) -> Iterator[str]:
        for word in words:
            key = _meant(word, names)
            if key is None:
                self.fault(column, f"不认识{noun}「{word}」，请改成「可选值」里的名称或编号")
            yield key or ""


def _meant(word: str, names: Mapping[str, str]) -> str | None:
    """The key that a word is, or the only one of which it is the name."""
    if word in names:
        return word
    named = [key for key, name in names.items() if name.strip() == word]
    return named[0] if len(named) == 1 else None
