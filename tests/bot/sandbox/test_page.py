"""The page in a real browser: a customer types, a person answers, a card is clicked, and nothing is logged as an error."""

import shutil
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page, expect, sync_playwright

from bot.sandbox.shell import create_sandbox_app
from tests.bot.sandbox.test_app_messages import card
from tests.bot.sandbox.world import World

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
pytestmark = pytest.mark.browser


def reading(msgid: str) -> dict[str, object]:
    """What an assistant might have understood."""
    return {
        "msgid": msgid,
        "intents": [{"name": "ask_price", "zh": "询价", "score": 0.91}],
        "focus_points": [{"point": "price", "zh": "价格", "polarity": "negative", "tone": "担心", "span": "太贵了"}],
        "slots": {"车型": "云驰 E7"},
        "decision": "answer",
        "reason": "话术匹配",
        "script": "price-x7",
    }


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """The live sandbox on a free port."""
    read = lambda customer: [reading(bubble.msgid) for bubble in world.sandbox.heard_by(customer)]  # noqa: E731
    server = uvicorn.Server(uvicorn.Config(create_sandbox_app(world.sandbox, understood=read), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        pass
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    """The page as an operator opens it; an error in its scripts fails the test."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        yield page
        browser.close()
    assert errors == []


def test_a_customer_types_and_sees_what_was_understood_and_what_a_person_says(world: World, page: Page) -> None:
    page.get_by_role("button", name="新客户进入会话").click()
    page.get_by_label("以客户身份说").fill("太贵了，便宜点")
    page.get_by_label("客户的手机").get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#chat .row.mine .bubble")).to_have_text("太贵了，便宜点")
    expect(page.locator(".reading .chip.negative")).to_contain_text("太贵了")
    expect(page.locator(".reading code")).to_have_text("price-x7")

    page.get_by_role("tab", name="接待会话").click()
    page.get_by_role("button", name="接入").click()
    page.get_by_label("以顾问身份说").fill("我是张三，给您申请")
    page.get_by_label("顾问的手机").get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("#chat")).to_contain_text("我是张三，给您申请")
    (customer,) = world.sandbox.people()["customers"]
    assert customer["servicer"] == "zhangsan"


def test_a_menu_is_clicked_and_a_card_is_pressed(world: World, page: Page) -> None:
    customer = world.sandbox.customer_enters("晴天")
    world.sandbox.customer_says(customer, "价格")
    items = [{"type": "click", "click": {"id": "m1", "content": "落地价"}}]
    menu = {"touser": customer, "open_kfid": "wkDemoKf01AAAAAAAAAAAAAAAAAAAAAA", "msgtype": "msgmenu"}
    world.ask("kf/send_msg", **menu, msgmenu={"head_content": "想了解哪个？", "list": items})
    page.get_by_role("button", name="落地价", exact=True).click()
    expect(page.locator("#chat .row.mine .bubble").last).to_have_text("落地价")

    world.ask("message/send", **card())
    page.get_by_role("button", name="我来跟进").click()
    expect(page.locator("#phone")).to_contain_text("已点：我来跟进")
    assert world.pages()["msg_list"][-1]["text"] == {"content": "落地价", "menu_id": "m1"}


def test_many_cards_scroll_and_each_keeps_its_buttons(world: World, page: Page) -> None:
    for number in range(7):
        world.ask("message/send", **card(task_id=f"brief-{number}"))
    cards = page.locator(".app .note-card")
    expect(cards).to_have_count(7)
    assert page.evaluate("[...document.querySelectorAll('.app .note-card')].every((one) => one.scrollHeight <= one.clientHeight)")
    cards.first.get_by_role("button", name="我来跟进").click()
    expect(cards.first).to_contain_text("已点：我来跟进")


def test_the_page_fits_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
