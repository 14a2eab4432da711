"""Pure: the XML of callbacks: strings in CDATA, numbers bare, lists of pairs nested."""

from collections.abc import Sequence
from typing import Any

# A value is a string, a whole number, or again a sequence of pairs.
Element = tuple[str, Any]


def document(elements: Sequence[Element]) -> str:
    """<xml>…</xml> with the elements in this order."""
    return f"<xml>{_inside(elements)}</xml>"


def _inside(elements: Sequence[Element]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in elements)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    if isinstance(value, int):
        return str(value)
    return _inside(value)
