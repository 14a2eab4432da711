"""Makes the pictures of the READMEs: `make screenshots`. A real product in a process of its own, a real browser, a made-up afternoon."""

import re
import tempfile
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from run.process import product
from run.servers import address_of, bind

PICTURES = Path(__file__).with_name("pictures")
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)
_TALK = ["E7冬天续航掉得厉害吗，有点担心", "首付最低多少", "我想周六下午去浦东店试驾E7", "转人工"]
_OTHERS = {
    "陈女士": ["E5有几个颜色", "后排放得下两个儿童座椅吗", "旧车能置换吗"],
    "刘先生": ["E7落地多少钱", "价格合适的话这周就定"],
    "孙先生": ["可以装拖车钩吗", "车顶能放帐篷吗"],
    "吴先生": ["能不能放车顶帐篷", "自动泊车好用吗"],
    "周女士": ["充电桩安装要物业同意吗", "车顶可以放帐篷吗"],
}
_ADVISORS = {"zhangsan": "张三", "lisi": "李四"}
# Whom a customer adds; the follow-ups are these advisors'.
_FRIENDS = {"陈女士": "zhangsan", "刘先生": "zhangsan", "孙先生": "lisi", "周女士": "lisi"}
_PASSWORD = "made up for pictures"
_SECONDS_TO_THINK = 3.0


def main() -> None:
    """Play an afternoon and photograph it."""
    with tempfile.TemporaryDirectory() as folder:
        sockets = [bind("127.0.0.1", 0, "ZHANTING_PORT") for _ in range(2)]
        web, stage = (address_of(one) for one in sockets)
        for one in sockets:
            one.close()
        environment = {
            "ZHANTING_DATABASE_URL": f"sqlite:///{folder}/pictures.db",
            "ZHANTING_PORT": web.rsplit(":", 1)[1],
            "ZHANTING_SANDBOX_PORT": stage.rsplit(":", 1)[1],
        }
        said = Path(folder, "said.txt")
        with said.open("wb") as told, product("run", environment, ready=f"{web}/healthz", said=told), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS.split())
            _sandbox(browser, stage)
            _console(browser, web, _invitation(said))
            browser.close()


def _sandbox(browser: Browser, stage: str) -> None:
    for name, size in (("sandbox", (1440, 900)), ("sandbox-phone", (390, 844))):
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.goto(stage)
        _talk(page) if name == "sandbox" else page.wait_for_timeout(3000)
        _keep(page, name)
    for name, words in _OTHERS.items():
        customer = _does(stage, "customer_enters", name=name, scene="store_qr")
        if name in _FRIENDS:
            _does(stage, "customer_adds_advisor", customer=customer, member=_FRIENDS[name])
        for text in words:
            _does(stage, "customer_says", customer=customer, text=text)
            page.wait_for_timeout(_SECONDS_TO_THINK * 1000)


def _console(browser: Browser, web: str, invitation: str) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(invitation)
    for field, value in (("name", "lina"), ("password", _PASSWORD), ("again", _PASSWORD)):
        page.fill(f"[name={field}]", value)
    page.get_by_role("button").click()
    page.wait_for_timeout(3000)
    _begin_plan(page, web)
    _name_advisors(page, web)
    page.wait_for_timeout(62_000)  # unanswered turns are grouped, and who belongs to a plan enters it, once a minute
    _photograph(page, f"{web}/admin/", "console-home")
    _photograph(page, f"{web}/admin/gaps", "console-gaps")
    _photograph(page, f"{web}/admin/try?q=E7冬天续航还剩多少", "console-try")
    _photograph(page, f"{web}/admin/scripts", "console-scripts")
    page.goto(f"{web}/admin/conversations")
    page.get_by_text("刘先生").first.click()
    page.wait_for_timeout(3000)
    _keep(page, "console-conversation")
    page.goto(f"{web}/admin/customers?level=H")
    page.get_by_text("刘先生").first.click()
    page.wait_for_timeout(3000)
    _keep(page, "console-customer")
    _photograph(page, f"{web}/admin/sop/community", "console-sop")
    page.goto(f"{web}/admin/calendar")
    page.get_by_label("往后").click()
    page.wait_for_timeout(3000)
    _keep(page, "console-calendar")
    _see_tasks(page, web)
    page.set_viewport_size({"width": 390, "height": 844})
    _photograph(page, f"{web}/admin/conversations", "console-phone")


def _begin_plan(page: Page, web: str) -> None:
    page.goto(f"{web}/admin/sop/community")
    page.get_by_role("button", name="启动").click()
    page.get_by_text("已启动").wait_for()


def _name_advisors(page: Page, web: str) -> None:
    for userid, name in _ADVISORS.items():
        page.goto(f"{web}/admin/advisors")
        page.get_by_text(userid).first.click()
        form = page.get_by_role("dialog")
        form.get_by_label("名字").fill(name)
        form.get_by_role("button", name="保存").click()
        form.wait_for(state="hidden")


def _see_tasks(page: Page, web: str) -> None:
    page.goto(f"{web}/admin/tasks?state=open")
    while not page.get_by_text("刘先生").count():  # whom to be in touch with is looked for every five minutes
        page.wait_for_timeout(10_000)
        page.reload()
        page.wait_for_timeout(3000)
    _keep(page, "console-tasks")


def _photograph(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_timeout(3000)
    _keep(page, name)


def _keep(page: Page, name: str) -> None:
    # A page has few colours; a palette keeps a picture below 200 KB.
    Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(192).save(PICTURES / f"{name}.png", optimize=True)


def _talk(page: Page) -> None:
    box = page.get_by_placeholder("以客户身份说点什么")
    for words in _TALK:
        box.fill(words)
        box.press("Enter")
        page.wait_for_timeout(5000)
    page.get_by_text("李四").first.click()
    page.wait_for_timeout(2000)


def _does(stage: str, deed: str, **words: str) -> str:
    return str(httpx.post(f"{stage}/phones/do/{deed}", json=words, timeout=10).json()["result"])


def _invitation(said: Path) -> str:
    """The first administrator's link, as the product told it."""
    found = re.search(r"http\S+/admin/invitation\?token=\S+", said.read_text("utf-8"))
    assert found is not None
    return found[0]


if __name__ == "__main__":
    main()
