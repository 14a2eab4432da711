"""A white sheet to draw on: fonts, wrapped text, tables and lists for the sample materials."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageColor, ImageDraw, ImageFont

FAMILY = "Noto Sans CJK SC"
WIDTH = 900
MARGIN = 56
INNER = WIDTH - 2 * MARGIN
ACCENT = "#0b7a75"
TINT = "#e8f2f1"
INK = "#1f2933"
GREY = "#66727f"
LINE = "#dfe5e8"
ZEBRA = "#f6f8f9"
NO_LINE_START = "，。、；：！？）】》”’%"
TOKEN = re.compile(r"[（“]?(?:[0-9][0-9.,/\-~]* ?[元周秒度寸期米年万个分版升息]|[A-Za-z0-9.,/+\-~·]+|.)", re.DOTALL)


def blend(colour: str, ground: str, share: float) -> tuple[int, ...]:
    """The colour laid over the ground with this share."""
    pairs = zip(ImageColor.getrgb(colour)[:3], ImageColor.getrgb(ground)[:3], strict=True)
    return tuple(round(a * share + b * (1 - share)) for a, b in pairs)


def house_palette(soft: bool) -> Image.Image:
    """The few colours of a sheet; a fixed palette keeps every picture in the same tones.

    Soft: with more steps for smooth edges, which costs bytes.
    """
    colours = [blend(c, "white", 1) for c in ("white", TINT, ZEBRA, LINE)]
    colours += [blend(c, "white", 1) for c in (INK, GREY, ACCENT)]
    if soft:
        colours += [blend(ACCENT, TINT, 0.5), *(blend(c, "white", 0.5) for c in (GREY, ACCENT))]
    image = Image.new("P", (1, 1))
    image.putpalette([part for colour in sorted(colours, key=sum) for part in colour])
    return image


@cache
def font_file() -> tuple[str, int]:
    """Path and collection index of the font, asked of fontconfig."""
    hint = f"font '{FAMILY}' not found: install the Debian package fonts-noto-cjk"
    try:
        out = subprocess.run(["fc-match", "-f", "%{file}|%{index}|%{family}", FAMILY], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(hint) from error
    path, index, family = out.split("|", 2)
    if "Noto Sans CJK" not in family:
        raise SystemExit(hint)
    return path, int(index)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at this size in pixels; SystemExit with a sentence where it is not installed."""
    path, index = font_file()
    return ImageFont.truetype(path, size, index=index)


def text_width(text: str, size: int) -> float:
    """Width of the words in pixels."""
    return font(size).getlength(text)


