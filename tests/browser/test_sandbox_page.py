"""A person in a browser: types a customer's question on the sandbox's page and sees the approved answer."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running


@pytest.mark.browser
def test_a_question_typed_on_the_phone_is_answered_and_explained(page: Page, running: Running) -> None:
    page.goto(running.stage)
    page.get_by_text("新客户").first.click()
    page.get_by_placeholder("以客户身份说点什么").fill("E7的续航是多少公里？")
    page.get_by_placeholder("以客户身份说点什么").press("Enter")

    expect(page.get_by_text("660", exact=False).first).to_be_visible(timeout=30_000)
    expect(page.locator(".reading .badge").first).to_have_text("回复", timeout=10_000)
    expect(page.locator(".reading .chips").first).to_contain_text("续航能耗")
