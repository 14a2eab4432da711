"""Pure: two wordings of a script side by side: field by field, line by line, and within a changed line piece by piece."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from kb.terms import ScriptContent

# Two lines that share less are two lines, not one that was edited: pieces of them would be hard to read.
ALIKE: Final = 0.5


class Kind(StrEnum):
    """What became of a line or a piece."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A stretch of a line."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Line:
    """One line, question or key. In an edited line the pieces say what is new or gone in it; otherwise it is one piece."""

    kind: Kind
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class FieldDiff:
    """One field, by its Chinese name, that says something else; `lines` are those of both sides, in reading order."""

    field: str
    lines: tuple[Line, ...]


_Lines = Callable[[ScriptContent], Sequence[str]]

# Fields whose order means nothing are compared in the order of their keys.
_FIELDS: Final[Mapping[str, _Lines]] = {
    "编号": lambda content: [content.key],
    "意图": lambda content: [content.intent],
    "标题": lambda content: [content.title],
    "标准问": lambda content: [content.standard],
    "相似问": lambda content: content.similar,
    "反例": lambda content: content.negative,
    "必中问": lambda content: content.must_hit,
    "适用车型": lambda content: sorted(content.scope.models),
    "适用版本": lambda content: sorted(content.scope.trims),
    "适用城市": lambda content: sorted(content.scope.cities),
    "适用门店": lambda content: sorted(content.scope.stores),
    "生效日": lambda content: [content.valid_from.isoformat()] if content.valid_from else [],
    "失效日": lambda content: [content.valid_until.isoformat()] if content.valid_until else [],
}


def diff(before: ScriptContent, after: ScriptContent) -> list[FieldDiff]:
    """The fields that differ, in the order of the spreadsheet's columns; empty for equal contents."""
    sides = [(name, lines(before), lines(after)) for name, lines in _FIELDS.items()]
    for at in range(max(len(before.answers), len(after.answers))):
        old, new = before.answers[at : at + 1], after.answers[at : at + 1]
        sides.append(
            (
                f"答案{at + 1}",
                [line for one in old for line in one.text.split("\n")],
                [line for one in new for line in one.text.split("\n")],
            )
        )
        sides.append((f"附件{at + 1}", [key for one in old for key in one.attachments], [key for one in new for key in one.attachments]))
    return [FieldDiff(name, tuple(diff_lines(old, new))) for name, old, new in sides if list(old) != list(new)]


def diff_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """Both texts in one; an edited line stands there twice, as it was and as it is."""
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (_whole(Kind.SAME, line) for line in before[i:j])
        elif tag == "replace" and j - i == m - k:
            for old, new in zip(before[i:j], after[k:m], strict=True):
                yield from _edited(old, new)
        else:
            yield from (_whole(Kind.REMOVED, line) for line in before[i:j])
            yield from (_whole(Kind.ADDED, line) for line in after[k:m])


def _edited(old: str, new: str) -> tuple[Line, Line]:
    match = SequenceMatcher(None, old, new, autojunk=False)
    if match.ratio() < ALIKE:
        return _whole(Kind.REMOVED, old), _whole(Kind.ADDED, new)
    codes = match.get_opcodes()
    gone = [Piece(Kind.SAME if tag == "equal" else Kind.REMOVED, old[i:j]) for tag, i, j, _, _ in codes if i < j]
    come = [Piece(Kind.SAME if tag == "equal" else Kind.ADDED, new[k:m]) for tag, _, _, k, m in codes if k < m]
    return Line(Kind.REMOVED, tuple(gone)), Line(Kind.ADDED, tuple(come))


def _whole(kind: Kind, line: str) -> Line:
    return Line(kind, (Piece(kind, line),))
