"""The composition root: the one file that knows which concrete classes make an assistant."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
from fastapi import FastAPI

from admin.forget import prune
from admin.gap_mining import Miner
from admin.office import Check, Office
from admin.rehearsals import Rehearsals
from bot.attach import Attacher
from bot.burst import BurstRule
from bot.chores import Chores
from bot.decide import Thresholds
from bot.group_chores import GroupChores
from bot.handle import TurnHandler
from bot.mass_follow import MassFollow
from bot.pull import PullRule
from bot.reply import Speech
from bot.routes import callback_router
from bot.speak import Speaker
from bot.speak_mass import MassSpeaker
from bot.tuning import ANSWER_AT, CLARIFY_AT, Tuned
from bot.wecom.cipher import CallbackCipher
from bot.wecom.client import WeComClient
from bot.wecom.messenger import messenger_over
from bot.wecom.tags import TagBook
from bot.wecom.webhook import WebhookCalls
from bot.worker import Bell, Worker
from core.clock import Clock
from core.db import Database
from core.embedding import Embedder, KeptVectors, make_embedder
from core.settings import Settings
from intents.build import Teaching, build_understander
from intents.taught import examples_of
from intents.understand import Understander
from kb.importing import Seeded, seed_scripts
from kb.material_files import MaterialFiles
from kb.read import Reader
from kb.search import ScriptSearch
from run.enrich import enricher
from run.metrics import metrics_router
from run.pack import Pack
from run.progress import progress_of
from run.reminder_ports import reminder_ports
from run.ticking import ticker_of
from sop.advisor_talk import AdvisorTalk
from sop.follow_up import FollowUps
from sop.pack import seed_plans
from sop.remind import Reminding

Say = Callable[[str], None]


@dataclass(frozen=True)
class Knowledge:
    """What the assistant knows: the pack, the models made from it, and the library as published in the database."""

    pack: Pack
    vectors: KeptVectors
    understander: Understander
    scripts: ScriptSearch
    reader: Reader
    tuned: Tuned


@dataclass(frozen=True)
class Assistant:
    """Ready to be served and worked."""

    database: Database
    knowledge: Knowledge
    worker: Worker
    chores: Chores
    app: FastAPI


def seed(database: Database, pack: Pack, clock: Clock) -> Seeded:
    """Bring the pack's scripts, materials and plans into the database; what operators edited stays."""
    with database.unit_of_work() as session:
        # The scripts first: they take the library's lock, and of two processes that start together the second waits there.
        seeded = seed_scripts(session, pack.scripts, now=clock())
        seed_plans(session, pack.sop, now=clock())
    return seeded


def build_knowledge(settings: Settings, database: Database, pack: Pack, *, embedder: Embedder | None = None, say: Say) -> Knowledge:
    """Load or train the models and open the library. Long only on the first start; `say` tells what it is doing."""
    kept = KeptVectors(embedder or make_embedder(settings.encoder), settings.data_dir / "vectors")
    with database.reading() as session:
        taught = examples_of(session)
    understander = build_understander(
        pack.taught(),
        kept,
        settings.data_dir / "models",
        confident_at=settings.intent_confident_at,
        clear_by=settings.intent_clear_by,
        taught=taught,
        progress=progress_of(say, "编码例句"),
    )
    enrich = enricher(understander, Teaching(pack.intents, kept), pack.intents.examples)
    reader = Reader(understander.normaliser, understander.tokeniser, kept, enrich=enrich, enrich_id=pack.fingerprint)
    scripts = ScriptSearch(settings.data_dir / "index", reader, strays=pack.strays())
    scripts.refresh(database, progress=progress_of(say, "编码话术"), learning=progress_of(say, "试答例题", kept=False))
    knowledge = Knowledge(pack, kept, understander, scripts, reader, Tuned())
    look_up(knowledge, database)
    return knowledge


def look_up(knowledge: Knowledge, database: Database) -> None:
    """Take over what operators set and taught, here or in another process."""
    with database.reading() as session:
        knowledge.tuned.refresh(session)
        knowledge.understander.taught.refresh(session)


def assemble(settings: Settings, database: Database, knowledge: Knowledge, *, http: httpx.Client, clock: Clock) -> Assistant:
    """Wire the assistant. Nothing runs yet."""
    client = WeComClient(settings.wecom_api_base, settings.wecom_corp_id, settings.wecom_secret, http=http, clock=clock)
    wecom = messenger_over(client, settings.wecom_agent_id)
    attach = Attacher(database, wecom.media, files_of(settings, knowledge))
    masses = MassSpeaker(database, wecom, attach, WebhookCalls(settings.wecom_api_base, settings.webhook_keys(), http), clock)
    speech = speech_of(settings, knowledge)
    follow_ups = follow_ups_of(knowledge)
    heard, queued = Bell(), Bell()
    turns = TurnHandler(
        understander=knowledge.understander,
        scripts=knowledge.scripts,
        rules=knowledge.pack.rules,
        speech=speech,
        thresholds=lambda: thresholds_of(settings, knowledge),
        ask_state=lambda open_kfid, external_id: _plain(wecom.kf.state(open_kfid, external_id)),
    )
    chores = Chores(
        database=database,
        kf=wecom.kf,
        attach=attach,
        rules=knowledge.pack.rules,
        welcome_attachments=knowledge.pack.replies.welcome_attachments,
        poll_every=timedelta(seconds=settings.poll_seconds),
        prune=lambda now: prune(
            database, keep_boxes=timedelta(days=settings.keep_boxes_days), keep_talk=timedelta(days=settings.keep_talk_days), now=now
        ),
        mass=MassFollow(database),
        groups=GroupChores(database, wecom.groups, knowledge.pack.groups),
    )
    worker = Worker(
        database=database,
        turns=turns,
        speech=speech,
        speaker=Speaker(database, wecom, attach, TagBook(wecom.contacts), clock, masses.deeds()),
        wecom=wecom,
        pull_rule=PullRule(burst_rule(settings), timedelta(minutes=settings.stale_after_minutes)),
        clock=clock,
        lease_seconds=settings.lease_seconds,
        heard=heard,
        queued=queued,
        daily=chores.daily,
        clicked=follow_ups.clicked,
        advisor_reply=AdvisorTalk(knowledge.pack.rules, follow_ups, follow_ups.ports).reply,
    )
    return Assistant(database, knowledge, worker, chores, callback_app(settings, database, clock, ring=heard.ring))


