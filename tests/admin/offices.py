"""An office over a test's database: a small pack, an encoder of letters, the library as it is published there."""

from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from admin.office import Office
from admin.rehearsals import Rehearsals
from bot.decide import Thresholds
from bot.pack import Replies
from bot.reply import Speech
from core.db import Database
from core.embedding import KeptVectors, LetterEmbedder
from core.settings import Settings
from kb.material_files import MaterialFiles
from kb.read import Reader
from kb.search import ScriptSearch
from sop.follow_up import FollowUps
from sop.reminder_ports import ReminderPorts
from sop.reminder_terms import FollowUpRules
from sop.tick import Ticker
from tests.admin.gap_talk import understander
from tests.admin.people import RULES, STORES
from tests.intents.builders import PACK

NAMES = {"e7": "云驰 E7", "e5": "云驰 E5", "shanghai": "上海", **STORES}
THRESHOLDS = Thresholds(0.6, 0.3)
SAID = {
    "not_sold": "没有",
    "rivals": "比",
    "variables.称呼": "您",
    "variables.顾问": "顾问",
    "variables.门店": "门店",
    "variables.车型": "车",
}


def quiet_ports() -> ReminderPorts:
    """Reminders that find nothing outside of their own tables."""
    return ReminderPorts(
        contacts=lambda _s, _ids: {},
        spoken=lambda _s, _since: [],
        askings=lambda _s, _since: [],
        read_times=lambda _text, _at: [],
        suggest=lambda _s, _customer, _now: None,
        find_scripts=lambda _text, _now: [],
        managers=lambda _s, _store: [],
        tags_changed=lambda _s, _customer, _change, _cause, _now: None,
    )


def office_over(database: Database, *, now: datetime) -> Office:
    """At the moment `now`, for ever."""
    folder = Path(mkdtemp(prefix="zhanting-office-"))
    known, vectors = understander(), KeptVectors(LetterEmbedder(), folder / "vectors")
    reader = Reader(known.normaliser, known.tokeniser, vectors)
    scripts = ScriptSearch(folder / "index", reader)
    scripts.refresh(database)
    return Office(
        database=database,
        clock=lambda: now,
        settings=Settings(_env_file=None, data_dir=folder),  # type: ignore[call-arg]
        understander=known,
        vectors=vectors,
        scripts=scripts,
        speech=Speech(Replies(SAID), scripts.content, NAMES, list),
        rules=RULES,
        taught=PACK,
        names=NAMES,
        stores=STORES,
        thresholds=lambda: THRESHOLDS,
        examine=lambda: iter(()),
        ring=lambda: None,
        files=MaterialFiles(folder / "pack", folder / "uploads"),
        rehearsals=Rehearsals(scripts, reader, known, lambda: THRESHOLDS.answer_at, lambda: now),
        wecom_tags=dict,
        ticker=Ticker(database, {"称呼": "您", "顾问": "顾问", "门店": "门店", "车型": "车"}, STORES),
        follow_ups=FollowUps(FollowUpRules(), RULES, quiet_ports()),
    )
