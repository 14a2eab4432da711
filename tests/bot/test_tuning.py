"""What IT fixed goes before what an operator set, and that before what was measured."""

import pytest

from bot.decide import Thresholds
from bot.tuning import ANSWER_AT, CLARIFY_AT, Tuned, tune, tunings
from core.db import Database
from tests.bot.builders import NOW

MEASURED = Thresholds(0.8, 0.4)
NOTHING_FIXED = {ANSWER_AT: None, CLARIFY_AT: None}


def tuned(database: Database, **values: float | None) -> Tuned:
    """As it is known after the next look."""
    with database.unit_of_work() as session:
        for name, value in values.items():
            tune(session, name, value, "wang", now=NOW)
    found = Tuned()
    with database.reading() as session:
        found.refresh(session)
    return found


def test_nothing_set_means_as_measured(database: Database) -> None:
    assert tuned(database).over(MEASURED, fixed=NOTHING_FIXED) == MEASURED


def test_a_figure_that_was_set_holds_until_it_is_taken_back(database: Database) -> None:
    assert tuned(database, answer_at=0.9).over(MEASURED, fixed=NOTHING_FIXED) == Thresholds(0.9, 0.4)
    assert tuned(database, answer_at=0.7).over(MEASURED, fixed=NOTHING_FIXED) == Thresholds(0.7, 0.4)
    with database.reading() as session:
        assert tunings(session)[ANSWER_AT].set_by == "wang"
    assert tuned(database, answer_at=None).over(MEASURED, fixed=NOTHING_FIXED) == MEASURED


def test_a_setting_goes_before_what_was_set(database: Database) -> None:
    assert tuned(database, answer_at=0.9).over(MEASURED, fixed={ANSWER_AT: 0.6, CLARIFY_AT: None}) == Thresholds(0.6, 0.4)


@pytest.mark.parametrize(("answer_at", "clarify_at"), [(0.3, 0.3), (0.4, 0.4), (0.5, 0.4)])
def test_a_menu_never_needs_more_sureness_than_an_answer(database: Database, answer_at: float, clarify_at: float) -> None:
    assert tuned(database, answer_at=answer_at).over(MEASURED, fixed=NOTHING_FIXED) == Thresholds(answer_at, clarify_at)
