"""Teaching, thresholds, retraining and the way back: rights, effect, audit."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import select

from admin.acts import intents as acts
from admin.models import AuditEntry
from admin.office import Office
from admin.terms import Blocked, NotAllowed, Role, Who
from bot.decide import Thresholds
from bot.tuning import ANSWER_AT, CLARIFY_AT, tunings
from core.db import Database
from core.embedding import KeptVectors, LetterEmbedder
from core.settings import Settings
from customers.terms import FocusPoint, Polarity
from intents.build import build_understander
from intents.models import TaughtFocus, TaughtUtterance
from intents.terms import Intent
from tests.admin.gap_talk import NOW
from tests.intents.builders import PACK

WANG = Who(1, "wang", "王", Role.OPERATOR)
MANAGER = Who(2, "li", "李", Role.STORE_MANAGER, store="hz")


def office(database: Database, folder: Path, *, settings: Settings | None = None) -> Office:
    """What these acts look at of an office."""
    vectors = KeptVectors(LetterEmbedder(), folder / "vectors")
    known = build_understander(PACK, vectors, folder / "models", confident_at=0.1, clear_by=0.02)
    measured = SimpleNamespace(thresholds=Thresholds(0.8, 0.4))
    parts = SimpleNamespace(
        database=database,
        clock=lambda: NOW,
        settings=settings or Settings(_env_file=None),  # type: ignore[call-arg]
        understander=known,
        vectors=vectors,
        scripts=measured,
        taught=PACK,
    )
    return cast(Office, parts)


def told(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def test_an_example_is_taught_moved_to_another_intent_and_withdrawn(database: Database) -> None:
    with database.unit_of_work() as session:
        acts.teach_example(session, WANG, " 几个  大洋 ", Intent.ASK_PRICE, now=NOW)
        acts.teach_example(session, WANG, "几个 大洋", Intent.ASK_FINANCE, now=NOW)
        row = session.scalars(select(TaughtUtterance)).one()
        assert (row.text, row.intent) == ("几个 大洋", "ask_finance")
        acts.withdraw_example(session, WANG, row.id, now=NOW)
        with pytest.raises(Blocked):
            acts.withdraw_example(session, WANG, row.id, now=NOW)
    assert told(database) == ["教意图例句", "教意图例句", "撤掉意图例句"]


@pytest.mark.parametrize(("text", "fits"), [("？！", False), ("好" * acts.LONGEST, True), ("好" * (acts.LONGEST + 1), False)])
def test_an_example_says_something_and_is_no_letter(database: Database, text: str, fits: bool) -> None:
    with database.unit_of_work() as session:
        if fits:
            acts.teach_example(session, WANG, text, Intent.ASK_PRICE, now=NOW)
        else:
            with pytest.raises(Blocked):
                acts.teach_example(session, WANG, text, Intent.ASK_PRICE, now=NOW)


def test_a_counter_example_names_words_of_its_sentence(database: Database) -> None:
    with database.unit_of_work() as session:
        acts.teach_sentence(session, WANG, "手机续航太短", "续航", FocusPoint.RANGE, None, now=NOW)
        assert session.scalars(select(TaughtFocus)).one().polarity == ""
        with pytest.raises(Blocked):
            acts.teach_sentence(session, WANG, "手机续航太短", "价格", FocusPoint.PRICE, Polarity.NEUTRAL, now=NOW)


def test_a_threshold_is_set_within_its_bounds_and_taken_back(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    with database.unit_of_work() as session:
        acts.set_threshold(session, WANG, ANSWER_AT, 0.4, here, now=NOW)
        for name, value in ((ANSWER_AT, 0.39), (CLARIFY_AT, 0.41), (ANSWER_AT, 1.01), (ANSWER_AT, 0.0)):
            with pytest.raises(Blocked):
                acts.set_threshold(session, WANG, name, value, here, now=NOW)
        assert tunings(session)[ANSWER_AT].value == 0.4
        acts.set_threshold(session, WANG, ANSWER_AT, None, here, now=NOW)
        assert tunings(session) == {}


def test_a_threshold_that_it_fixed_cannot_be_set(database: Database, tmp_path: Path) -> None:
    fixed = office(database, tmp_path, settings=Settings(_env_file=None, answer_at=0.7))  # type: ignore[call-arg]
    with database.unit_of_work() as session, pytest.raises(Blocked, match="IT"):
        acts.set_threshold(session, WANG, ANSWER_AT, 0.9, fixed, now=NOW)


def test_retraining_learns_what_was_taught_at_once_and_can_be_taken_back(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    first = here.understander.head.key
    with database.unit_of_work() as session:
        acts.teach_example(session, WANG, "几个大洋能开走", Intent.ASK_PRICE, now=NOW)
    result = acts.teach_head(here, WANG, force=True)
    assert result.version is not None
    assert here.understander.head.key == result.version.key != first

    acts.take_head_back(here, WANG, first)
    assert here.understander.head.key == first
    with pytest.raises(Blocked):
        acts.take_head_back(here, WANG, "nonsense")
    assert told(database) == ["教意图例句", "重新训练意图模型", "换回意图模型"]


def test_a_store_manager_may_teach_nothing(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    with database.unit_of_work() as session:
        refused: list[Callable[[], object]] = [
            lambda: acts.teach_example(session, MANAGER, "几个大洋", Intent.ASK_PRICE, now=NOW),
            lambda: acts.withdraw_example(session, MANAGER, 1, now=NOW),
            lambda: acts.teach_sentence(session, MANAGER, "续航短", "续航", FocusPoint.RANGE, None, now=NOW),
            lambda: acts.withdraw_sentence(session, MANAGER, 1, now=NOW),
            lambda: acts.set_threshold(session, MANAGER, ANSWER_AT, 0.9, here, now=NOW),
            lambda: acts.teach_head(here, MANAGER, force=True),
            lambda: acts.take_head_back(here, replace(MANAGER, name="x"), ""),
        ]
        for act in refused:
            with pytest.raises(NotAllowed):
                act()
