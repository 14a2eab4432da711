"""The product in a process of its own, once for all browser stories; people's browsers, and customers' phones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from admin import sign_in
from admin.passwords import hashed
from admin.terms import Role
from bot.models import Utterance
from core.clock import utc_now
from core.db import Database
from core.migrate import migrate
from customers.models import Customer
from kb.sheet_rows import columns
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
PASSWORD = "a password for tests"
PEOPLE = {
    "boss": (Role.ADMIN, "", ""),
    "lina": (Role.OPERATOR, "", ""),
    "manager": (Role.STORE_MANAGER, "sh-pudong", ""),
    "zhang": (Role.ADVISOR, "", "zhangsan"),
}
PATIENCE_MS = 30_000
# A check asks every question of the library, and a new library is calibrated anew.
CHECKED_MS = 4 * PATIENCE_MS
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Running:
    """Where it is: the console's address, the sandbox's address, the database that it works on, and its log."""

    web: str
    stage: str
    database: Database
    log: Path

    def does(self, deed: str, **words: object) -> str:
        """Somebody with a phone does something in the sandbox; returns what it gave, for example a customer's id."""
        answer = httpx.post(f"{self.stage}/phones/do/{deed}", json=words, timeout=10)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["result"])

    def customer(self, name: str, *texts: str) -> str:
        """A customer enters and writes; everything has been thought about when this returns."""
        customer = self.does("customer_enters", name=name, scene="store_qr")
        for text in texts:
            self.asks(customer, text)
        return customer

    def asks(self, customer: str, text: str) -> None:
        """He writes one message, and it has been understood when this returns."""
        msgid = self.does("customer_says", customer=customer, text=text)
        self.until(lambda: self._is_understood(msgid))

    def heard_by(self, customer: str) -> str:
        """Everything that stands on his phone."""
        return str(httpx.get(f"{self.stage}/phones/look", params={"customer": customer}, timeout=10).json()["chat"])

    def until(self, true: Callable[[], bool], *, seconds: float = 30) -> None:
        """Wait for it."""
        end = utc_now() + timedelta(seconds=seconds)
        while not true():
            assert utc_now() < end, "it did not come true"
            httpx.get(f"{self.web}/healthz", timeout=10)

    def _is_understood(self, msgid: str) -> bool:
        with self.database.reading() as session:
            line = session.scalar(select(Utterance).where(Utterance.msgid == msgid))
            return line is not None and (line.understood is not None or bool(line.turn))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The product with four accounts."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('browser') / 'browser.db'}")
    migrate(database)
    with database.unit_of_work() as session:
        for name, (role, store, userid) in PEOPLE.items():
            operator = sign_in.new_operator(session, name, role, store_key=store, userid=userid, now=utc_now())
            operator.password_hash = hashed(PASSWORD)
    sockets = [bind("127.0.0.1", 0, "ZHANTING_PORT") for _ in range(2)]
    web, stage = (address_of(one) for one in sockets)
    for one in sockets:
        one.close()
    environment = {
        "ZHANTING_DATABASE_URL": database.url,
        "ZHANTING_DATA_DIR": str(CACHE),
        "ZHANTING_PORT": web.rsplit(":", 1)[1],
        "ZHANTING_SANDBOX_PORT": stage.rsplit(":", 1)[1],
    }
    log = tmp_path_factory.mktemp("log") / "product.log"
    with log.open("wb") as said, product("run", environment, ready=f"{web}/healthz", said=said):
        yield Running(web, stage, database, log)
    database.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser; each page has cookies of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A window on a desk, nobody signed in."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def signs_in(page: Page, running: Running, name: str) -> None:
    """He comes in through the door."""
    page.goto(f"{running.web}/admin/")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def sheet(*scripts: dict[str, str]) -> bytes:
    """A workbook with the columns of an export and one script in each row."""
    book = openpyxl.Workbook(write_only=True)
    table = book.create_sheet("话术")
    table.append(columns(1))
    for script in scripts:
        table.append([script.get(column, "") for column in columns(1)])
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def publishes(page: Page, button: str = "发布") -> None:
    """He publishes what he sees, whatever the check says, and waits until customers get it."""
    page.get_by_role("button", name=button, exact=True).first.click()
    sure = page.get_by_role("dialog").get_by_role("button", name="发布").last
    expect(sure).to_be_enabled(timeout=CHECKED_MS)
    sure.click()
    expect(page.get_by_text("下一位客户就会用上").first).to_be_visible(timeout=CHECKED_MS)


def place(running: Running, customer: str, store: str) -> None:
    """This customer belongs to this store."""
    with running.database.unit_of_work() as session:
        session.scalars(select(Customer).where(Customer.external_id == customer)).one().store = store
