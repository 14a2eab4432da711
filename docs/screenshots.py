"""Makes the pictures of the README: `make screenshots`. A real product in a process of its own, a real browser."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from run.process import product
from run.servers import address_of, bind

PICTURES = Path(__file__).with_name("pictures")
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)
_TALK = ["E7冬天续航掉得厉害吗，有点担心", "首付最低多少", "我想周六下午去浦东店试驾E7", "转人工"]


def main() -> None:
    """Play a short conversation and photograph it."""
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
        with product("run", environment, ready=f"{web}/healthz"), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS.split())
            for name, size in (("sandbox", (1440, 900)), ("sandbox-phone", (390, 844))):
                page = browser.new_page(viewport={"width": size[0], "height": size[1]})
                page.goto(stage)
                _talk(page) if name == "sandbox" else page.wait_for_timeout(3000)
                page.screenshot(path=PICTURES / f"{name}.png")
            browser.close()


def _talk(page: Page) -> None:
    box = page.get_by_placeholder("以客户身份说点什么")
    for words in _TALK:
        box.fill(words)
        box.press("Enter")
        page.wait_for_timeout(5000)
    page.get_by_text("李四").first.click()
    page.wait_for_timeout(2000)


if __name__ == "__main__":
    main()
