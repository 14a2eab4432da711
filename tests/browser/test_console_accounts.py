"""An administrator keeps accounts in a real browser: nothing typed is lost, and a link can be sent to a colleague."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Running, signs_in

pytestmark = pytest.mark.browser


@pytest.fixture
def boss(page: Page, running: Running) -> Page:
    """管理员 at his desk."""
    signs_in(page, running, "boss")
    return page


def test_a_new_account_is_put_right_in_its_dialog_and_its_link_opens_elsewhere(boss: Page, running: Running, chromium: Browser) -> None:
    boss.context.grant_permissions(["clipboard-read", "clipboard-write"])
    boss.goto(f"{running.web}/admin/operators")
    boss.get_by_role("button", name="新建账号").click()
    dialog = boss.get_by_role("dialog")
    dialog.get_by_label("账号（登录用）").fill("z")
    dialog.get_by_label("名字").fill("小赵")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("账号名要 2 到 40 个字符")).to_be_visible()
    dialog.get_by_label("账号（登录用）").fill("lina")
    dialog.get_by_role("button", name="保存").click()
    expect(boss.get_by_text("已经有人用过")).to_be_visible()
    expect(dialog.get_by_label("名字")).to_have_value("小赵")

    dialog.get_by_label("账号（登录用）").fill("zhao")
    dialog.get_by_role("button", name="保存").click()
    expect(boss.get_by_text("把这个链接发给 zhao")).to_be_visible()
    link = boss.get_by_role("dialog").last.get_by_role("textbox").input_value()
    assert link.startswith(f"{running.web}/admin/invitation?token=")
    boss.get_by_role("button", name="复制").click()
    expect(boss.get_by_text("已复制")).to_be_visible()
    assert boss.evaluate("navigator.clipboard.readText()") == link

    colleague = chromium.new_context().new_page()
    colleague.goto(link)
    colleague.fill("[name=password]", PASSWORD)
    colleague.fill("[name=again]", PASSWORD)
    colleague.get_by_role("button").first.click()
    expect(colleague.locator(".bar .title")).to_be_visible()
    colleague.context.close()


def test_a_link_is_copied_where_the_browser_keeps_its_clipboard_to_itself(boss: Page, running: Running) -> None:
    boss.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    boss.goto(f"{running.web}/admin/operators")
    boss.get_by_role("cell", name="manager", exact=True).first.click()
    boss.get_by_role("button", name="发密码链接").click()
    boss.get_by_role("button", name="复制").click()
    expect(boss.get_by_text("已复制")).to_be_visible()


def test_what_was_typed_of_an_advisor_and_of_a_role_stays_until_it_can_be_saved(boss: Page, running: Running) -> None:
    boss.goto(f"{running.web}/admin/advisors")
    boss.get_by_role("button", name="添加顾问").click()
    dialog = boss.get_by_role("dialog")
    dialog.get_by_label("名字").fill("周洋")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("请填企业微信账号")).to_be_visible()
    expect(dialog.get_by_label("名字")).to_have_value("周洋")
    dialog.get_by_label("企业微信账号（userid）").fill("zhouyang")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_have_count(0)
    expect(boss.get_by_role("cell", name="zhouyang")).to_be_visible()

    boss.goto(f"{running.web}/admin/audit?subject_id=zhouyang")
    expect(boss.get_by_role("cell", name="修改顾问")).to_be_visible()
    boss.goto(f"{running.web}/admin/audit?subject_id=nobody-at-all")
    expect(boss.get_by_text("没有这样的改动记录")).to_be_visible()
