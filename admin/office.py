"""What the console works with: the same database, library and models as the bot."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from admin.rehearsals import Rehearsals
from bot.decide import Thresholds
from bot.reply import Speech
from core.clock import Clock
from core.db import Database
from core.embedding import KeptVectors
from core.settings import Settings
from customers.pack import LevelRules
from intents.teaching import IntentPack
from intents.understand import Understander
from kb.material_files import MaterialFiles
from kb.search import ScriptSearch
from sop.follow_up import FollowUps
from sop.tick import Ticker


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, and how many seconds that took; `remedy` says what to do, empty when all is well.

    `skipped`: there was nothing to look at, which is no fault.
    """

    name: str
    ok: bool
    result: str
    remedy: str = ""
    skipped: bool = False
    seconds: float = 0.0


@dataclass(frozen=True)
class Office:
    """Made once by the composition root. `names`: pack key → Chinese name; `stores`: those of them that are stores."""

    database: Database
    clock: Clock
    settings: Settings
    understander: Understander
    vectors: KeptVectors
    scripts: ScriptSearch
    speech: Speech
    rules: LevelRules
    taught: IntentPack
    names: Mapping[str, str]
    stores: Mapping[str, str]
    thresholds: Callable[[], Thresholds]
    examine: Callable[[], Iterator[Check]]  # each is told when it is done
    ring: Callable[[], None]  # there is something new to send
    files: MaterialFiles
    rehearsals: Rehearsals
    wecom_tags: Callable[[], Mapping[tuple[str, str], str]]  # (group, name) → WeCom's id of the tags that it has; asks WeCom
    ticker: Ticker  # what each minute's look at the plans works with; a rehearsal uses the same over a scratch database
    follow_ups: FollowUps  # records what came of advisors' reminders
