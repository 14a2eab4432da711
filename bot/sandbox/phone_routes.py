"""JSON for the page: one look at everything it shows, and one deed of somebody at a time."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.terms import CannotDo, Json, Timeout

# What the assistant understood of the messages of one customer; see create_sandbox_app.
Understood = Callable[[str], list[dict[str, Any]]]
Deed = Callable[[Sandbox, Json], object]

# How long `look` waits for something new. Short, so that stopping the server never waits for a page.
WAIT_SECONDS = 1.5

DEEDS: dict[str, Deed] = {
    "customer_enters": lambda s, x: s.customer_enters(x.get("name", ""), external_userid=x.get("customer", ""), scene=x.get("scene", "")),
    "customer_says": lambda s, x: s.customer_says(x["customer"], x["text"], menu_id=x.get("menu_id")),
    "customer_sends": lambda s, x: s.customer_sends(x["customer"], x["kind"]),
    "customer_recalls": lambda s, x: s.customer_recalls(x["msgid"]),
    "customer_adds_advisor": lambda s, x: s.customer_adds_advisor(x["customer"], x["member"], state=x.get("state", "")),
    "customer_deletes_advisor": lambda s, x: s.customer_deletes_advisor(x["customer"], x["member"]),
    "servicer_takes": lambda s, x: s.servicer_takes(x["member"], x["customer"]),
    "servicer_says": lambda s, x: s.servicer_says(x["member"], x["customer"], x["text"]),
    "servicer_ends": lambda s, x: s.servicer_ends(x["member"], x["customer"]),
    "servicer_transfers": lambda s, x: s.servicer_transfers(x["member"], x["customer"], x["to"]),
    "servicer_duty": lambda s, x: s.servicer_duty(x["member"], bool(x["on"])),
    "advisor_clicks": lambda s, x: s.advisor_clicks(x["member"], x["task_id"], x["key"], x.get("selected")),
    "advisor_says": lambda s, x: s.advisor_says(x["member"], x["text"]),
    "advisor_deletes_customer": lambda s, x: s.advisor_deletes_customer(x["member"], x["customer"]),
    "member_confirms_mass": lambda s, x: s.member_confirms_mass(x["member"], x["id"], x.get("chosen")),
    "member_publishes_moment": lambda s, x: s.member_publishes_moment(x["member"], x["id"]),
    "month_is_full": lambda s, x: s.month_is_full(x["customer"]),
    "dispatch_slowly": lambda s, x: s.dispatch_slowly(seconds=float(x["seconds"])),
    "group_founded": lambda s, x: s.group_founded(x["member"], x["name"]),
    "joins_group": lambda s, x: s.joins_group(x["who"], x["group"], inviter=x.get("inviter", "")),
    "leaves_group": lambda s, x: s.leaves_group(x["who"], x["group"], removed=bool(x.get("removed"))),
    "group_handed_over": lambda s, x: s.group_handed_over(x["group"], x["member"]),
    "group_renamed": lambda s, x: s.group_renamed(x["group"], x["name"]),
    "group_noticed": lambda s, x: s.group_noticed(x["group"], x["notice"]),
    "group_dismissed": lambda s, x: s.group_dismissed(x["group"]),
    "lose_group_events": lambda s, x: s.lose_group_events(int(x["count"])),
    "fail": lambda s, x: s.fail(x["path"], _failure(x["failure"]), times=int(x.get("times", 1))),
    "clear_failures": lambda s, _x: s.clear_failures(),
    "expire_access_token": lambda s, _x: s.expire_access_token(),
    "give_empty_pages": lambda s, x: s.give_empty_pages(int(x["count"])),
    "disturb_callbacks": lambda s, x: s.disturb_callbacks(repeat=int(x["repeat"]), reordered=bool(x["reordered"])),
    "msg_send_fail": lambda s, x: s.msg_send_fail(x["msgid"], int(x["fail_type"])),
}


def phone_router(sandbox: Sandbox, understood: Understood | None) -> APIRouter:
    """Routes below /phones."""
    router = APIRouter()

    @router.get("/look")
    def look(customer: str = "", member: str = "", seen: int = -1) -> Json:
        """Everything the page shows for these two people, when something has changed since `seen` or a moment has passed."""
        version = sandbox.wait_for_change(seen, timeout=WAIT_SECONDS)
        read = understood(customer) if understood is not None and customer else []
        chat = {"chat": sandbox.chat_view(customer), "understood": read, "told": understood is not None}
        phones = {"phone": sandbox.member_view(member), "groups": sandbox.groups_view(), "wire": sandbox.wire_view()}
        return {"version": version, **sandbox.people(), **chat, **phones}

    @router.post("/do/{deed}")
    def do(deed: str, words: Annotated[Json, Body()]) -> JSONResponse:
        """Let somebody do something; 400 with a sentence when his phone would not offer it."""
        if deed not in DEEDS:
            return JSONResponse({"refused": f"没有这个动作：{deed}"}, 404)
        try:
            return JSONResponse({"result": DEEDS[deed](sandbox, words)})
        except (KeyError, TypeError, ValueError) as wrong:
            return JSONResponse({"refused": str(wrong) if isinstance(wrong, CannotDo) else f"缺少或写错了：{wrong}"}, 400)

    @router.post("/file")
    async def file(request: Request, customer: str, kind: str, name: str) -> JSONResponse:
        """The customer sends a file of his own; the body is the file."""
        chosen = (PurePath(name).name, request.headers.get("Content-Type", ""), await request.body())
        try:
            return JSONResponse({"result": await run_in_threadpool(lambda: sandbox.customer_sends(customer, kind, file=chosen))})
        except CannotDo as wrong:
            return JSONResponse({"refused": str(wrong)}, 400)

    @router.get("/media")
    def media(name: str) -> Response:
        """The file behind a media_id or an uploadimg address."""
        try:
            found = sandbox.media_behind(name)
        except CannotDo as wrong:
            return JSONResponse({"refused": str(wrong)}, 404)
        # A file from outside is shown as itself only when it is a picture, a sound or a film; never as a page.
        shown = found.content_type.startswith(("image/png", "image/jpeg", "audio/", "video/"))
        kind = found.content_type if shown else "application/octet-stream"
        return Response(found.data, media_type=kind, headers={"Content-Disposition": f"inline; filename*=utf-8''{quote(found.filename)}"})

    return router


def _failure(word: str) -> int | Timeout:
    """«45009» or «timeout_lost»; ValueError for anything else."""
    return int(word) if word.lstrip("-").isdigit() else Timeout(word)
