"""JSON for the page."""

from typing import Any

import pytest
from fastapi import FastAPI

from bot.sandbox.phone_routes import DEEDS
from bot.sandbox.samples import FILES
from bot.sandbox.shell import create_sandbox_app
from bot.sandbox.terms import SessionState
from tests.bot.sandbox.test_app_messages import card
from tests.bot.sandbox.test_shell import request
from tests.bot.sandbox.world import LI, World

READING = {"msgid": "m", "intents": [{"name": "ask_price", "zh": "询价", "score": 0.9}]}


@pytest.fixture
def app(world: World) -> FastAPI:
    return create_sandbox_app(world.sandbox, understood=lambda customer: [READING] if customer == LI else [])


def do(app: FastAPI, deed: Any, **words: Any) -> tuple[int, dict[str, Any]]:
    answer = request(app, "POST", f"/phones/do/{deed}", json=words)
    return answer.status_code, answer.json()


def look(app: FastAPI, **asked: Any) -> dict[str, Any]:
    seen: dict[str, Any] = request(app, "GET", "/phones/look", params=asked).json()
    return seen


def test_one_look_shows_both_phones_and_what_was_understood(world: World, app: FastAPI) -> None:
    do(app, "customer_says", customer=LI, text="这车多少钱")
    seen = look(app, customer=LI, member="zhangsan")
    assert [bubble["content"] for bubble in seen["chat"]] == [{"content": "这车多少钱"}]
    assert (seen["understood"], seen["told"]) == ([READING], True)
    assert seen["customers"][0]["id"] == LI
    assert seen["phone"]["messages"] == seen["phone"]["contacts"] == seen["phone"]["mass"] == []


def test_without_an_assistant_the_page_is_told_so(world: World) -> None:
    seen = look(create_sandbox_app(world.sandbox, understood=None), customer=LI)
    assert (seen["understood"], seen["told"]) == ([], False)


def test_a_look_gives_the_number_to_wait_beyond(world: World, app: FastAPI) -> None:
    first = look(app)["version"]
    do(app, "customer_says", customer=LI, text="你好")
    assert look(app, seen=first)["version"] > first


def test_people_act_through_the_page(world: World, app: FastAPI) -> None:
    _, entered = do(app, "customer_enters", name="晴天", scene="store_qr")
    customer = entered["result"]
    _, said = do(app, "customer_says", customer=customer, text="预约试驾", menu_id="m1")
    do(app, "customer_sends", customer=customer, kind="location")
    do(app, "customer_recalls", msgid=said["result"])
    do(app, "customer_adds_advisor", customer=customer, member="zhangsan", state="s")
    do(app, "servicer_takes", member="zhangsan", customer=customer)
    do(app, "servicer_says", member="zhangsan", customer=customer, text="我是张三")
    do(app, "servicer_transfers", member="zhangsan", customer=customer, to="lisi")
    assert world.sandbox.session_of(customer) == (SessionState.HUMAN, "lisi")
    do(app, "servicer_ends", member="lisi", customer=customer)
    do(app, "servicer_duty", member="lisi", on=False)
    do(app, "advisor_deletes_customer", member="zhangsan", customer=customer)
    assert [bubble.msgtype for bubble in world.sandbox.heard_by(customer)] == ["location", "text"]
    assert world.sandbox.people()["members"][1]["on_duty"] is False


def test_a_card_is_clicked_through_the_page(world: World, app: FastAPI) -> None:
    world.ask("message/send", **card())
    click = {"member": "zhangsan", "task_id": "testdrive-1001", "key": "claim:1001"}
    assert do(app, "advisor_clicks", **click)[0] == 200
    assert do(app, "advisor_clicks", **click | {"key": "delete"}) == (400, {"refused": "这个按钮现在按不了"})
    assert do(app, "advisor_says", member="zhangsan", text="在")[0] == 200
    assert [event.findtext("MsgType") for event in world.settles()] == ["event", "text"]


def test_failures_are_set_through_the_page(world: World, app: FastAPI) -> None:
    do(app, "fail", path="kf/sync_msg", failure="45009", times=2)
    do(app, "fail", path="kf/send_msg", failure="timeout_taken")
    do(app, "disturb_callbacks", repeat=3, reordered=True)
    wire = look(app)["wire"]
    assert wire["failures"] == [["kf/sync_msg", "45009", 2], ["kf/send_msg", "timeout_taken", 1]]
    assert (wire["repeat"], wire["reordered"]) == (3, True)
    do(app, "clear_failures")
    assert look(app)["wire"]["failures"] == []


def test_tokens_pages_and_deliveries_fail_through_the_page(world: World, app: FastAPI) -> None:
    world.sandbox.customer_says(LI, "你好")
    token = world.token()
    do(app, "expire_access_token")
    assert world.token() != token
    do(app, "give_empty_pages", count=1)
    assert world.pages()["has_more"] == 1
    msgid = world.ask("kf/send_msg", **world.text())["msgid"]
    do(app, "msg_send_fail", msgid=msgid, fail_type=6)
    assert world.sandbox.said_by_bot(LI) == []


@pytest.mark.parametrize("deed", sorted(set(DEEDS) - {"clear_failures", "expire_access_token", "customer_enters"}))
def test_a_deed_without_its_words_is_refused_in_a_sentence(app: FastAPI, deed: Any) -> None:
    status, said = do(app, deed)
    assert (status, bool(said["refused"])) == (400, True)


def test_an_unknown_deed_and_an_unknown_failure_are_refused(app: FastAPI) -> None:
    assert do(app, "fly")[0] == 404
    assert do(app, "fail", path="*", failure="flood")[0] == 400


def test_a_customer_sends_a_file_and_sees_it(world: World, app: FastAPI) -> None:
    picture = FILES["image"][2]
    asked = {"customer": LI, "kind": "image", "name": "../照片.png"}
    sent = request(app, "POST", "/phones/file", params=asked, content=picture, headers={"Content-Type": "image/png"})
    assert sent.status_code == 200
    (bubble,) = look(app, customer=LI)["chat"]
    assert (bubble["filename"], bubble["size"]) == ("照片.png", len(picture))
    shown = request(app, "GET", "/phones/media", params={"name": bubble["content"]["media_id"]})
    assert (shown.content, shown.headers["content-type"]) == (picture, "image/png")
    assert request(app, "POST", "/phones/file", params=asked | {"kind": "hologram"}, content=b"x").status_code == 400


def test_a_file_of_a_customer_is_never_served_as_a_page(world: World, app: FastAPI) -> None:
    world.sandbox.customer_sends(LI, "file", file=("a.html", "text/html", b"<script>alert(1)</script>"))
    media_id = world.sandbox.heard_by(LI)[0].content["media_id"]
    assert request(app, "GET", "/phones/media", params={"name": media_id}).headers["content-type"] == "application/octet-stream"
    assert request(app, "GET", "/phones/media", params={"name": "made-up"}).status_code == 404
