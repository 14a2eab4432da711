"""A customer at the terminal: the same sandbox, the same sealed callbacks, the same assistant as `run`."""

import tempfile
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx

from bot import inbox, outbox
from bot.queue import State
from bot.sandbox.corp import Bubble
from bot.sandbox.delivery import Pump, SandboxTransport
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.terms import CannotDo, SessionState, Speaker
from core.db import Database
from core.settings import Settings
from run.compose import Say
from run.inspect import understood_of
from run.sandboxed import sandbox_for, with_sandbox_secrets
from run.servers import Servers, address_of, bind
from run.start import make_assistant, opened, working

HELP = "命令：/new 换一位新客户 · /menu N 点菜单第 N 项 · /image 发图片 · /why 上一句是怎么理解的 · /end 顾问结束人工会话 · /quit 退出"
# A turn may wait for its next message, a call may be tried again; whoever waits longer than this at a terminal wants his prompt back.
WAIT_AT_MOST_SECONDS = 15.0
_LOOK_EVERY_SECONDS = 0.05
_SPEAKERS = {Speaker.BOT: "助手", Speaker.SERVICER: "人工", Speaker.ADVISOR: "顾问"}


def chat(settings: Settings, lines: Iterable[str], *, say: Say, tell: Say) -> None:
    """Read what the customer says line by line and print what he hears, in a database of its own that ends with the talk."""
    with tempfile.TemporaryDirectory(prefix="zhanting-chat-") as scratch:
        web = bind("127.0.0.1", 0, "ZHANTING_PORT")
        own = {"database_url": f"sqlite:///{Path(scratch) / 'chat.db'}"}
        settings = with_sandbox_secrets(settings, "http://sandbox.invalid").model_copy(update=own)
        sandbox = sandbox_for(settings, f"{address_of(web)}/wecom/callback")
        with opened(settings) as database, httpx.Client(transport=SandboxTransport(sandbox)) as http:
            assistant = make_assistant(settings, database, http, say=tell)
            servers = Servers()
            servers.start(assistant.app, web)
            with Pump(sandbox), working(assistant, settings):
                tell(HELP)
                Talk(sandbox, understood_of(database, assistant.knowledge.pack.names), settled=lambda: _settled(database), say=say).follow(
                    lines
                )
            servers.stop()


class Talk:
    """One person at the terminal, playing one customer after another."""

    def __init__(
        self, sandbox: Sandbox, understood: Callable[[str], list[dict[str, Any]]], *, settled: Callable[[], bool], say: Say
    ) -> None:
        self._sandbox = sandbox
        self._understood = understood
        self._settled = settled
        self._say = say
        self._numbers = count(1)
        self._seen = 0
        self._menu: list[tuple[str, str]] = []
        self._customer = self._new()

    def follow(self, lines: Iterable[str]) -> None:
        """Until the lines end or /quit."""
        self._listen()
        for line in lines:
            words = line.strip()
            if words == "/quit":
                return
            if words:
                self._say(f"客户：{words}")
                try:
                    self._do(words)
                except CannotDo as refusal:
                    self._say(f"（{refusal}）")
                self._listen()

    def _do(self, words: str) -> None:
        command, _, rest = words.partition(" ")
        match command:
            case "/new":
                self._customer = self._new()
            case "/image":
                self._sandbox.customer_sends(self._customer, "image")
            case "/menu":
                self._tap(rest)
            case "/why":
                self._why()
            case "/end":
                state, servicer = self._sandbox.session_of(self._customer)
                if state is not SessionState.HUMAN:
                    raise CannotDo("现在没有人工在接待")
                self._sandbox.servicer_ends(servicer, self._customer)
            case _:
                self._sandbox.customer_says(self._customer, words)

    def _new(self) -> str:
        self._seen, self._menu = 0, []
        return self._sandbox.customer_enters(f"客户{next(self._numbers)}", scene="terminal")

    def _tap(self, number: str) -> None:
        if not number.isdigit() or not 1 <= int(number) <= len(self._menu):
            raise CannotDo("没有这一项")
        menu_id, words = self._menu[int(number) - 1]
        self._sandbox.customer_says(self._customer, words, menu_id=menu_id)

    def _why(self) -> None:
        for seen in self._understood(self._customer)[-1:]:
            intents = "，".join(f"{found['zh']} {found['score']:.2f}" for found in seen["intents"]) + (
                "（不确定）" if seen["not_sure"] else ""
            )
            focus = "，".join(f"{found['zh']}（{found['tone']}）“{found['span']}”" for found in seen["focus_points"])
            slots = "，".join(f"{name} {value}" for name, value in seen["slots"].items())
            self._say(f"  意图 {intents or '无'}；关注点 {focus or '无'}；要素 {slots or '无'}")
            self._say(f"  决定 {seen['decision']} {seen['reason']} {seen['script']}；级别 {seen.get('level', '')}")

    def _listen(self) -> None:
        end = monotonic() + WAIT_AT_MOST_SECONDS
        quiet_since = None
        while monotonic() < end:
            self._show_new()
            # Settled twice in a row: a callback may be on its way between two looks.
            if not self._settled():
                quiet_since = None
            elif quiet_since is None:
                quiet_since = monotonic()
            elif monotonic() - quiet_since > 4 * _LOOK_EVERY_SECONDS:
                break
            sleep(_LOOK_EVERY_SECONDS)
        self._show_new()

    def _show_new(self) -> None:
        bubbles = self._sandbox.heard_by(self._customer)
        for bubble in bubbles[self._seen :]:
            if bubble.speaker is not Speaker.CUSTOMER:
                self._show(bubble)
        self._seen = len(bubbles)

    def _show(self, bubble: Bubble) -> None:
        who = _SPEAKERS[bubble.speaker]
        if bubble.msgtype == "msgmenu":
            clicks = [item["click"] for item in bubble.content["list"] if item["type"] == "click"]
            self._menu = [(click["id"], click["content"]) for click in clicks]
            options = "".join(f"\n    {number}. {click['content']}" for number, click in enumerate(clicks, start=1))
            self._say(f"{who}：{bubble.text}{options}")
            return
        title = bubble.content.get("title", "")
        self._say(f"{who}：{bubble.text or f'[{bubble.msgtype}] {title}'}")


def _settled(database: Database) -> bool:
    with database.reading() as session:
        return inbox.open_count(session) == 0 and not outbox.by_state(session, [State.WAITING, State.CLAIMED], limit=1)
