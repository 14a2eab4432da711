"""What one turn leaves for the next."""

from datetime import timedelta

from bot.context import CONTEXT_LASTS, Context, context_of
from tests.bot.builders import NOW

CONTEXT = Context(NOW, "e7多少钱", "ask_price", ("e7",), ("price", "gift"), "visit")


def test_it_survives_in_a_row() -> None:
    assert context_of(CONTEXT.as_data()) == CONTEXT
    assert context_of(Context().as_data()) == context_of(None) == Context()


def test_after_a_pause_only_the_cars_are_remembered() -> None:
    assert CONTEXT.seen(now=NOW + CONTEXT_LASTS) == CONTEXT
    assert CONTEXT.seen(now=NOW + CONTEXT_LASTS + timedelta(seconds=1)) == Context(models=("e7",))