def callback_app(settings: Settings, database: Database, clock: Clock, *, ring: Callable[[], None]) -> FastAPI:
    """The web side alone: what `serve` runs."""
    cipher = CallbackCipher(settings.wecom_token, settings.wecom_aes_key, settings.wecom_corp_id)
    app = FastAPI(title="展厅 Zhanting", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(callback_router(database, cipher, clock, max_bytes=settings.callback_max_bytes, ring=ring))
    app.include_router(metrics_router(database))
    return app


def office_of(settings: Settings, assistant: Assistant, clock: Clock, *, examine: Callable[[], Iterator[Check]]) -> Office:
    """What the console works with: the same things as the assistant."""
    knowledge = assistant.knowledge
    return Office(
        database=assistant.database,
        clock=clock,
        settings=settings,
        understander=knowledge.understander,
        vectors=knowledge.vectors,
        scripts=knowledge.scripts,
        speech=speech_of(settings, knowledge),
        rules=knowledge.pack.rules,
        taught=knowledge.pack.taught(),
        names=knowledge.pack.names,
        stores={store.key: knowledge.pack.names.get(store.key, store.key) for store in knowledge.pack.intents.names.stores},
        thresholds=lambda: thresholds_of(settings, knowledge),
        examine=examine,
        ring=assistant.worker.queued.ring,
        wecom_tags=lambda: {(tag.group_name, tag.name): tag.id for tag in assistant.worker.wecom.contacts.corp_tags()},
        files=files_of(settings, knowledge),
        rehearsals=Rehearsals(
            knowledge.scripts, knowledge.reader, knowledge.understander, lambda: thresholds_of(settings, knowledge).answer_at, clock
        ),
        ticker=ticker_of(assistant.database, knowledge.pack, clock),
        follow_ups=follow_ups_of(knowledge),
    )


def follow_ups_of(knowledge: Knowledge) -> FollowUps:
    """What records the outcomes of advisors' reminders."""
    ports = reminder_ports(knowledge.pack, knowledge.understander, knowledge.scripts)
    return FollowUps(knowledge.pack.follow_ups, knowledge.pack.rules, ports)


def reminding_of(assistant: Assistant) -> Reminding:
    """Advisors' reminders, as each minute looks at them."""
    knowledge = assistant.knowledge
    return Reminding(assistant.database, knowledge.pack.follow_ups, knowledge.pack.rules, follow_ups_of(knowledge).ports)


def files_of(settings: Settings, knowledge: Knowledge) -> MaterialFiles:
    """Where the bytes of materials lie."""
    return MaterialFiles(knowledge.pack.folder, settings.data_dir / "uploads")


def speech_of(settings: Settings, knowledge: Knowledge) -> Speech:
    """The words of this pack over the published library."""

    def menu() -> list[tuple[str, str]]:
        return [(option.text, knowledge.scripts.key_of(option.question) or "") for option in knowledge.pack.replies.options]

    return Speech(knowledge.pack.replies, knowledge.scripts.content, knowledge.pack.names, menu, tuple(settings.duty()))


def thresholds_of(settings: Settings, knowledge: Knowledge) -> Thresholds:
    """Measured when the library was built; an operator's figure goes before that, a setting before both."""
    measured = knowledge.scripts.thresholds
    fixed = {ANSWER_AT: settings.answer_at, CLARIFY_AT: settings.clarify_at}
    return knowledge.tuned.over(Thresholds(measured.answer_at, measured.clarify_at), fixed=fixed)


def miner_of(settings: Settings, assistant: Assistant) -> Miner:
    """Groups the turns that got no answer."""
    knowledge = assistant.knowledge
    return Miner(assistant.database, knowledge.understander, knowledge.scripts, lambda: thresholds_of(settings, knowledge))


def burst_rule(settings: Settings) -> BurstRule:
    """How long a turn waits for its next message."""
    return BurstRule(
        timedelta(seconds=settings.burst_quick_seconds),
        timedelta(seconds=settings.burst_quiet_seconds),
        timedelta(seconds=settings.burst_longest_seconds),
    )


def _plain(state: tuple[int, str]) -> tuple[int, str]:
    return int(state[0]), state[1]
