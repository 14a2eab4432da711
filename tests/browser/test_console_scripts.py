"""Operators and their scripts, in a real browser: reviewed, imported, and with a picture that the customer gets."""

import re
import struct
import zlib

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS, Running, publishes, sheet, signs_in

pytestmark = pytest.mark.browser


@pytest.fixture
def lina(page: Page, running: Running) -> Page:
    """运营 at her desk."""
    signs_in(page, running, "lina")
    return page


def picture(red: int) -> bytes:
    """A small PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((red, 40, 40)) * 32 for _ in range(24))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 24, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def writes(page: Page, running: Running, title: str, questions: list[str], answer: str) -> None:
    """A new draft; the page of its script is open when this returns."""
    page.goto(f"{running.web}/admin/scripts/new?question={questions[0]}")
    page.get_by_label("标题（给同事看）").fill(title)
    page.get_by_label("相似问（一行一个）").fill("\n".join(questions[1:]))
    page.get_by_label("答案 1").fill(answer)


def uploads(page: Page, name: str, content: bytes) -> Locator:
    """Into the dialog that is open."""
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    return dialog


def test_a_draft_goes_through_review_and_an_edit_is_published_at_once(lina: Page, chromium: Browser, running: Running) -> None:
    questions = ["展厅里有免费咖啡机吗", "店里能喝咖啡吗", "有没有咖啡机可以用", "来店里有咖啡喝吗", "咖啡是免费的吗"]
    writes(lina, running, "店内咖啡", questions, "有的，进门右手边就是咖啡机。")
    lina.get_by_role("button", name="保存草稿").click()
    lina.get_by_role("button", name="送审").click()
    expect(lina.get_by_text("已送审").first).to_be_visible()
    address = lina.url

    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    boss = context.new_page()
    signs_in(boss, running, "boss")
    boss.goto(address)
    boss.get_by_role("button", name="退回").click()
    send = boss.get_by_role("dialog").get_by_role("button", name="退回")
    expect(send).to_be_disabled()
    boss.get_by_label("原因（写给作者看）").fill("请写明不收费")
    send.click()
    expect(boss.get_by_text("退回：请写明不收费").first).to_be_visible()
    context.close()

    lina.reload()
    expect(lina.get_by_text("退回：请写明不收费").first).to_be_visible()
    lina.get_by_label("答案 1").fill("有的，进门右手边就是咖啡机，不收费。")
    expect(lina.locator(".phone").get_by_text("不收费")).to_be_visible()
    publishes(lina)

    customer = running.customer("卫先生", "展厅里有免费咖啡机吗")
    running.until(lambda: "进门右手边就是咖啡机，不收费" in running.heard_by(customer))


def test_a_spreadsheet_becomes_drafts_that_are_published_together(lina: Page, running: Running) -> None:
    lina.goto(f"{running.web}/admin/scripts/import")
    asked = {"宠物": "可以带宠物狗进展厅吗\n带猫来看车可以吗", "儿童": "店里有儿童游乐区吗\n小孩有地方玩吗"}
    said = {"宠物": "可以，请牵好绳子。", "儿童": "有，在二楼。"}
    rows = sheet(
        *(
            {
                "编号": key,
                "意图": "门店信息",
                "标题": name,
                "标准问": asked[name].split("\n")[0],
                "相似问": asked[name].split("\n")[1],
                "答案1": said[name],
            }
            for key, name in (("store-pets", "宠物"), ("store-kids", "儿童"))
        )
    )
    lina.locator("input[type=file]").set_input_files({"name": "话术.xlsx", "mimeType": "application/octet-stream", "buffer": rows})
    lina.get_by_role("button", name="写入 2 条草稿").click()
    publishes(lina, "全部发布")
    expect(lina.get_by_text("已发布 2 条", exact=True)).to_be_visible()

    customer = running.customer("沈女士", "可以带宠物狗进展厅吗")
    running.until(lambda: "请牵好绳子" in running.heard_by(customer))


def test_an_uploaded_picture_reaches_the_customer_and_cannot_be_retired_while_it_is_sent(lina: Page, running: Running) -> None:
    lina.goto(f"{running.web}/admin/materials")
    lina.get_by_role("button", name="添加图片").click()
    dialog = uploads(lina, "假的.png", b"<script>alert(1)</script>")
    expect(lina.get_by_text("的内容不是 .png 格式").first).to_be_visible()
    uploads(lina, "位置.png", picture(200))
    dialog.get_by_label("标题").fill("按摩椅位置图")
    expect(dialog.locator("img.shown")).to_be_visible()
    dialog.get_by_role("button", name="保存").click()
    expect(lina.get_by_text("按摩椅位置图").first).to_be_visible()

    questions = ["展厅里有按摩椅可以坐吗", "店里有按摩椅吗", "按摩椅在哪里", "能坐一会按摩椅吗", "按摩椅免费坐吗"]
    writes(lina, running, "店内按摩椅", questions, "请看位置图。")
    lina.get_by_role("button", name="附件", exact=True).click()
    lina.get_by_role("dialog").get_by_text("按摩椅位置图").click()
    expect(lina.locator(".phone img")).to_be_visible()
    lina.get_by_role("button", name="保存草稿").click()
    expect(lina.get_by_role("button", name="送审")).to_be_visible()
    publishes(lina)
    customer = running.customer("韩先生", questions[0])
    running.until(lambda: "请看位置图" in running.heard_by(customer))
    running.until(lambda: picture(200) in received_pictures(running, customer))

    lina.goto(f"{running.web}/admin/materials?q=按摩椅位置图")
    lina.get_by_text("按摩椅位置图").first.click()
    lina.get_by_role("button", name="停用").click()
    sure = lina.get_by_role("dialog").filter(has_text="请输入「按摩椅位置图」")
    sure.locator("input").fill("按摩椅位置图")
    sure.get_by_role("button", name="停用").click()
    expect(lina.get_by_text("还在用这个素材").first).to_be_visible()


def received_pictures(running: Running, customer: str) -> list[bytes]:
    """The bytes of every picture on his phone."""
    names = re.findall(r"media-image-[0-9a-f-]+", running.heard_by(customer))
    return [httpx.get(f"{running.stage}/phones/media", params={"name": name}, timeout=10).content for name in names]
