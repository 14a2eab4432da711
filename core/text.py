"""Normalising with a way back to the original, tokens, cutting by bytes. Only this file knows jieba and OpenCC."""

import logging
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import jieba

from core.errors import Misconfigured

jieba.setLogLevel(logging.WARNING)


@dataclass(frozen=True)
class Normalised:
    """A message made plain, with a way back: `origin[i]` is the index in `original` that `text[i]` came from."""

    text: str
    original: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original, as (start, end); always a valid slice of it."""
        if start >= end or not self.origin:
            return 0, 0
        return self.origin[start], self.origin[end - 1] + 1

    def words(self, start: int, end: int) -> str:
        """The words of the original that `text[start:end]` came from: a substring of the message."""
        begin, stop = self.span(start, end)
        return self.original[begin:stop]


class Normaliser:
    """Full-width, traditional, case, white space; then the pack's typos and fillers. Misconfigured when those never come to an end."""

    def __init__(self, *, typos: Mapping[str, str] | None = None, fillers: Iterable[str] = ()) -> None:
        replacements = {_plain(wrong): _plain(right) for wrong, right in (typos or {}).items()}
        replacements |= {_plain(filler): "" for filler in fillers}
        self._replacements = {wrong: right for wrong, right in replacements.items() if wrong and wrong != right}
        longest_first = sorted(self._replacements, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
        for wrong in longest_first:
            if not self._replace(wrong, list(range(len(wrong))))[2]:
                raise Misconfigured(f"typos: «{wrong}» becomes «{self._replacements[wrong]}» and is then replaced again without end")

    def normalise(self, message: str) -> Normalised:
        """The plain form of a message. Doing it twice is doing it once, also where one replacement makes room for another."""
        characters, origin = _plain_with_origin(message)
        text, origin, _ = self._replace("".join(characters), origin)
        return _trimmed(text, origin, message)

    def _replace(self, text: str, origin: list[int]) -> tuple[str, list[int], bool]:
        """Everything replaced, and whether that came to an end."""
        for _ in range(8):
            text, origin = _without_emoticons(text, origin)
            replaced, moved = self._replace_once(text, origin)
            # A message that is nothing but fillers keeps them: "嗯嗯" is an answer.
            if replaced == text or not replaced.strip():
                return text, origin, True
            text, origin = _collapsed(replaced, moved)
        return text, origin, False

    def _replace_once(self, text: str, origin: list[int]) -> tuple[str, list[int]]:
        if self._pattern is None:
            return text, origin
        pieces: list[str] = []
        moved: list[int] = []
        at = 0
        for match in self._pattern.finditer(text):
            right = self._replacements[match.group()]
            pieces += [text[at : match.start()], right]
            moved += origin[at : match.start()]
            # The replacement's characters point at the ones they replace; surplus ones at the last.
            moved += [origin[min(match.start() + i, match.end() - 1)] for i in range(len(right))]
            at = match.end()
        return "".join([*pieces, text[at:]]), moved + origin[at:]


class Tokeniser:
    """jieba with the pack's dictionary. One instance serves all threads once it has been built."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._jieba = jieba.Tokenizer()
        self._jieba.initialize()
        for word in words:
            self._jieba.add_word(_plain(word))

    def tokens(self, text: str) -> list[str]:
        """Tokens of a normalised text, search mode (long words also give their parts); white space and punctuation dropped."""
        return [token for token in self._jieba.cut_for_search(text) if any(c.isalnum() for c in token)]

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """(token, start, end) over the text, without overlaps."""
        return [(token, start, end) for token, start, end in self._jieba.tokenize(text)]

    def classes(self, text: str) -> list[tuple[str, str]]:
        """(token, its class) in order, without overlaps; classes as in jieba's dictionary (n… things, v… deeds), "" for other words."""
        of = _word_classes()
        return [(token, of.get(token, "")) for token in self._jieba.cut(text)]


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its closing mark; nothing is lost: joined they are the text."""
    return [piece for piece in re.split(r"(?<=[。！？!?；;\n])(?![”』」）)])", text) if piece]


def cut_utf8(text: str, limit: int) -> str:
    """Longest prefix of text that fits in `limit` bytes of UTF-8; never half a character (reference §14)."""
    return text.encode("utf-8")[:limit].decode("utf-8", "ignore")


def split_utf8(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` bytes, cut between sentences where possible; joined they are the text. limit ≥ 4."""
    pieces: list[str] = []
    current = ""
    for sentence in sentences(text):
        if len((current + sentence).encode("utf-8")) <= limit:
            current += sentence
            continue
        if current:
            pieces.append(current)
        current = sentence
        while len(current.encode("utf-8")) > limit:
            head = cut_utf8(current, limit)
            pieces.append(head)
            current = current[len(head) :]
    return [*pieces, current] if current else pieces


@cache
def _word_classes() -> Mapping[str, str]:
    """jieba's dictionary, read as it lies: its own module for word classes costs every start half a second."""
    with jieba.Tokenizer().get_dict_file() as file:
        lines = (line.split() for line in file.read().decode("utf-8").splitlines())
        return {line[0]: line[2] for line in lines if len(line) > 2}


def _t2s() -> dict[int, str]:
    """One traditional character → its usual simplified one, from OpenCC's own table. One for one, so that spans stay exact."""
    table = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {ord(old): new.split(" ")[0] for old, new in pairs if len(old) == 1 and len(new.split(" ")[0]) == 1}


_SIMPLIFIED = _t2s()
_EMOTICON = re.compile(r"\[(?:[\u4e00-\u9fff]{1,4}|ok|emm)\]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")


def _plain(text: str) -> str:
    return "".join(_plain_with_origin(text)[0])


def _plain_with_origin(text: str) -> tuple[list[str], list[int]]:
    characters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        if _INVISIBLE.match(character):
            continue
        for plain in unicodedata.normalize("NFKC", character).translate(_SIMPLIFIED).lower():
            if plain.isspace():
                plain = "\n" if plain == "\n" else " "
                if characters and characters[-1] in " \n":
                    continue
            characters.append(plain)
            origin.append(index)
    return characters, origin


def _without_emoticons(text: str, origin: list[int]) -> tuple[str, list[int]]:
    """WeChat writes its small pictures as «[微笑]»: nobody means the word."""
    while match := _EMOTICON.search(text):
        text, origin = text[: match.start()] + text[match.end() :], origin[: match.start()] + origin[match.end() :]
    return text, origin


def _collapsed(text: str, origin: list[int]) -> tuple[str, list[int]]:
    """White space that met where a filler stood between is one white space."""
    kept = [i for i in range(len(text)) if i == 0 or not (text[i].isspace() and text[i - 1].isspace())]
    return "".join(text[i] for i in kept), [origin[i] for i in kept]


def _trimmed(text: str, origin: Sequence[int], original: str) -> Normalised:
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    return Normalised(text[start:end], original, tuple(origin[start:end]))
