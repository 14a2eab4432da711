"""A picture at an address of ours."""

from nicegui import ui


def picture(address: str, classes: str, *, alt: str = "") -> None:
    """`ui.image` would put the console's own address before one that has it already."""
    ui.element("img").props(f'src="{address}" alt="{alt}" loading="lazy"').classes(classes)
