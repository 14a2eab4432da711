"""Pure: the pictures of the page, drawn as SVG and HTML; no script, nothing to fetch."""

from collections.abc import Sequence
from html import escape

from run.evaluate.terms import Confusion, Curve

_WIDTH, _HEIGHT, _LEFT, _BELOW, _ABOVE = 360, 300, 46, 44, 12
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# Rarer labels than so many are told in one line below the matrix.
LABELS_SHOWN = 30


def chart(curve: Curve) -> str:
    """A line over both axes from 0 to 1; the dotted diagonal is where a probability keeps its word."""
    places = [(_x(x), _y(y)) for x, y in curve.points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places) if len(places) <= 20 else ""
    diagonal = f'<line class="diagonal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>' if _compares_alike(curve) else ""
    return (
        f'<figure><figcaption>{escape(curve.title)}</figcaption><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">'
        f'{_grid()}{diagonal}<polyline points="{line}"/>{dots}{_axes(curve)}</svg></figure>'
    )


def matrix(confusion: Confusion) -> str:
    """A row a true label, a column what was said; darker is more of the row, red is wrong."""
    shown = range(min(len(confusion.labels), LABELS_SHOWN))
    heads = "".join(f'<th class="column"><div>{escape(confusion.labels[at])}</div></th>' for at in shown)
    rows = "".join(_row(confusion, at, shown) for at in shown)
    hidden = len(confusion.labels) - len(shown)
    more = f'<p class="hint">另有 {hidden} 个较少见的标签没有画出。</p>' if hidden else ""
    return (
        '<div class="scroll"><table class="matrix"><thead><tr><th class="corner">实际 ↓　判为 →</th><th class="total">条数</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table></div>{more}"
    )


def _row(confusion: Confusion, at: int, shown: Sequence[int]) -> str:
    counts, total = confusion.counts[at], sum(confusion.counts[at])
    cells = "".join(_cell(counts[column], total, right=column == at) for column in shown)
    return f'<tr><th class="row">{escape(confusion.labels[at])}</th><td class="total">{total}</td>{cells}</tr>'


def _cell(count: int, total: int, *, right: bool) -> str:
    if not count:
        return "<td></td>"
    colour = "33,102,172" if right else "192,57,43"
    depth = 0.15 + 0.85 * count / total
    ink = "#fff" if depth > 0.55 else "#222"
    return f'<td style="background:rgba({colour},{depth:.2f});color:{ink}">{count}</td>'


def _grid() -> str:
    across = "".join(f'<line x1="{_x(0)}" x2="{_x(1)}" y1="{_y(at)}" y2="{_y(at)}"/>' for at in _TICKS)
    up = "".join(f'<line y1="{_y(0)}" y2="{_y(1)}" x1="{_x(at)}" x2="{_x(at)}"/>' for at in _TICKS)
    return f'<g class="grid">{across}{up}</g>'


def _axes(curve: Curve) -> str:
    below = "".join(f'<text x="{_x(at):.1f}" y="{_y(0) + 16:.1f}" text-anchor="middle">{at:.0%}</text>' for at in _TICKS)
    beside = "".join(f'<text x="{_x(0) - 6:.1f}" y="{_y(at) + 4:.1f}" text-anchor="end">{at:.0%}</text>' for at in _TICKS)
    names = f'<text x="{_x(0.5):.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(curve.x)}（纵轴：{escape(curve.y)}）</text>'
    return below + beside + names


def _compares_alike(curve: Curve) -> bool:
    """A reliability curve: both axes are probabilities of the same thing."""
    return "把握" in curve.x


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - 12)


def _y(share: float) -> float:
    return _HEIGHT - _BELOW - share * (_HEIGHT - _BELOW - _ABOVE)
