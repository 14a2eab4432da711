"""Draw the sample materials of the pack `ev_dealer`: pictures and PDF files that scripts attach.

What is on them stands in `draw_layout.yaml`; every number there is a reference into `models.yaml`, so no picture can contradict it.
A reference is `${path.to.fact}`, or `${path.to.fact~regular expression}` for the first group of the expression.

    python -m packs.draw_materials              # all, from the root of the checkout
    python -m packs.draw_materials e7-colours   # some
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from packs.draw_canvas import Sheet, house_palette
from packs.draw_car import sketch, swatches, thumb
from packs.draw_pdf import write_pdf

HERE = Path(__file__).parent
PACK = HERE / "ev_dealer"
OUT = PACK / "materials"
REFERENCE = re.compile(r"\$\{([^}~]+)(?:~([^}]*))?\}")
PAGE_HEIGHT = 1273
MAX_IMAGE = 60_000
MAX_PDF = 80_000


def load(path: Path) -> dict[str, Any]:
    """The YAML file as plain data."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ValueError(f"{path}: not a mapping")
    return data


class Facts:
    """models.yaml, addressed by dotted paths."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def at(self, path: str) -> Any:
        """The fact at a dotted path of models.yaml; KeyError names the one that is missing."""
        node: Any = self.data
        for part in path.split("."):
            if part not in node:
                raise KeyError(f"no fact {path}")
            node = node[part]
        return node

    def fill(self, value: Any) -> Any:
        """The value with all references replaced, in lists and mappings too."""
        if isinstance(value, str):
            return REFERENCE.sub(self._one, value)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        return value

    def _one(self, match: re.Match[str]) -> str:
        text = show(match[1].rsplit(".", 1)[-1], self.at(match[1]))
        if match[2] is None:
            return text
        found = re.search(match[2], text)
        if not found:
            raise ValueError(f"{match[2]} does not match {match[1]}: {text}")
        return found[1]

    def size(self, model: str) -> dict[str, int]:
        """Length, width, height and wheelbase of a model in millimetres."""
        numbers = [int(n) for n in re.findall(r"\d+", self.at(f"models.{model}.size_mm"))]
        return dict(zip(("length", "width", "height", "wheelbase", "clearance"), numbers, strict=True))


def show(name: str, value: Any) -> str:
    """A fact as people read it."""
    unit = {"price": "{:,} 元", "cltc_km": "{} km", "top_speed": "{} km/h"}.get(name, "{}")
    return unit.format(value)


def kit_rows(kits: list[str], trims: int, speakers: str) -> list[list[str]]:
    """Equipment per trim: the n-th list holds from the n-th trim on; loudspeakers are one row with their number."""
    rows, sound = [], [""] * trims
    for first, kit in enumerate(kits):
        for item in kit.split("：")[-1].split("、"):
            if item.endswith(speakers):
                sound[first:] = [item.removesuffix(speakers).strip()] * (trims - first)
            else:
                rows.append([item, *("●" if i >= first else "—" for i in range(trims))])
    return [*rows, [speakers, *sound]]


def instalment(loan: int, months: int, percent: float) -> int:
    """Equal monthly instalments, rounded to yuan."""
    rate = percent / 1200
    return round(loan * rate / (1 - (1 + rate) ** -months))


class Painter:
    """Turns the blocks of the layout into drawing calls."""

    def __init__(self, facts: Facts, layout: dict[str, Any]) -> None:
        self.facts, self.layout, self.words = facts, layout, layout["words"]

    def blocks(self, sheet: Sheet, blocks: list[dict[str, Any]]) -> None:
        """Draw the blocks of a sheet one below the other."""
        plain: dict[str, Callable[[Any], None]] = {
            name: getattr(sheet, name) for name in ("heading", "note", "facts", "bullets", "steps", "cards")
        }
        for block in blocks:
            ((kind, value),) = block.items()
            value = self.facts.fill(value)
            if kind in plain:
                plain[kind](value)
            elif kind == "table":
                sheet.table(value["head"], value["rows"], value.get("first", 190))
            else:
                getattr(self, f"draw_{kind}")(sheet, value)

    def draw_trims(self, sheet: Sheet, value: dict[str, Any]) -> None:
        """A table of the trims of a model."""
        trims = self.facts.at(f"models.{value['model']}.trims").values()
        rows = [[label, *(show(name, trim[name]) for trim in trims)] for label, name in value["fields"]]
        sheet.table([self.words["trim"], *(trim["zh"] for trim in trims)], rows, 150)

    def draw_kit(self, sheet: Sheet, value: dict[str, Any]) -> None:
        """A table of the equipment of a model."""
        model = self.facts.at(f"models.{value['model']}")
        names = [trim["zh"] for trim in model["trims"].values()]
        rows = kit_rows([model[name] for name in value["lists"]], len(names), self.words["speakers"])
        sheet.table([self.words["kit"], *names], rows, 244)

    def draw_finance(self, sheet: Sheet, value: dict[str, Any]) -> None:
        """The table of loans."""
        words, rate = self.words, float(value["rate"])
        head = [words["loan"], *(words["months"].format(n) for n in value["months"])]
        rows = [
            [words["wan"].format(wan), *(show("price", instalment(wan * 10_000, n, rate)) for n in value["months"])]
            for wan in value["loans_wan"]
        ]
        sheet.table(head, rows, 190)

    def draw_down(self, sheet: Sheet, value: dict[str, Any]) -> None:
        """Down payment of every trim at its list price."""
        rows = []
        for model in value["models"]:
            data = self.facts.at(f"models.{model}")
            for trim in data["trims"].values():
                down = round(trim["price"] * int(value["percent"]) / 100)
                amounts = [show("price", amount) for amount in (trim["price"], down, trim["price"] - down)]
                rows.append([f"{data['zh'].split()[-1]} {trim['zh']}", *amounts])
        sheet.table(value["head"], rows, 260)

    def draw_colours(self, sheet: Sheet, value: dict[str, str]) -> None:
        """One patch for each colour."""
        model = value["model"]
        text = self.facts.at(f"models.{model}.colours")
        extra = re.findall(r"（([^）]*)）", text)[-1]
        colours = []
        for item in text.split("、"):
            name, _, price = item.rstrip("）").partition("（")
            colours.append((name, price or extra, self.layout["paints"][name]))
        swatches(sheet, self.layout["shapes"][model], self.facts.size(model), colours)

    def draw_sketch(self, sheet: Sheet, value: dict[str, Any]) -> None:
        """The car from the side with its dimensions."""
        sketch(sheet, self.layout["shapes"][value["model"]], self.facts.size(value["model"]), value["words"])

    def sheet(self, item: dict[str, Any], blocks: list[dict[str, Any]], height: int | None) -> Image.Image:
        """The finished sheet of one material."""
        sheet = Sheet()
        sheet.header(self.layout["brand"], self.facts.fill(item["title"]), self.facts.fill(item.get("sub", "")))
        self.blocks(sheet, blocks)
        picture = sheet.footer(self.layout["footer"], height)
        if "palette" in item:
            return picture.quantize(int(item["palette"]), Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        return picture.quantize(palette=house_palette(soft=height is None), dither=Image.Dither.NONE)


def save(path: Path, data: bytes, limit: int) -> None:
    """Write a material as PNG or PDF."""
    if len(data) > limit:
        raise ValueError(f"{path.name}: {len(data)} bytes, at most {limit}")
    path.write_bytes(data)
    sys.stdout.write(f"{path.name:32}{len(data):>8}\n")


def save_png(image: Image.Image, path: Path) -> None:
    """Write a picture with a palette; SystemExit when it is too large."""
    image.save(path, "PNG", optimize=True)
    save(path, path.read_bytes(), MAX_IMAGE)


def main(only: list[str]) -> None:
    """Draw every material of the pack."""
    layout = load(HERE / "draw_layout.yaml")
    painter = Painter(Facts(load(PACK / "models.yaml")), layout)
    OUT.mkdir(exist_ok=True)
    for key, item in layout["images"].items():
        if not only or key in only:
            save_png(painter.sheet(item, item["blocks"], None), OUT / f"{key}.png")
    for key, item in layout["files"].items():
        if not only or key in only:
            pages = [painter.sheet(item, blocks, PAGE_HEIGHT) for blocks in item["pages"]]
            save(OUT / f"{key}.pdf", write_pdf(pages, painter.facts.fill(item["title"])), MAX_PDF)
    for key, item in layout["thumbs"].items():
        if not only or key in only:
            save_png(thumb(item["sign"], layout["brand"], item["title"]).quantize(24), OUT / f"{key}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
