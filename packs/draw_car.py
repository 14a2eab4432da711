"""Car silhouettes true to the dimensions, dimension sketches, colour swatches and thumbnails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw

from packs.draw_canvas import ACCENT, GREY, INK, INNER, LINE, MARGIN, TINT, Sheet, font

Point = tuple[float, float]
Outline = Sequence[Sequence[float]]
SCALE = 4
THUMB = (520, 416)
WHEEL_MM = 345


def spline(a: float, b: float, c: float, d: float, t: float) -> float:
    """Points of a Catmull-Rom curve through the given ones."""
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def smooth(points: Outline, steps: int = 8) -> list[Point]:
    """Closed Catmull-Rom curve through the points."""
    out = []
    for i in range(len(points)):
        a, b, c, d = (points[(i + k) % len(points)] for k in (-1, 0, 1, 2))
        for s in range(steps):
            t = s / steps
            out.append((spline(a[0], b[0], c[0], d[0], t), spline(a[1], b[1], c[1], d[1], t)))
    return out


def side_view(shape: Mapping[str, Outline], size: Mapping[str, int], width: int, paint: str, background: str = "white") -> Image.Image:
    """The car from the side, `width` pixels long; drawn large and reduced for smooth edges."""
    unit = width * SCALE / size["length"]
    pad = 3 * SCALE
    height = round(size["height"] * unit)
    image = Image.new("RGB", (width * SCALE, height + 2 * pad), background)
    draw = ImageDraw.Draw(image)

    def place(points: Outline) -> list[Point]:
        return [(x * width * SCALE, pad + (1 - y) * height) for x, y in points]

    inside = [(pad / 2 + x * (image.width - pad), y) for x, y in ((p[0] / image.width, p[1]) for p in place(smooth(shape["body"])))]
    draw.polygon(inside, paint)
    draw.line([*inside, inside[0]], "#8b98a3", SCALE * 2, joint="curve")
    for window in (shape["front_window"], shape["rear_window"]):
        draw.polygon(place(window), "#2b3a45")
    for line in (shape["door"], shape["sill"]):
        draw.line(place(line), "#8b98a3", SCALE)
    front = (size["length"] - size["wheelbase"]) * 0.47
    for centre in (front, front + size["wheelbase"]):
        for radius, colour in ((1.14, background), (1.0, "#20272d"), (0.64, "#c5cdd3"), (0.56, "#8b98a3"), (0.14, "#20272d")):
            r = WHEEL_MM * radius * unit
            x, y = centre * unit, pad + height - WHEEL_MM * unit
            draw.ellipse((x - r, y - r, x + r, y + r), colour)
    return image.resize((width, round(image.height / SCALE)), Image.Resampling.LANCZOS)


def front_view(size: Mapping[str, int], height: int, unit: float) -> Image.Image:
    """A plain view from the front: cabin, body, lamps, tyres."""
    w, h = round(size["width"] * unit * SCALE), height * SCALE
    image = Image.new("RGB", (w, h), "white")
    draw = ImageDraw.Draw(image)
    for x in (0.06, 0.82):
        draw.rounded_rectangle((x * w, 0.7 * h, (x + 0.12) * w, h - 1), 10 * SCALE, "#20272d")
    draw.polygon(
        [(0.16 * w, 0.42 * h), (0.25 * w, 0.03 * h), (0.33 * w, 2), (0.67 * w, 2), (0.75 * w, 0.03 * h), (0.84 * w, 0.42 * h)],
        TINT,
        "#8b98a3",
        SCALE * 2,
    )
    draw.polygon([(0.21 * w, 0.4 * h), (0.285 * w, 0.08 * h), (0.715 * w, 0.08 * h), (0.79 * w, 0.4 * h)], "#2b3a45")
    draw.rounded_rectangle((2, 0.4 * h, w - 3, 0.87 * h), 26 * SCALE, TINT, "#8b98a3", SCALE * 2)
    for x in (0.06, 0.76):
        draw.rounded_rectangle((x * w, 0.5 * h, (x + 0.18) * w, 0.555 * h), 4 * SCALE, ACCENT)
    draw.rounded_rectangle((0.25 * w, 0.7 * h, 0.75 * w, 0.78 * h), 6 * SCALE, "#c5cdd3")
    return image.resize((round(w / SCALE), height), Image.Resampling.LANCZOS)


def measure(sheet: Sheet, a: Point, b: Point, label: str) -> None:
    """A dimension line with end ticks and the label on its middle."""
    draw = sheet.draw
    draw.line((*a, *b), ACCENT, 2)
    for x, y in (a, b):
        draw.line((x, y - 9, x, y + 9) if a[1] == b[1] else (x - 9, y, x + 9, y), ACCENT, 2)
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    box = draw.textbbox((x, y), label, font(22), anchor="mm")
    draw.rectangle((box[0] - 8, box[1] - 5, box[2] + 8, box[3] + 5), "white")
    draw.text((x, y), label, ACCENT, font(22), anchor="mm")


def sketch(sheet: Sheet, shape: Mapping[str, Outline], size: Mapping[str, int], words: Mapping[str, str]) -> None:
    """Side and front view with the dimensions in millimetres."""
    long = 690
    unit = long / size["length"]
    left, top = MARGIN + 92, sheet.y + 10
    car = side_view(shape, size, long, TINT)
    tall = round(size["height"] * unit)
    sheet.image.paste(car, (left, top))
    ground = top + tall + 3
    front = left + (size["length"] - size["wheelbase"]) * 0.47 * unit
    sheet.draw.line((left - 30, ground, left + long + 30, ground), LINE, 2)
    measure(sheet, (left - 52, top + 3), (left - 52, ground), f"{words['height']} {size['height']}")
    measure(sheet, (front, ground + 34), (front + size["wheelbase"] * unit, ground + 34), f"{words['wheelbase']} {size['wheelbase']}")
    measure(sheet, (left, ground + 78), (left + long, ground + 78), f"{words['length']} {size['length']}")
    sheet.y = ground + 128
    face = front_view(size, tall, unit)
    x = MARGIN + 92
    sheet.image.paste(face, (x, sheet.y))
    ground = sheet.y + tall
    sheet.draw.line((x - 30, ground, x + face.width + 30, ground), LINE, 2)
    measure(sheet, (x, ground + 34), (x + face.width, ground + 34), f"{words['width']} {size['width']}")
    y = float(sheet.y + 6)
    for key in ("clearance", "boot"):
        sheet.lines((x + face.width + 70, y), [words[key].split("|")[0]], 22, GREY)
        y = sheet.lines((x + face.width + 70, y + 34), words[key].split("|")[1:], 26, INK, bold=True) + 16
    sheet.y = ground + 78


def swatches(sheet: Sheet, shape: Mapping[str, Outline], size: Mapping[str, int], colours: Sequence[tuple[str, str, str]]) -> None:
    """One painted car per colour, two in a row."""
    gap = 24
    width = (INNER - gap) // 2
    for i, (name, price, paint) in enumerate(colours):
        x, y = MARGIN + (i % 2) * (width + gap), sheet.y + (i // 2) * 264
        sheet.draw.rounded_rectangle((x, y, x + width, y + 244), 14, "#f2f5f6")
        car = side_view(shape, size, 310, paint, "#f2f5f6")
        sheet.image.paste(car, (round(x + (width - 310) / 2), y + 156 - car.height + 10))
        sheet.lines((x + 36, y + 203), [name], 26, INK, bold=True, anchor="lm")
        sheet.lines((x + width - 36, y + 203), [price], 22, GREY, anchor="rm")
    sheet.y += (len(colours) + 1) // 2 * 264 + 16


def thumb(kind: str, brand: str, title: str) -> Image.Image:
    """Cover of a link or a mini-program: one simple sign over the title."""
    scale = 3
    image = Image.new("RGB", (THUMB[0] * scale, THUMB[1] * scale), TINT)
    draw = ImageDraw.Draw(image)
    x, y, s = image.width / 2, 160 * scale, scale
    if kind == "wheel":
        draw.ellipse((x - 90 * s, y - 90 * s, x + 90 * s, y + 90 * s), None, ACCENT, 16 * s)
        for end in ((x - 80 * s, y), (x + 80 * s, y), (x, y + 80 * s)):
            draw.line((x, y, *end), ACCENT, 14 * s)
        draw.ellipse((x - 28 * s, y - 28 * s, x + 28 * s, y + 28 * s), ACCENT)
    elif kind == "pin":
        draw.polygon([(x - 58.6 * s, y + 21.8 * s), (x + 58.6 * s, y + 21.8 * s), (x, y + 104 * s)], ACCENT)
        draw.ellipse((x - 72 * s, y - 92 * s, x + 72 * s, y + 52 * s), ACCENT)
        draw.ellipse((x - 30 * s, y - 50 * s, x + 30 * s, y + 10 * s), TINT)
    else:
        draw.rounded_rectangle((x - 74 * s, y - 96 * s, x + 74 * s, y + 96 * s), 18 * s, ACCENT)
        draw.rounded_rectangle((x - 52 * s, y - 74 * s, x + 52 * s, y - 34 * s), 8 * s, TINT)
        for i in range(9):
            cx, cy = x + (i % 3 - 1) * 38 * s, y + (i // 3 * 34 - 2) * s
            draw.rounded_rectangle((cx - 14 * s, cy - 11 * s, cx + 14 * s, cy + 11 * s), 5 * s, TINT)
    image = image.resize(THUMB, Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(image)
    draw.text((THUMB[0] / 2, 312), title, INK, font(40), anchor="mm", stroke_width=0.6, stroke_fill=INK)
    draw.text((THUMB[0] / 2, 368), brand, ACCENT, font(22), anchor="mm")
    return image
