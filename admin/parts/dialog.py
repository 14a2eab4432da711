"""Asks in a dialog and takes it away afterwards, also when its page was left in the meantime."""

from typing import Any

from nicegui import ui


async def answer_to(dialog: ui.dialog) -> Any:
    """What was submitted; None when it was closed, or when its page is gone."""
    answer = await dialog
    put_away(dialog)
    return answer


def put_away(dialog: ui.dialog) -> None:
    """Remove it, unless it went together with its page or with the part of the page in which it was opened."""
    if not dialog.is_deleted:
        dialog.delete()
