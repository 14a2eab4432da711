"""A whole WeCom in one object: the API on one side, people with phones on the other, sealed callbacks between — READ THIS FIRST.

The assistant calls `call` (over HTTP through shell.py, or in process through delivery.SandboxTransport). What people do are the
`customer_…`, `servicer_…` and `advisor_…` deeds; what they see is in phones.py. Whatever the assistant must hear waits in a queue
until `deliver_due` posts it, so a test decides when, and a thread of the live shell does it at once.
"""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from bot.sandbox.advisor_deeds import AdvisorDeeds
from bot.sandbox.callbacks import Callback, Deliver
from bot.sandbox.corp import Corp
from bot.sandbox.customer_deeds import CustomerDeeds
from bot.sandbox.endpoints import UNKNOWN_PATH, answer, as_json, is_known
from bot.sandbox.failures import Failure
from bot.sandbox.group_deeds import GroupDeeds
from bot.sandbox.groups import seed_group
from bot.sandbox.kf_log import record_event
from bot.sandbox.login import LoginDeeds
from bot.sandbox.mass_deeds import MassDeeds
from bot.sandbox.phones import Phones
from bot.sandbox.servicer_deeds import ServicerDeeds
from bot.sandbox.tags import seed_tags
from bot.sandbox.terms import ApiAnswer, ApiCall, ApiError, CannotDo, CorpSecrets, NoAnswer, Seeds, Speaker, Timeout
from bot.sandbox.tokens import invalidate_tokens
from core.clock import Clock


class Sandbox(CustomerDeeds, ServicerDeeds, AdvisorDeeds, GroupDeeds, LoginDeeds, MassDeeds, Phones):
    """Thread-safe. `retry_after` is the pause before a failed callback is tried again, up to three attempts in all."""

    def __init__(
        self,
        secrets: CorpSecrets,
        *,
        deliver: Deliver,
        clock: Clock,
        seeds: Seeds | None = None,
        retry_after: timedelta = timedelta(0),
    ) -> None:
        now, seeds = clock(), seeds or Seeds()
        super().__init__(Corp(secrets, seeds, now=now), clock)
        for name, tags in seeds.tag_groups.items():
            seed_tags(self._corp, name, tags, now=now)
        for group in seeds.groups:
            if group.owner in self._corp.members:
                seed_group(self._corp, group, now=now)
        self._deliver = deliver
        self._retry_after = retry_after
        self._delivering = threading.Lock()

    def call(self, method: str, path: str, query: Mapping[str, str], body: bytes = b"", content_type: str = "") -> ApiAnswer:
        """One call of the HTTP API. Refusals come as errcodes; NoAnswer is raised where a time-out was asked for."""
        with self._deed() as now:
            failure = self._corp.failures.next(path)
            try:
                result = self._answer(failure, method, path, query, body, content_type, now)
            except NoAnswer:
                self._corp.calls.append(ApiCall(now, method, path, None))
                raise
            except ApiError as refusal:
                self._corp.calls.append(ApiCall(now, method, path, refusal.errcode))
                status = 404 if refusal.errcode == UNKNOWN_PATH else 200
                return as_json({}, errcode=refusal.errcode, errmsg=refusal.errmsg, status=status)
            self._corp.calls.append(ApiCall(now, method, path, 0))
            return result

    def deliver_due(self) -> int:
        """One attempt for every callback that is due, in order; returns how many were made. Never holds the lock while posting."""
        with self._delivering:
            with self._look() as now:
                due = self._corp.callbacks.take_due(now=now)
            for callback in due:
                self._attempt(callback)
            return len(due)

    def fail(self, path: str, failure: Failure, *, times: int = 1) -> None:
        """The next `times` calls of this path fail: with an errcode, or without an answer (Timeout). `*` is any path."""
        with self._deed():
            self._corp.failures.add(path, failure, times)

    def clear_failures(self) -> None:
        """Everything works again: calls, pages and callbacks."""
        with self._deed():
            self._corp.failures.clear()
            self._corp.kf.empty_pages = 0
            self._corp.callbacks.repeat, self._corp.callbacks.reordered = 1, False

    def expire_access_token(self) -> None:
        """Withdraw the access token before its time, as WeCom may."""
        with self._deed():
            invalidate_tokens(self._corp)

    def give_empty_pages(self, count: int) -> None:
        """The next `count` pages of sync_msg are empty, with has_more=1."""
        with self._deed():
            self._corp.kf.empty_pages = count

    def disturb_callbacks(self, *, repeat: int = 1, reordered: bool = False) -> None:
        """From now on each callback comes `repeat` times, and those that wait together come last first."""
        with self._deed():
            self._corp.callbacks.repeat, self._corp.callbacks.reordered = repeat, reordered

    def msg_send_fail(self, msgid: str, fail_type: int) -> None:
        """A message that was accepted does not reach the customer: event `msg_send_fail` (fail types: reference §5.4)."""
        with self._deed() as now:
            external_userid, bubble = self._corp.bubble(msgid)
            if bubble.speaker is not Speaker.BOT:
                raise CannotDo("只有助手发出的消息才会发送失败")
            bubble.failed = fail_type
            details = {"fail_msgid": msgid, "fail_type": fail_type}
            record_event(self._corp, "msg_send_fail", details, external_userid=external_userid, now=now)

    def verification_query(self, plain: str) -> dict[str, str]:
        """The query of the GET that checks a callback address; the right answer is `plain`, bare, within 1 s."""
        with self._look() as now:
            return self._corp.callbacks.verification(plain, now=now)

    def _answer(
        self, failure: Failure | None, method: str, path: str, query: Mapping[str, str], body: bytes, content_type: str, now: datetime
    ) -> ApiAnswer:
        if not is_known(path):
            raise ApiError(UNKNOWN_PATH, "invalid url")
        if failure is Timeout.LOST:
            raise NoAnswer
        if isinstance(failure, int):
            raise ApiError(failure, "on demand")
        result = answer(self._corp, method, path, query, body, content_type, now=now)
        if failure is Timeout.TAKEN:
            raise NoAnswer
        return result if isinstance(result, ApiAnswer) else as_json(result)

    def _attempt(self, callback: Callback) -> None:
        with self._look() as now:
            query, body = self._corp.callbacks.sealed(callback.plain, now=now)
        try:
            status = self._deliver(query, body)
        except (OSError, httpx.HTTPError):
            status = 0
        with self._deed() as now:
            self._corp.callbacks.put_back(callback, status, retry_at=now + self._retry_after)
