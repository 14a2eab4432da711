"""The composition root: the one file that knows which concrete classes make an assistant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx
from fastapi import FastAPI

from bot.attach import Attacher
from bot.burst import BurstRule
from bot.chores import Chores
from bot.decide import Thresholds
from bot.handle import TurnHandler
from bot.pull import PullRule
from bot.reply import Speech
from bot.routes import callback_router
from bot.speak import Speaker
from bot.wecom.cipher import CallbackCipher
from bot.wecom.client import WeComClient
from bot.wecom.messenger import messenger_over
from bot.wecom.tags import TagBook
from bot.worker import Bell, Worker
from core.clock import Clock
from core.db import Database
from core.embedding import Embedder, KeptVectors, make_embedder
from core.settings import Settings
from intents.build import Teaching, build_understander
from intents.understand import Understander
from kb.importing import Seeded, seed_scripts
from kb.read import Reader
from kb.search import ScriptSearch
from run.enrich import enricher
from run.metrics import metrics_router
from run.pack import Pack

Say = Callable[[str], None]


@dataclass(frozen=True)
class Knowledge:
    """What the assistant knows: the pack, the models made from it, and the library as published in the database."""

    pack: Pack
    understander: Understander
    scripts: ScriptSearch


@dataclass(frozen=True)
class Assistant:
    """Ready to be served and worked."""

    database: Database
    knowledge: Knowledge
    worker: Worker
    chores: Chores
    app: FastAPI


def seed(database: Database, pack: Pack, clock: Clock) -> Seeded:
    """Bring the pack's scripts and materials into the database; what operators edited stays."""
    with database.unit_of_work() as session:
        return seed_scripts(session, pack.scripts, now=clock())


def build_knowledge(settings: Settings, database: Database, pack: Pack, *, embedder: Embedder | None = None, say: Say) -> Knowledge:
    """Load or train the models and open the library. Long only on the first start; `say` tells what it is doing."""
    kept = KeptVectors(embedder or make_embedder(settings.encoder), settings.data_dir / "vectors")
    understander = build_understander(
        pack.taught(),
        kept,
        settings.data_dir / "models",
        confident_at=settings.intent_confident_at,
        clear_by=settings.intent_clear_by,
        progress=_progress(say, "编码例句"),
    )
    enrich = enricher(understander, Teaching(pack.intents, kept), pack.intents.examples)
    reader = Reader(understander.normaliser, understander.tokeniser, kept, enrich=enrich, enrich_id=pack.fingerprint)
    scripts = ScriptSearch(settings.data_dir / "index", reader, strays=pack.strays())
    scripts.refresh(database, progress=_progress(say, "编码话术"), learning=_progress(say, "试答例题"))
    return Knowledge(pack, understander, scripts)


def assemble(settings: Settings, database: Database, knowledge: Knowledge, *, http: httpx.Client, clock: Clock) -> Assistant:
    """Wire the assistant. Nothing runs yet."""
    client = WeComClient(settings.wecom_api_base, settings.wecom_corp_id, settings.wecom_secret, http=http, clock=clock)
    wecom = messenger_over(client, settings.wecom_agent_id)
    attach = Attacher(database, wecom.media, knowledge.pack.folder)
    speech = speech_of(settings, knowledge)
    heard, queued = Bell(), Bell()
    turns = TurnHandler(
        understander=knowledge.understander,
        scripts=knowledge.scripts,
        rules=knowledge.pack.rules,
        speech=speech,
        thresholds=lambda: thresholds_of(settings, knowledge.scripts),
        ask_state=lambda open_kfid, external_id: _plain(wecom.kf.state(open_kfid, external_id)),
    )
    chores = Chores(
        database=database,
        kf=wecom.kf,
        attach=attach,
        rules=knowledge.pack.rules,
        welcome_attachments=knowledge.pack.replies.welcome_attachments,
        poll_every=timedelta(seconds=settings.poll_seconds),
    )
    worker = Worker(
        database=database,
        turns=turns,
        speech=speech,
        speaker=Speaker(database, wecom, attach, TagBook(wecom.contacts), clock),
        wecom=wecom,
        pull_rule=PullRule(burst_rule(settings), timedelta(minutes=settings.stale_after_minutes)),
        clock=clock,
        lease_seconds=settings.lease_seconds,
        heard=heard,
        queued=queued,
        daily=chores.daily,
    )
    return Assistant(database, knowledge, worker, chores, callback_app(settings, database, clock, ring=heard.ring))


def callback_app(settings: Settings, database: Database, clock: Clock, *, ring: Callable[[], None]) -> FastAPI:
    """The web side alone: what `serve` runs."""
    cipher = CallbackCipher(settings.wecom_token, settings.wecom_aes_key, settings.wecom_corp_id)
    app = FastAPI(title="展厅 Zhanting", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(callback_router(database, cipher, clock, max_bytes=settings.callback_max_bytes, ring=ring))
    app.include_router(metrics_router(database))
    return app


def speech_of(settings: Settings, knowledge: Knowledge) -> Speech:
    """The words of this pack over the published library."""

    def menu() -> list[tuple[str, str]]:
        return [(option.text, knowledge.scripts.key_of(option.question) or "") for option in knowledge.pack.replies.options]

    return Speech(knowledge.pack.replies, knowledge.scripts.content, knowledge.pack.names, menu, tuple(settings.duty()))


def thresholds_of(settings: Settings, scripts: ScriptSearch) -> Thresholds:
    """Measured when the library was built; a setting overrides."""
    measured = scripts.thresholds
    return Thresholds(
        measured.answer_at if settings.answer_at is None else settings.answer_at,
        measured.clarify_at if settings.clarify_at is None else settings.clarify_at,
    )


def burst_rule(settings: Settings) -> BurstRule:
    """How long a turn waits for its next message."""
    return BurstRule(
        timedelta(seconds=settings.burst_quick_seconds),
        timedelta(seconds=settings.burst_quiet_seconds),
        timedelta(seconds=settings.burst_longest_seconds),
    )


def _plain(state: tuple[int, str]) -> tuple[int, str]:
    return int(state[0]), state[1]


def _progress(say: Say, what: str) -> Callable[[int, int], None]:
    def tell(done: int, of: int) -> None:
        if done == of or done % 512 == 0:
            say(f"  {what} {done}/{of}")

    return tell
