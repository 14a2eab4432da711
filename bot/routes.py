"""GET and POST /wecom/callback: verify, open, keep once, answer. No model, no outgoing call before the answer."""

from collections.abc import Callable

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from bot.acceptor import Acceptor
from bot.inbox_terms import Received
from bot.wecom.cipher import CallbackCipher
from bot.wecom.envelope import CallbackKind, Header, peek
from bot.wecom.rejected import Rejected
from core.clock import Clock
from core.db import Database

log = structlog.get_logger()

# Kinds that nobody acts on are kept all the same, marked so that an operator sees what WeCom sends.
_NOT_HANDLED = frozenset({CallbackKind.UNKNOWN, CallbackKind.MEMBER_EVENT, CallbackKind.CONTACT_TAG})


def callback_router(database: Database, cipher: CallbackCipher, clock: Clock, *, max_bytes: int, ring: Callable[[], None]) -> APIRouter:
    """The one address that WeCom knows. `ring` wakes this process's workers after something was kept."""
    router = APIRouter()
    acceptor = Acceptor(database, clock)

    @router.get("/wecom/callback")
    def verify(msg_signature: str = "", timestamp: str = "", nonce: str = "", echostr: str = "") -> Response:
        """URL verification (reference §1.4): the bare plaintext, without quotes or newline."""
        try:
            return Response(cipher.open_echo(msg_signature, timestamp, nonce, echostr), media_type="text/plain")
        except Rejected as rejected:
            raise _refused(rejected) from None

    @router.post("/wecom/callback")
    async def receive(request: Request, msg_signature: str = "", timestamp: str = "", nonce: str = "") -> Response:
        """One callback: stored once, then «success» (reference §1.5, §1.6)."""
        body = await _body(request, max_bytes)

        def keep() -> bool:
            xml = cipher.open(msg_signature, timestamp, nonce, body)
            header = peek(xml)
            not_handled = f"未处理的事件：{header.event}" if header.kind in _NOT_HANDLED else ""
            acceptor.keep(_received(header, xml), not_handled=not_handled)
            return not not_handled

        try:
            is_work = await run_in_threadpool(keep)
        except Rejected as rejected:
            raise _refused(rejected) from None
        if is_work:
            ring()
        return Response("success", media_type="text/plain")

    return router


def _received(header: Header, xml: str) -> Received:
    return Received(
        dedup_key=header.dedup_key,
        kind=header.kind,
        lane=header.lane,
        raw=xml,
        occurred_at=header.occurred_at,
        urgent=header.kind is CallbackKind.EXTERNAL_CONTACT,
    )


async def _body(request: Request, max_bytes: int) -> bytes:
    """The body, refused as soon as it grows too large, whatever its header says."""
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > max_bytes:
            log.warning("callback too large", limit=max_bytes)
            raise HTTPException(413)
    return bytes(chunks)


def _refused(rejected: Rejected) -> HTTPException:
    log.warning("callback rejected", status=rejected.status, why=str(rejected))
    return HTTPException(rejected.status)
