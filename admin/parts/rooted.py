"""A button's deed that outlives its button: the part of a live page in which it stands may be redrawn while a dialog is open."""

from collections.abc import Awaitable, Callable

from nicegui import ui

Deed = Callable[[], Awaitable[None]]


def rooted(root: ui.element, do: Deed) -> Deed:
    """`do`, done in the place of `root`, which stays: its dialogs and notices are drawn there."""

    async def doing() -> None:
        with root:
            await do()

    return doing
