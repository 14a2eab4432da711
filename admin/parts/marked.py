"""Pure: words with the parts that show something marked, as HTML that is safe to show."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Mark:
    """`words[start:end]` shows `title`; `kind` is a CSS class («focus», «signal», «slot»)."""

    start: int
    end: int
    title: str
    kind: str = "focus"


def marked(words: str, marks: Sequence[Mark]) -> str:
    """The words as HTML. Where marks overlap, the earlier and longer one wins; marks outside the words are passed over."""
    pieces: list[str] = []
    at = 0
    for mark in sorted(marks, key=lambda one: (one.start, -one.end)):
        if mark.start < at or not mark.start < mark.end <= len(words):
            continue
        shown = f'<mark class="{escape(mark.kind)}" title="{escape(mark.title)}">{escape(words[mark.start : mark.end])}</mark>'
        pieces += [escape(words[at : mark.start]), shown]
        at = mark.end
    return "".join([*pieces, escape(words[at:])])


def marks_of(words: str, said: Sequence[tuple[str, str, str]]) -> list[Mark]:
    """Marks for (piece of the words, title, kind), each at the first place where the piece stands."""
    found = [(words.find(piece), piece, title, kind) for piece, title, kind in said if piece]
    return [Mark(at, at + len(piece), title, kind) for at, piece, title, kind in found if at >= 0]
