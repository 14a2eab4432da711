"""Turns without an answer, as the transcript keeps them, and a miner whose library is empty and whose encoder is letters."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from admin.gap_mining import Miner
from bot.decide import Thresholds
from bot.models import Utterance
from core.db import Database
from core.embedding import KeptVectors, LetterEmbedder
from customers.models import Customer
from intents.build import build_understander
from intents.understand import Understander
from kb.read import Reader
from kb.search import ScriptSearch
from tests.intents.builders import PACK

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
NOT_UNDERSTOOD = "没有听懂，请客户换个说法"


@cache
def understander() -> Understander:
    """Made once; nothing of a test stays in it."""
    folder = Path(mkdtemp(prefix="zhanting-gaps-"))
    return build_understander(PACK, KeptVectors(LetterEmbedder(), folder), folder, confident_at=0.1, clear_by=0.02)


def miner(database: Database, folder: Path, *, rest: Callable[[float], None] = lambda _seconds: None) -> Miner:
    """Over a library without scripts."""
    known = understander()
    reader = Reader(known.normaliser, known.tokeniser, KeptVectors(LetterEmbedder(), folder / "vectors"))
    return Miner(database, known, ScriptSearch(folder / "index", reader), lambda: Thresholds(0.8, 0.4), rest=rest)


def asks(
    database: Database,
    msgid: str,
    words: str,
    *,
    customer: str = "wm-li",
    at: datetime = NOW - timedelta(hours=1),
    decision: str = "pass_on",
    why: str = "not_covered",
    intent: str = "ask_config",
    turn: str = "",
) -> None:
    """A customer's message and what was decided of it."""
    understood = {"intents": [{"name": intent, "score": 0.8}], "not_sure": False} if decision else None
    with database.unit_of_work() as session:
        session.add(
            Utterance(
                msgid=msgid,
                external_id=customer,
                speaker="customer",
                words=words,
                said_at=at,
                turn=turn or msgid,
                understood=understood,
                decision=decision,
                why=why,
            )
        )


def known_customer(database: Database, external_id: str, level: str, *, store: str = "") -> None:
    """A customer of this level."""
    with database.unit_of_work() as session:
        session.add(Customer(external_id=external_id, nickname=external_id, level=level, first_seen_at=NOW, store=store))
