"""Operators at the console, in a real browser: what issue 4 promises them."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from admin.menu import PAGES
from admin.rights import RIGHTS
from admin.terms import Role
from tests.browser.conftest import PEOPLE, Running, place, publishes, sheet, signs_in

pytestmark = pytest.mark.browser


@pytest.fixture
def lina(page: Page, running: Running) -> Page:
    """运营 at her desk."""
    signs_in(page, running, "lina")
    return page


def opened(page: Page, running: Running, address: str) -> None:
    page.goto(f"{running.web}/admin{address}")


def _shows(page: Page, running: Running, address: str, words: str) -> bool:
    opened(page, running, address)
    page.wait_for_timeout(1500)
    return page.get_by_text(words).count() > 0


def test_an_operator_answers_an_unanswered_question_and_the_next_customer_gets_it(lina: Page, running: Running) -> None:
    running.customer("钱先生", "车上能充气床垫睡觉过夜吗，要不要开外循环")
    # Turns are grouped once a minute.
    running.until(lambda: _shows(lina, running, "/gaps", "充气床垫"), seconds=100)
    lina.get_by_text("充气床垫").first.click()
    lina.get_by_role("button", name="新建话术").click()
    lina.get_by_label("标题（给同事看）").fill("车里过夜")
    lina.get_by_label("相似问（一行一个）").fill(
        "能在车里睡觉过夜吗\n车里过夜要开外循环吗\n车上放充气床垫睡觉可以吗\n晚上睡车里安全吗\n露营睡车里行不行"
    )
    lina.get_by_label("答案 1").fill("可以的。在车里休息请打开外循环或露营模式，注意通风，电量保持在两成以上。")
    lina.get_by_role("button", name="保存草稿").click()
    expect(lina.get_by_role("button", name="送审")).to_be_visible()
    publishes(lina)

    next_one = running.customer("孙女士", "能在车里睡觉过夜吗")
    running.until(lambda: "露营模式" in running.heard_by(next_one))


def test_the_figure_of_what_is_to_be_followed_up_opens_the_list_that_it_counts(lina: Page, running: Running) -> None:
    running.customer("许女士", "你好")
    opened(lina, running, "/")
    tile = lina.locator("a.tile", has_text="待跟进")
    count = tile.locator(".figure").inner_text()
    tile.click()
    lina.wait_for_url("**/admin/tasks")
    expect(lina.locator(".listing tbody tr")).to_have_count(int(count))


def test_a_spreadsheet_with_faults_changes_nothing_and_names_each_row(lina: Page, running: Running) -> None:
    opened(lina, running, "/scripts/import")
    faulty = sheet(
        {"编号": "roof-tent", "意图": "没有这个意图", "标题": "车顶帐篷", "标准问": "能装车顶帐篷吗", "答案1": "可以的。"},
        {"编号": "roof-box", "意图": "保养用车", "标题": "车顶箱", "标准问": "能装车顶箱吗", "答案1": ""},
    )
    lina.locator("input[type=file]").set_input_files({"name": "话术.xlsx", "mimeType": "application/octet-stream", "buffer": faulty})
    expect(lina.get_by_text("2 处错误").first).to_be_visible()
    for row, column in (("2", "意图"), ("3", "答案1")):
        expect(lina.get_by_role("row", name=f"{row} {column}")).to_be_visible()
    expect(lina.get_by_role("button", name="条草稿")).to_have_count(0)


def test_a_wrong_focus_point_is_corrected_at_the_message(lina: Page, running: Running) -> None:
    customer = running.customer("郑先生", "E7冬天续航掉得厉害吗")
    opened(lina, running, f"/conversations/{customer}")
    lina.get_by_text("E7冬天续航掉得厉害吗").first.click()
    lina.get_by_role("button", name="不对").first.click()
    expect(lina.get_by_text("已更正").first).to_be_visible()
    opened(lina, running, f"/customers/{customer}")
    expect(lina.get_by_text("郑先生").first).to_be_visible()
    expect(lina.locator(".chip.good", has_text="续航能耗")).to_have_count(0)


def test_an_operator_takes_a_conversation_over_and_gives_it_back(lina: Page, running: Running) -> None:
    customer = running.customer("冯先生", "E5的续航是多少")
    opened(lina, running, f"/conversations/{customer}")
    lina.get_by_role("button", name="接管").click()
    lina.get_by_text("我在这里回复").click()
    expect(lina.get_by_text("已接管").first).to_be_visible()
    lina.get_by_placeholder("以人工身份回复客户").fill("冯先生您好，我是运营李娜。")
    lina.get_by_role("button", name="发送").click()
    running.until(lambda: "我是运营李娜" in running.heard_by(customer))

    said = running.heard_by(customer).count("公里")
    running.asks(customer, "E7的续航是多少公里")
    assert running.heard_by(customer).count("公里") == said + 1, "only his own question: the assistant is silent while somebody has it"

    lina.get_by_role("button", name="交还助手").click()
    lina.get_by_role("dialog").get_by_role("button").last.click()
    expect(lina.get_by_text("已交还").first).to_be_visible()
    running.asks(customer, "E7的最大续航是多少公里")
    running.until(lambda: "660" in running.heard_by(customer))


def test_a_store_manager_cannot_open_another_stores_customer_by_address(page: Page, running: Running) -> None:
    mine, other = running.customer("何女士", "你好"), running.customer("吕先生", "你好")
    place(running, mine, "sh-pudong")
    place(running, other, "sh-minhang")
    signs_in(page, running, "manager")
    opened(page, running, f"/customers/{mine}")
    expect(page.get_by_text("何女士").first).to_be_visible()
    for address in ("customers", "conversations"):
        opened(page, running, f"/{address}/{other}")
        expect(page.get_by_text("不在您的范围内").first).to_be_visible()
        assert "吕先生" not in page.content()
    opened(page, running, "/customers")
    expect(page.get_by_text("何女士").first).to_be_visible()
    assert "吕先生" not in page.content()


@pytest.fixture(params=list(PEOPLE))
def somebody(request: pytest.FixtureRequest, page: Page, running: Running) -> tuple[str, Page]:
    """Each of the four roles in turn."""
    signs_in(page, running, request.param)
    return request.param, page


def test_every_page_opens_for_its_roles_without_an_error(somebody: tuple[str, Page], running: Running) -> None:
    name, page = somebody
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("response", lambda answer: broken.append(answer.url) if answer.status not in (200, 303, 304, 403) else None)
    customer = running.customer("蒋先生", "E7多少钱")
    if name == "manager":
        place(running, customer, "sh-pudong")
    for one in PAGES:
        if "{" in one.address and "external_id" not in one.address:
            continue
        answer = page.goto(f"{running.web}/admin{one.address.replace('{external_id}', customer)}")
        assert answer is not None
        allowed = one.right in RIGHTS[PEOPLE[name][0]]
        if one.address == "/" and not allowed:
            assert page.url != f"{running.web}/admin/", "who may not see the overview is led to the first page that he may"
            continue
        assert answer.status == (200 if allowed else 403), one.address
        if allowed:
            expect(page.locator(".bar .title")).to_have_text(one.title)
    assert broken == []


def test_clicking_quickly_through_all_pages_leaves_nothing_in_the_log(lina: Page, running: Running) -> None:
    for one in PAGES:
        if "{" not in one.address and one.right in RIGHTS[Role.OPERATOR]:
            lina.goto(f"{running.web}/admin{one.address}", wait_until="commit")
    opened(lina, running, "/scripts")
    expect(lina.locator(".menu")).to_be_in_viewport()
    lina.wait_for_timeout(2_500)  # a page that waits for its browser gives up after a second
    said = running.log.read_text("utf-8")
    assert "TimeoutError" not in said
    assert "Traceback" not in said


def test_on_a_phone_the_menu_opens_when_it_is_asked_for(lina: Page, running: Running) -> None:
    lina.set_viewport_size({"width": 390, "height": 844})
    opened(lina, running, "/scripts")
    menu = lina.get_by_role("button", name="菜单")
    expect(menu).to_be_visible()
    expect(lina.locator(".menu")).not_to_be_in_viewport()
    menu.click()
    expect(lina.locator(".menu")).to_be_in_viewport()


@pytest.mark.parametrize("address", ["/conversations", "/customers", "/scripts"])
def test_a_row_of_a_list_opens_its_page(lina: Page, running: Running, address: str) -> None:
    running.customer("沈先生", "你好")
    opened(lina, running, address)
    lina.locator(".listing tbody tr").first.click()
    lina.wait_for_url(f"**/admin{address}/*")
    expect(lina.locator(".bar .title")).to_be_visible()


def test_signing_out_ends_the_session(lina: Page, running: Running) -> None:
    opened(lina, running, "/scripts")
    token = {cookie["name"]: cookie["value"] for cookie in lina.context.cookies()}["zhanting_session"]
    lina.locator(".me").click()
    lina.get_by_role("button", name="退出登录").click()
    lina.wait_for_url("**/admin/sign-in")
    answer = httpx.get(f"{running.web}/admin/scripts", cookies={"zhanting_session": token}, headers={"accept": "text/html"})
    assert answer.status_code == 303
