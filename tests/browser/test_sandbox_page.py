"""A person in a browser: types a customer's question on the sandbox's page and sees the approved answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from run.process import product
from run.servers import address_of, bind
from tests.stories.conftest import CACHE

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """The sandbox's page of a product that runs in a process of its own."""
    sockets = [bind("127.0.0.1", 0, "ZHANTING_PORT") for _ in range(2)]
    web, stage = (address_of(one) for one in sockets)
    for one in sockets:
        one.close()
    environment = {
        "ZHANTING_DATABASE_URL": f"sqlite:///{tmp_path / 'browser.db'}",
        "ZHANTING_DATA_DIR": str(CACHE),
        "ZHANTING_PORT": web.rsplit(":", 1)[1],
        "ZHANTING_SANDBOX_PORT": stage.rsplit(":", 1)[1],
    }
    with product("run", environment, ready=f"{web}/healthz"), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.goto(stage)
        yield opened
        browser.close()


@pytest.mark.browser
def test_a_question_typed_on_the_phone_is_answered_and_explained(page: Page) -> None:
    page.get_by_placeholder("以客户身份说点什么").fill("E7的续航是多少公里？")
    page.get_by_placeholder("以客户身份说点什么").press("Enter")

    expect(page.get_by_text("660", exact=False).first).to_be_visible(timeout=30_000)
    expect(page.locator(".reading .badge").first).to_have_text("回复", timeout=10_000)
    expect(page.locator(".reading .chips").first).to_contain_text("续航能耗")