def wrap(text: str, size: int, width: float) -> list[str]:
    """Break text into lines: never inside a number or Latin word, no closing mark at the start of a line."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for token in TOKEN.findall(paragraph):
            if line and text_width(line + token, size) > width and token not in NO_LINE_START:
                lines.append(line.rstrip())
                line = token.lstrip()
            else:
                line += token
        lines.append(line.rstrip())
    return lines


def cell_lines(text: str, size: int, width: float) -> list[str]:
    """Like `wrap`; a short text that does not fit is broken at its comma."""
    if text_width(text, size) > width and len(text) <= 16:
        text = text.replace("，", "，\n", 1)
    return wrap(text, size, width)


class Sheet:
    """Draws downwards from the cursor `y`; a page has a fixed height, a picture is cut where it ends."""

    def __init__(self, height: int = 5000) -> None:
        self.image = Image.new("RGB", (WIDTH, height), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.y = 0

    def lines(
        self, xy: tuple[float, float], lines: Sequence[str], size: int, colour: str = INK, *, bold: bool = False, anchor: str = "la"
    ) -> float:
        """Write lines from the point downwards and return the y below them. The font has one weight: bold is a thin stroke."""
        x, y = xy
        for line in lines:
            self.draw.text((x, y), line, colour, font(size), anchor=anchor, stroke_width=0.6 if bold else 0, stroke_fill=colour)
            y += round(size * 1.5)
        return y

    def header(self, brand: str, title: str, sub: str) -> None:
        """Brand line and title across the top."""
        self.draw.rectangle((0, 0, WIDTH, 8), ACCENT)
        self.draw.rectangle((MARGIN, 46, MARGIN + 6, 68), ACCENT)
        self.lines((MARGIN + 18, 42), [brand], 22, ACCENT, bold=True)
        self.y = round(self.lines((MARGIN, 92), wrap(title, 46, INNER), 46, bold=True))
        if sub:
            self.y = round(self.lines((MARGIN, self.y + 4), wrap(sub, 24, INNER), 24, GREY))
        self.y += 24

    def footer(self, text: str, height: int | None = None) -> Image.Image:
        """Close the sheet; with a height it is a page of exactly that height."""
        bottom = height or self.y + 74
        if self.y + 60 > bottom:
            raise ValueError(f"content ends at {self.y}, page has {bottom}")
        self.draw.line((MARGIN, bottom - 56, WIDTH - MARGIN, bottom - 56), LINE, 1)
        self.lines((WIDTH / 2, bottom - 28), [text], 18, GREY, anchor="mm")
        return self.image.crop((0, 0, WIDTH, bottom))

    def heading(self, text: str) -> None:
        """A heading of a section."""
        self.draw.rectangle((MARGIN, self.y + 8, MARGIN + 5, self.y + 34), ACCENT)
        self.y = round(self.lines((MARGIN + 18, self.y + 2), [text], 27, INK, bold=True)) + 10

    def note(self, text: str) -> None:
        """A small grey line."""
        self.y = round(self.lines((MARGIN, self.y), wrap(text, 21, INNER), 21, GREY)) + 16

    def facts(self, rows: Sequence[Sequence[str]]) -> None:
        """Label at the left, wrapped value at the right, hairlines between."""
        left = 176
        for label, value in rows:
            self.draw.line((MARGIN, self.y, WIDTH - MARGIN, self.y), LINE, 1)
            low = self.lines((MARGIN, self.y + 12), wrap(label, 24, left - 16), 24, ACCENT)
            self.y = round(max(low, self.lines((MARGIN + left, self.y + 12), wrap(value, 24, INNER - left), 24)) + 8)
        self.draw.line((MARGIN, self.y, WIDTH - MARGIN, self.y), LINE, 1)
        self.y += 26

    def bullets(self, items: Sequence[str]) -> None:
        """Lines, each behind a dot."""
        for item in items:
            self.draw.ellipse((MARGIN + 4, self.y + 15, MARGIN + 13, self.y + 24), ACCENT)
            self.y = round(self.lines((MARGIN + 30, self.y + 2), wrap(item, 25, INNER - 30), 25)) + 8
        self.y += 16

    def steps(self, items: Sequence[Sequence[str]]) -> None:
        """Numbered steps joined by a line."""
        for number, (title, text) in enumerate(items, 1):
            top, x = self.y, MARGIN + 26
            y = self.lines((MARGIN + 76, top + 2), [title], 28, INK, bold=True)
            self.y = round(self.lines((MARGIN + 76, y), wrap(text, 23, INNER - 76), 23, GREY)) + 26
            if number < len(items):
                self.draw.line((x, top + 52, x, self.y), LINE, 3)
            self.draw.ellipse((x - 24, top, x + 24, top + 48), ACCENT)
            self.lines((x, top + 23), [str(number)], 26, "white", bold=True, anchor="mm")

    def cards(self, items: Sequence[Sequence[str]]) -> None:
        """Boxes side by side, each with one large value and what it means below."""
        gap = 20
        width = (INNER - gap * (len(items) - 1)) / len(items)
        size = 44
        while any(text_width(value, size) > width - 28 for value, _ in items):
            size -= 2
        labels = [wrap(label, 22, width - 28) for _, label in items]
        height = 104 + 33 * max(len(label) for label in labels)
        for i, (value, _) in enumerate(items):
            x = MARGIN + i * (width + gap)
            self.draw.rounded_rectangle((x, self.y, x + width, self.y + height), 14, TINT)
            self.lines((x + width / 2, self.y + 54), [value], size, ACCENT, bold=True, anchor="mm")
            self.lines((x + width / 2, self.y + 88), labels[i], 22, GREY, anchor="ma")
        self.y += height + 30

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], first: int = 190) -> None:
        """First column left-aligned, the others centred and equally wide; rows grow with their text."""
        width = (INNER - first) / (len(head) - 1)
        for i, row in enumerate([head, *rows]):
            size = 24 if i == 0 else 23
            pad = 14 if width < 220 else 40
            cells = [cell_lines(cell, size, first - 24 if j == 0 else width - pad) for j, cell in enumerate(row)]
            height = max(len(cell) for cell in cells) * round(size * 1.5) + 20
            fill = ACCENT if i == 0 else (ZEBRA if i % 2 == 0 else "white")
            self.draw.rectangle((MARGIN, self.y, WIDTH - MARGIN, self.y + height), fill)
            for j, cell in enumerate(cells):
                top = self.y + (height - len(cell) * round(size * 1.5)) / 2 + round(size * 0.75)
                x = MARGIN + 18 if j == 0 else MARGIN + first + width * (j - 0.5)
                colour = "white" if i == 0 else (GREY if j == 0 else INK)
                self.lines((x, top), cell, size, colour, bold=i == 0, anchor="lm" if j == 0 else "mm")
            self.y += height
            self.draw.line((MARGIN, self.y, WIDTH - MARGIN, self.y), LINE, 1)
        self.y += 28
