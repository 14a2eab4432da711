"""`run`, `serve`, `work`, `sandbox`: from settings to a process that serves until it is told to stop."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from time import perf_counter

import httpx
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError
from threadpoolctl import ThreadpoolController

from bot.sandbox.shell import create_sandbox_app
from core.clock import utc_now
from core.db import Database, why_closed
from core.errors import Misconfigured
from core.migrate import migrate
from core.settings import Settings
from run.compose import Assistant, Knowledge, Say, assemble, build_knowledge, callback_app, look_up, miner_of, reminding_of, seed
from run.console import add_console, tell_console
from run.inspect import understood_of
from run.loops import Loops, WorkLock
from run.pack import load_pack
from run.sandboxed import connection_pool, sandbox_environment, sandbox_for, with_sandbox_secrets
from run.servers import Servers, address_of, bind, wait_for_signal
from run.ticking import ticker_of
from run.touch_news import news
from sop.scheduler import every_minute
from sop.tick import run_tick
from sop.touch_results import Results

SWITCH_SECONDS = 0.001


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, its tables up to date; closed afterwards."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"数据目录 {settings.data_dir} 建不了（{error.strerror}），请检查 ZHANTING_DATA_DIR") from None
    database = Database(settings.database())
    try:
        _bring_up_to_date(database)
        yield database
    finally:
        database.close()


def _bring_up_to_date(database: Database) -> None:
    try:
        migrate(database)
    except CommandError as error:
        raise Misconfigured(f"数据库的表结构和这个版本的程序对不上（{error}），请换回原来的版本，或恢复备份") from None
    except DBAPIError as error:
        why = why_closed(database.url, error)
        if not why:
            raise
        raise Misconfigured(why) from None


def make_assistant(settings: Settings, database: Database, http: httpx.Client, *, say: Say) -> Assistant:
    """Seeded, trained, wired; says what takes long."""
    return assemble(settings, database, knowledge_in(settings, database, say=say), http=http, clock=utc_now)


def knowledge_in(settings: Settings, database: Database, *, say: Say, seeded: bool = False) -> Knowledge:
    """What the assistant knows with this database; the pack is brought into it first, unless it is `seeded` already."""
    began = perf_counter()
    pack = load_pack(settings.pack_folder())
    if not seeded:
        news = seed(database, pack, utc_now)
        if news.new or news.changed:
            say(f"资料包 {settings.pack}：新增话术 {len(news.new)} 条，更新 {len(news.changed)} 条")
    knowledge = build_knowledge(settings, database, pack, say=say)
    say(f"话术库就绪，用时 {perf_counter() - began:.1f} 秒")
    return knowledge


def run(settings: Settings, *, say: Say) -> None:
    """Assistant and workers in one process; with the sandbox when no WeCom account is configured."""
    missing = settings.missing_for_wecom()
    with_sandbox = len(missing) == 5
    if missing and not with_sandbox:
        raise Misconfigured(f"没有设置 {missing[0]}：ZHANTING_WECOM_ 的五项要么都设，要么都不设（用沙盒）")
    web = bind(settings.host, settings.port, "ZHANTING_PORT")
    stage = bind(settings.host, settings.sandbox_port, "ZHANTING_SANDBOX_PORT") if with_sandbox else None
    if stage is not None:
        settings = with_sandbox_secrets(settings, address_of(stage))
    with opened(settings) as database, connection_pool() as http:
        lock = WorkLock(database)
        lock.take(utc_now)
        assistant = make_assistant(settings, database, http, say=say)
        invitation = add_console(settings, assistant)
        servers = Servers()
        servers.start(assistant.app, web)
        if stage is not None:
            sandbox = sandbox_for(settings, f"{address_of(web)}/wecom/callback")
            servers.start(create_sandbox_app(sandbox, understood=understood_of(database, assistant.knowledge.pack.names)), stage)
        with working(assistant, settings):
            say(f"助手回调地址  {address_of(web)}/wecom/callback")
            tell_console(address_of(web), invitation, say=say)
            if stage is not None:
                say(f"沙盒（客户与顾问的手机）  {address_of(stage)}/")
            say("按 Ctrl-C 停止")
            wait_for_signal()
            say("正在停止…")
        servers.stop()
        lock.give_back()


def serve(settings: Settings, *, say: Say) -> None:
    """The callback alone; `work` does the rest, in as many processes as there are."""
    _require_wecom(settings)
    web = bind(settings.host, settings.port, "ZHANTING_PORT")
    with opened(settings) as database:
        servers = Servers()
        servers.start(callback_app(settings, database, utc_now, ring=lambda: None), web)
        say(f"助手回调地址  {address_of(web)}/wecom/callback")
        wait_for_signal()
        servers.stop()


def work(settings: Settings, *, say: Say) -> None:
    """Handlers and senders alone, for callbacks that `serve` keeps."""
    _require_wecom(settings)
    with opened(settings) as database, connection_pool() as http:
        lock = WorkLock(database)
        lock.take(utc_now)
        assistant = make_assistant(settings, database, http, say=say)
        with working(assistant, settings):
            say("正在处理消息，按 Ctrl-C 停止")
            wait_for_signal()
        lock.give_back()


def console(settings: Settings, *, say: Say) -> None:
    """The console alone, for a deployment whose callback and workers are other processes."""
    web = bind(settings.host, settings.port, "ZHANTING_PORT")
    with opened(settings) as database, connection_pool() as http:
        assistant = make_assistant(settings, database, http, say=say)
        invitation = add_console(settings, assistant)
        servers = Servers()
        servers.start(assistant.app, web)
        stop_minutes = every_minute(minute_of(assistant, settings, with_chores=False), utc_now)
        tell_console(address_of(web), invitation, say=say)
        wait_for_signal()
        stop_minutes()
        servers.stop()


def serve_sandbox(settings: Settings, *, say: Say) -> None:
    """The sandbox alone, calling back to an assistant that another process serves."""
    stage = bind(settings.host, settings.sandbox_port, "ZHANTING_SANDBOX_PORT")
    settings = with_sandbox_secrets(settings, address_of(stage))
    servers = Servers()
    callback = f"http://{settings.host}:{settings.port}/wecom/callback"
    servers.start(create_sandbox_app(sandbox_for(settings, callback), understood=None), stage)
    say(f"沙盒  {address_of(stage)}/  回调到 {callback}")
    for name, value in sandbox_environment(settings).items():
        say(f"  {name}={value}")
    wait_for_signal()
    servers.stop()


@contextmanager
def working(assistant: Assistant, settings: Settings) -> Iterator[None]:
    """Threads and the minute job run while the block does."""
    # Threads that wait for the disk or for WeCom get the interpreter back sooner; a callback needs it half a dozen times (decision 0009).
    sys.setswitchinterval(SWITCH_SECONDS)
    # Dictionaries and models stay for good: the collector need not walk through half a million of them again and again.
    gc.collect()
    gc.freeze()
    # The sums of one message are too small to share; the library's helpers would spin beside everybody else's threads for nothing.
    ThreadpoolController().limit(limits=1, user_api="blas")
    loops = Loops(assistant.worker, handlers=settings.handlers, senders=settings.senders)
    stop_minutes = every_minute(minute_of(assistant, settings, with_chores=True), utc_now)
    loops.start()
    try:
        yield
    finally:
        assistant.chores.stopping.set()
        stop_minutes()
        loops.stop()


def minute_of(assistant: Assistant, settings: Settings, *, with_chores: bool) -> Callable[..., None]:
    """What is done every minute: a look whether the library was published anew, another head put in use, a threshold set or something
    taught; the bot's chores; what the plans say unprompted, what advisors are reminded of, and what became of it; and the questions that
    nobody could answer are grouped."""

    miner = miner_of(settings, assistant)
    reminding = reminding_of(assistant)
    ticker = ticker_of(assistant.database, assistant.knowledge.pack, utc_now)
    results = Results(assistant.database, news)

    def minute(now: datetime) -> None:
        assistant.knowledge.understander.head.refresh()
        assistant.knowledge.scripts.refresh(assistant.database)
        look_up(assistant.knowledge, assistant.database)
        if with_chores:
            assistant.chores.minute(now)
            run_tick(ticker, now=now)
            reminding.minute(now)
            results.minute(now)
            assistant.worker.queued.ring()
        miner.mine(now)

    return minute


def _require_wecom(settings: Settings) -> None:
    missing = settings.missing_for_wecom()
    if missing:
        raise Misconfigured(f"没有设置 {missing[0]}；五项都不设时，run 会启动沙盒")
