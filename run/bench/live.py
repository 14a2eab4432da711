"""The assistant in a process of its own under load: accepted callbacks, and questions answered end to end."""

import tempfile
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from bot.sandbox.callbacks import Callbacks
from bot.sandbox.sandbox import Sandbox
from core.clock import utc_now
from core.settings import Settings
from run.bench.quantiles import summary
from run.bench.running import Running, running
from run.bench.stolen import watch
from run.compose import Say
from run.pack import load_pack
from run.sandboxed import corp_of

CALLBACKS_A_SECOND = 100
SETTLE_SECONDS = 15
# An event that is kept but asks for no work, so that what is measured is the accepting.
_NOISE = (
    "<xml><FromUserName>bench{number}</FromUserName><CreateTime>1795140000</CreateTime><MsgType>event</MsgType>"
    "<Event>enter_agent</Event></xml>"
)


@dataclass
class Answers:
    """Answers of one endpoint: seconds each took, and how many were no 200."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0


def measure_live(settings: Settings, *, seconds: int, rates: Sequence[int], say: Say) -> dict[str, Any]:
    """At each of the rates: questions alone, then questions beside callbacks at 100/s."""
    with (
        tempfile.TemporaryDirectory(prefix="zhanting-bench-") as folder,
        running(settings, database_url=f"sqlite:///{Path(folder) / 'bench.db'}") as there,
    ):
        say("  助手已启动")
        questions = [question for content in load_pack(settings.pack_folder()).scripts.contents for question in content.must_hit]
        quiet = {str(rate): _ask(there.sandbox, questions, seconds=seconds, rate=rate, tag=f"quiet{rate}") for rate in rates}
        say(f"  端到端：{quiet}")
        busy = {str(rate): _ask_beside_callbacks(there, questions, seconds=seconds // 2, rate=rate) for rate in rates}
        verify_only = Answers()
        _verify(there, seconds // 4, verify_only)
    verified = {**summary(verify_only.seconds), "failed": verify_only.failed}
    return {"end_to_end_by_rate": quiet, "beside_callbacks_by_rate": busy, "verify_and_decrypt_only": verified}


def _ask_beside_callbacks(there: Running, questions: list[str], *, seconds: int, rate: int) -> dict[str, Any]:
    """How callbacks at 100/s and questions at this rate fare side by side."""
    # Sealed beforehand: sealing costs this process what the sandbox in it needs.
    sealed = _noise(Callbacks(corp_of(there.settings)), rate, seconds)
    kept = Answers()
    flooding = threading.Thread(target=_at_rate, args=(there.callback, sealed, kept))
    flooding.start()
    asked = _ask(there.sandbox, questions, seconds=seconds, rate=rate, tag=f"busy{rate}")
    flooding.join()
    return {"callbacks": {**summary(kept.seconds), "failed": kept.failed, "sent": len(kept.seconds)}, "end_to_end": asked}


def _ask(sandbox: Sandbox, questions: list[str], *, seconds: int, rate: int, tag: str) -> dict[str, Any]:
    """Customers ask at a steady rate, each once: how long each waited for the first word, who still waits at the end, who got the same
    twice."""
    asked: dict[str, float] = {}
    stolen = watch()
    began = monotonic()
    total = seconds * rate
    for number in range(total):
        wait = began + number / rate - monotonic()
        if wait > 0:
            sleep(wait)
        customer = f"wmBench{tag}{number:06d}"
        sandbox.customer_says(customer, questions[number % len(questions)])
        asked[customer] = monotonic()
    taken = stolen()
    sleep(SETTLE_SECONDS)
    waited: list[float] = []
    waiting = doubled = 0
    for customer in asked:
        bubbles = sandbox.heard_by(customer)
        question = next(bubble for bubble in bubbles if bubble.speaker == "customer")
        answers = [bubble for bubble in bubbles if bubble.speaker == "bot"]
        waiting += not answers
        doubled += len({str(bubble.content) for bubble in answers}) != len(answers)
        if answers:
            waited.append((answers[0].at - question.at).total_seconds())
    return {"questions": total, **summary(waited), f"unanswered_after_{SETTLE_SECONDS}_s": waiting, "doubled": doubled, **taken}


def _noise(sealer: Callbacks, round_: int, seconds: int) -> list[tuple[dict[str, str], bytes]]:
    """Callbacks that are kept but need no work, distinct among themselves and from other rounds'."""
    now = utc_now()
    return [sealer.sealed(_NOISE.format(number=f"{round_}-{number}"), now=now) for number in range(seconds * CALLBACKS_A_SECOND)]


def _verify(there: Running, seconds: int, result: Answers) -> None:
    """The same endpoint where it only verifies and decrypts: GET."""
    with httpx.Client() as http:
        for number in range(seconds * CALLBACKS_A_SECOND):
            began = monotonic()
            answer = http.get(there.callback, params=there.sandbox.verification_query(str(number)))
            result.seconds.append(monotonic() - began)
            result.failed += answer.status_code != 200


def _at_rate(url: str, sealed: list[tuple[dict[str, str], bytes]], result: Answers) -> None:
    """Posts them at a steady rate over 16 connections."""
    turn = threading.Lock()
    began = monotonic()
    position = iter(range(len(sealed)))

    def post() -> None:
        # The standard library's client: the asking must not cost the machine more than the answering that is measured.
        with closing(HTTPConnection(urlsplit(url).netloc)) as http:
            while True:
                with turn:
                    number = next(position, None)
                if number is None:
                    return
                wait = began + number / CALLBACKS_A_SECOND - monotonic()
                if wait > 0:
                    sleep(wait)
                query, body = sealed[number]
                start = monotonic()
                http.request("POST", f"{urlsplit(url).path}?{urlencode(query)}", body)
                answer = http.getresponse()
                answer.read()
                with turn:
                    result.seconds.append(monotonic() - start)
                    result.failed += answer.status != 200

    threads = [threading.Thread(target=post) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
