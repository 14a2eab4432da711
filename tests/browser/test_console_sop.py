"""Operators and what is said unprompted, in a real browser: groups, plans, confirmations and follow-ups."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from bot import outbox
from bot.messages import Channel
from bot.models import MassTask
from core.clock import utc_now
from customers.models import Customer, GroupChat
from sop import payloads, steer, store
from sop.enrol import enrol, speaking
from sop.models import Enrolment, Reminder
from sop.payloads import Saying
from sop.workdays import is_workday
from tests.browser.conftest import Running, signs_in

pytestmark = pytest.mark.browser
PLAN, STEP = "community", "c-welcome"
HELD, WAITING, NOBODYS = "云驰 E7 看车交流群", "云驰车主之家", "没有群主的群"


@pytest.fixture(scope="module")
def community(running: Running) -> Iterator[dict[str, str]]:
    """The community's plan runs, with the sandbox's two groups in it and one that nobody owns: name → chat_id."""
    running.until(lambda: len(_groups(running)) >= 2)
    now = utc_now()
    with running.database.unit_of_work() as session:
        session.add(GroupChat(chat_id="wrnobodys", name=NOBODYS, created_at=now, first_seen_at=now, size=9, customers=8))
        plan = store.plan(session, PLAN)
        assert plan is not None
        steer.start(session, plan, now=now)
    with running.database.reading() as session:
        one = next(one for one in speaking(session) if one.content.key == PLAN)
    enrol(running.database, one, now=now, is_workday=is_workday)
    yield _groups(running)
    with running.database.unit_of_work() as session:
        plan = store.plan(session, PLAN)
        assert plan is not None
        steer.stop(session, plan, now=utc_now())


@pytest.fixture
def lina(page: Page, running: Running) -> Page:
    """运营 at her desk."""
    signs_in(page, running, "lina")
    return page


def opened(page: Page, running: Running, address: str) -> None:
    page.goto(f"{running.web}/admin{address}")


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog").last


def test_one_group_of_a_plan_is_held_with_a_reason_and_released(lina: Page, running: Running, community: dict[str, str]) -> None:
    opened(lina, running, "/groups")
    lina.get_by_text(HELD).first.click()
    button(lina, "暂停本群").click()
    expect(button(dialog(lina), "暂停")).to_be_disabled()
    dialog(lina).get_by_label("为什么").fill("群主休假到下周")
    button(dialog(lina), "暂停").click()
    expect(lina.get_by_text("lina 暂停了本群：群主休假到下周")).to_be_visible()
    assert _enrolment(running, community[HELD]).held_by == "lina"

    button(lina, "恢复本群").click()
    expect(lina.get_by_text("本群已暂停")).to_have_count(0)
    assert _enrolment(running, community[HELD]).held_by == ""


def test_a_group_is_kept_on_another_track(lina: Page, running: Running, community: dict[str, str]) -> None:
    opened(lina, running, f"/groups/{community[HELD]}")
    button(lina, "固定轨道…").click()
    dialog(lina).get_by_label("轨道").click()
    lina.get_by_role("option", name="长期关系").click()
    dialog(lina).get_by_label("为什么").fill("都是老客户")
    button(dialog(lina), "固定").click()
    expect(lina.get_by_text("lina 固定在这一轨：都是老客户")).to_be_visible()
    expect(lina.get_by_text("轨道：长期关系")).to_be_visible()


def test_a_step_is_switched_off_and_on_again(lina: Page, running: Running, community: dict[str, str]) -> None:
    opened(lina, running, f"/sop/{PLAN}")
    step = lina.locator(f"#step-{STEP}")
    for pressed, shown in (("停用", 1), ("启用", 0)):
        step.click()
        button(dialog(lina), pressed).click()
        expect(step.get_by_text("已停用")).to_have_count(shown)
        with running.database.reading() as session:
            plan = store.plan(session, PLAN)
            assert plan is not None
            assert store.content_of(plan).step_by_key[STEP].is_off is bool(shown)


def test_a_step_is_edited_and_the_preview_says_how_many_go_wait_and_are_skipped(
    lina: Page, running: Running, community: dict[str, str]
) -> None:
    with running.database.unit_of_work() as session:
        held = session.scalars(_of(community[WAITING])).one()
        steer.hold_one(session, held, "lina", "先等等", now=utc_now())
    opened(lina, running, f"/sop/{PLAN}")
    lina.get_by_text("开群欢迎").first.click()
    dialog(lina).get_by_label("时间").fill("")
    button(dialog(lina), "保存").click()
    expect(lina.get_by_text("时间要写成 10:30 这样").first).to_be_visible()
    dialog(lina).get_by_label("时间").fill("14:20")
    dialog(lina).get_by_label("标题").fill("开群欢迎词")
    button(dialog(lina), "保存").click()
    expect(lina.locator(".step", has_text="开群欢迎词")).to_contain_text("第 0 天 14:20")

    button(lina, "预览").click()
    # Tomorrow at ten nothing is quiet, whatever the hour is now.
    expect(lina.get_by_text("3 个群：1 个现在发，1 个等运营恢复，1 个不发：没有可以发送的成员").last).to_be_visible()


def test_a_plan_is_rehearsed_and_nothing_is_sent(lina: Page, running: Running, community: dict[str, str]) -> None:
    opened(lina, running, f"/sop/{PLAN}")
    button(lina, "排练").click()
    dialog(lina).get_by_label("多久").click()
    lina.get_by_role("option", name="1 周").click()
    button(lina, "开始排练").click()
    played = lina.locator(".rehearsal")
    expect(played.get_by_text("共发出")).to_be_visible()
    expect(played.locator(".play-line.good").first).to_be_visible()
    played.get_by_label("关闭").click()
    expect(played).to_have_count(0)


def test_an_audience_with_a_gap_is_refused_by_its_field_and_a_good_one_counts_at_once(
    lina: Page, running: Running, community: dict[str, str]
) -> None:
    opened(lina, running, f"/sop/{PLAN}")
    button(lina, "受众与规则").click()
    expect(dialog(lina).get_by_text("现在 3 个群")).to_be_visible()
    dialog(lina).get_by_label("最少").first.fill("9000")
    expect(dialog(lina).get_by_text("现在 0 个群")).to_be_visible()
    dialog(lina).get_by_label("最少").first.fill("")
    button(dialog(lina), "保存").click()
    row = dialog(lina).locator(".rule-row", has=lina.get_by_label("最少")).first
    expect(row.get_by_text("要填最少或最多", exact=True)).to_be_visible()
    button(dialog(lina), "加一个条件").first.click()
    button(dialog(lina), "保存").click()
    expect(dialog(lina).get_by_text("还没有选是哪一项")).to_be_visible()
    expect(row.get_by_text("要填最少或最多", exact=True)).to_be_visible()
    button(dialog(lina), "删除条件").nth(1).click()
    dialog(lina).get_by_label("最少").first.fill("3")
    button(dialog(lina), "保存").click()
    expect(lina.get_by_text("群人数 ≥ 3")).to_be_visible()


def test_quiet_hours_that_make_no_sense_are_told_at_their_field(lina: Page, running: Running, community: dict[str, str]) -> None:
    opened(lina, running, f"/sop/{PLAN}")
    button(lina, "受众与规则").click()
    button(dialog(lina), "加一段").click()
    dialog(lina).get_by_label("到", exact=True).fill("21:00")
    button(dialog(lina), "保存").click()
    expect(dialog(lina).get_by_text("不能和开始一样，不需要这一段就删掉它")).to_be_visible()
    dialog(lina).get_by_label("从", exact=True).fill("12:00")
    dialog(lina).get_by_label("到", exact=True).fill("")
    button(dialog(lina), "保存").click()
    expect(dialog(lina).get_by_text("要写成 21:00 这样")).to_be_visible()
    dialog(lina).get_by_label("到", exact=True).fill("12:05")
    button(dialog(lina), "保存").click()
    expect(lina.get_by_text("12:00–12:05 也不打扰")).to_be_visible()

    lina.get_by_text("总规则", exact=True).click()
    button(dialog(lina), "加一段").click()
    button(dialog(lina), "保存").click()
    expect(dialog(lina).locator(".cap-row").last.get_by_text("还没有选", exact=True)).to_be_visible()
    button(dialog(lina), "取消").click()


def test_a_plan_goes_back_to_what_it_said_before(lina: Page, running: Running, community: dict[str, str]) -> None:
    with running.database.unit_of_work() as session:
        plan = store.plan(session, PLAN)
        assert plan is not None
        before = plan.version
        steer.change(session, plan, {**store.as_data(plan), "title": "改坏了"}, "lina", now=utc_now())
    opened(lina, running, f"/sop/{PLAN}?tab=history")
    row = lina.locator(".version", has_text=f"第 {before} 版")
    button(row, "恢复到这一版").click()
    expect(dialog(lina).get_by_text("名称：改坏了 →")).to_be_visible()
    button(dialog(lina), "恢复").click()
    expect(lina.get_by_text(f"恢复到第 {before} 版").first).to_be_visible()
    with running.database.reading() as session:
        plan = store.plan(session, PLAN)
        assert plan is not None
        assert (plan.version, plan.title) == (before + 2, "客户群运营 SOP")


def test_a_member_who_has_not_confirmed_is_reminded_and_the_task_is_cancelled(
    lina: Page, running: Running, community: dict[str, str]
) -> None:
    saying = Saying(PLAN, STEP, "欢迎各位！")
    with running.database.unit_of_work() as session:
        payload = payloads.group_post(saying, "zhangsan", [community[HELD]])
        outbox.enqueue(session, "mass:browser", Channel.GROUP_POST, payload, lane="mass:browser", now=utc_now())
    running.until(lambda: _task(running) is not None)
    opened(lina, running, f"/sop/{PLAN}?tab=confirm")
    expect(lina.get_by_text("待确认：").first).to_be_visible()
    button(lina, "提醒确认").click()
    running.until(lambda: _on_his_phone(running)["reminded"] == 1)

    button(lina, "取消群发").click()
    dialog(lina).get_by_role("textbox").fill("开群")
    expect(button(dialog(lina), "取消群发")).to_be_disabled()
    dialog(lina).get_by_role("textbox").fill(_title(running))
    button(dialog(lina), "取消群发").click()
    running.until(lambda: _on_his_phone(running)["done"] == "cancelled")


def test_a_plan_is_started_and_stopped_by_typing_its_name(lina: Page, running: Running) -> None:
    opened(lina, running, "/sop")
    lina.get_by_text("车主第一个月").first.click()
    button(lina, "启动").click()
    expect(lina.get_by_text("运行中")).to_be_visible()
    button(lina, "停止").click()
    dialog(lina).get_by_role("textbox").fill("车主")
    expect(button(dialog(lina), "停止")).to_be_disabled()
    dialog(lina).get_by_role("textbox").fill("车主第一个月")
    button(dialog(lina), "停止").click()
    expect(lina.get_by_text("已停止").first).to_be_visible()
    expect(button(lina, "启动")).to_have_count(0)


def test_what_an_advisor_did_is_recorded_for_him(lina: Page, running: Running) -> None:
    external_id = running.customer("魏女士", "你好")
    now = utc_now()
    with running.database.unit_of_work() as session:
        customer = session.scalars(select(Customer).where(Customer.external_id == external_id)).one()
        due = {"made_at": now - timedelta(hours=5), "due_at": now - timedelta(hours=2, minutes=30)}
        names = {"key": "reminder:browser", "card": "remind-browser", "customer_id": customer.id, "external_id": external_id}
        reason = {"text": "到了该联系的时间", "words": "这周就定"}
        session.add(Reminder(**names, **due, advisor="zhangsan", kind="level", level="H", urgency=1, reason=reason, outcome_note=""))
    opened(lina, running, "/tasks?state=overdue")
    row = lina.locator(".listing tbody tr", has_text="魏女士")
    expect(row).to_contain_text("逾期 2 小时")
    row.click()
    button(dialog(lina), "已联系").click()
    expect(row).to_have_count(0)
    opened(lina, running, "/tasks?state=done")
    expect(lina.locator(".listing tbody tr", has_text="魏女士")).to_contain_text("已联系")


def _groups(running: Running) -> dict[str, str]:
    with running.database.reading() as session:
        found = session.execute(select(GroupChat.name, GroupChat.chat_id).where(GroupChat.size > 2, GroupChat.name != ""))
        return {row.name: row.chat_id for row in found}


def _of(chat_id: str) -> Any:
    return select(Enrolment).where(Enrolment.plan == PLAN, Enrolment.subject_id == chat_id)


def _enrolment(running: Running, chat_id: str) -> Enrolment:
    with running.database.reading() as session:
        found: Enrolment = session.scalars(_of(chat_id)).one()
        return found


def _task(running: Running) -> MassTask | None:
    with running.database.reading() as session:
        return session.scalar(select(MassTask).where(MassTask.key == "mass:browser"))


def _title(running: Running) -> str:
    with running.database.reading() as session:
        plan = store.plan(session, PLAN)
        assert plan is not None
        return store.content_of(plan).step_by_key[STEP].title


def _on_his_phone(running: Running) -> dict[str, object]:
    seen = httpx.get(f"{running.stage}/phones/look", params={"member": "zhangsan"}, timeout=10).json()
    task: dict[str, object] = next(one for one in seen["phone"]["mass"] if "欢迎各位！" in str(one["said"]))
    return task
