"""Each check with what makes it fail; WeCom is the sandbox, told to fail."""

import asyncio
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from admin.office import Check
from bot import inbox
from bot.inbox_terms import Received
from bot.queue import State
from bot.routes import callback_router
from bot.sandbox.delivery import SandboxTransport
from bot.sandbox.sandbox import Sandbox
from bot.wecom.cipher import CallbackCipher
from core.db import Database
from core.embedding import LetterEmbedder
from core.settings import Settings
from run import checks_local, checks_wecom, checks_work
from run.doctor import LOOKS, Look, look_at
from run.patient import Patient
from run.sandboxed import SANDBOX_CORP, with_sandbox_secrets
from tests.bot.builders import later
from tests.bot.test_boxes import stopped
from tests.sop.advised import reminding, rose
from tests.sop.people import group_plan, running

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
REAL = {"wecom_corp_id": "ww-real"}


def settings(tmp_path: Path, **also: Any) -> Settings:
    return Settings(data_dir=tmp_path, **also)


def told(look: Look, patient: Patient) -> dict[str, Check]:
    return {check.name: check for check in look_at(patient, [("检查", look)])}


def wecom() -> Sandbox:
    return Sandbox(SANDBOX_CORP, deliver=lambda _query, _body: 200, clock=lambda: NOW)


def api(sandbox: Sandbox, tmp_path: Path, **also: Any) -> dict[str, Check]:
    own = with_sandbox_secrets(settings(tmp_path, **also), "http://sandbox.invalid")
    with httpx.Client(transport=SandboxTransport(sandbox)) as http:
        return told(checks_wecom.api, Patient(own, http, lambda: NOW))


def faults(found: Mapping[str, Check]) -> list[str]:
    return [name for name, check in found.items() if not check.ok]


def test_reminders_that_reach_nobody_are_named(database: Database, tmp_path: Path) -> None:
    with httpx.Client() as http:
        patient = Patient(settings(tmp_path), http, lambda: NOW, database)
        assert told(checks_work.reminders, patient)["跟进提醒"].ok
        rose(database, "晴天", at=NOW - timedelta(hours=3))
        reminding(database).minute(NOW)
        check = told(checks_work.reminders, patient)["跟进提醒"]
    assert not check.ok
    assert check.result == "1 条的客户没有顾问，也没有店长可以通知"
    assert "账号" in check.remedy


@pytest.mark.parametrize(("days", "ok"), [(21, True), (20, False)])
def test_holidays_are_known_for_three_weeks_or_it_is_told_what_to_do(database: Database, tmp_path: Path, days: int, ok: bool) -> None:
    weekly = {"key": "monday", "title": "周一", "weekdays": [1], "at": "12:00", "wordings": ["周一好。"]}
    running(database, "work", group_plan(title="工作日播报", steps=[{**weekly, "only": "workdays"}]), now=NOW)
    running(database, "any", group_plan(title="每周问候", steps=[weekly]), now=NOW)
    until = NOW.date() + timedelta(days=days)
    with httpx.Client() as http:
        patient = Patient(settings(tmp_path), http, lambda: NOW, database)
        check = told(partial(checks_work.holidays, known_until=until), patient)["节假日"]
    assert (check.ok, str(until) in check.result) == (ok, True)
    assert ("工作日播报" in check.result, "chinesecalendar" in check.remedy) == (not ok, not ok)
    assert "每周问候" not in check.result


def test_a_healthy_wecom_passes_every_check(tmp_path: Path) -> None:
    found = api(wecom(), tmp_path)
    assert faults(found) == []
    assert list(found) == ["企业 ID 和 Secret", "企业可信 IP", "微信客服账号", "接待人员", "客户联系"]
    assert not any(check.skipped for check in found.values())


@pytest.mark.parametrize(
    ("path", "code", "fails", "remedy"),
    [
        ("gettoken", 40001, "企业 ID 和 Secret", "Secret"),
        ("gettoken", 40013, "企业 ID 和 Secret", "企业信息"),
        ("getcallbackip", 60020, "企业可信 IP", "企业可信IP"),
        ("kf/account/list", 60020, "企业可信 IP", "企业可信IP"),
        ("kf/account/list", 48002, "微信客服账号", "微信客服 → API"),
        ("kf/servicer/list", 60030, "接待人员", "可见范围"),
        ("externalcontact/get_follow_user_list", 48002, "客户联系", "可调用接口的应用"),
        ("externalcontact/get_follow_user_list", 84074, "客户联系", "权限配置"),
    ],
)
def test_what_wecom_refuses_is_told_with_the_path_in_its_console(tmp_path: Path, path: str, code: int, fails: str, remedy: str) -> None:
    sandbox = wecom()
    sandbox.fail(path, code)
    found = api(sandbox, tmp_path)
    assert faults(found) == [fails]
    assert remedy in found[fails].remedy
    assert str(code) in found[fails].result
    assert len(found) == 5


def test_the_address_that_wecom_sees_is_told(tmp_path: Path) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("gettoken"):
            return httpx.Response(200, json={"errcode": 0, "access_token": "t", "expires_in": 7200})
        return httpx.Response(200, json={"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 203.0.113.9, more info"})

    own = with_sandbox_secrets(settings(tmp_path), "http://wecom.invalid")
    with httpx.Client(transport=httpx.MockTransport(refuse)) as http:
        found = told(checks_wecom.api, Patient(own, http, lambda: NOW))
    assert faults(found) == ["企业可信 IP"]
    assert "203.0.113.9" in found["企业可信 IP"].result
    assert found["客户联系"].skipped


def test_without_wecom_its_checks_are_skipped(tmp_path: Path) -> None:
    with httpx.Client() as http:
        patient = Patient(settings(tmp_path), http, lambda: NOW)
        for look in (checks_wecom.api, checks_wecom.clock, checks_work.heard):
            assert all(check.skipped for check in told(look, patient).values())


@pytest.mark.parametrize(("off", "ok"), [(0, True), (60, True), (61, False), (-60, True), (-61, False)])
def test_a_clock_more_than_a_minute_off_is_a_fault(tmp_path: Path, off: float, ok: bool) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"errcode": 41001}, headers={"Date": format_datetime(NOW - timedelta(seconds=off), usegmt=True)})

    own = with_sandbox_secrets(settings(tmp_path), "http://wecom.invalid")
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        assert told(checks_wecom.clock, Patient(own, http, lambda: NOW))["时钟"].ok is ok


def ours(database: Database, *, token: str) -> Callable[[httpx.Request], httpx.Response]:
    """Our own callback, served with this Token."""
    app = FastAPI()
    cipher = CallbackCipher(token, SANDBOX_CORP.aes_key, SANDBOX_CORP.corp_id)
    app.include_router(callback_router(database, cipher, lambda: NOW, max_bytes=9999, ring=lambda: None))

    async def ask(url: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return await client.get(url)

    def handle(request: httpx.Request) -> httpx.Response:
        answer = asyncio.run(ask(str(request.url)))
        return httpx.Response(answer.status_code, content=answer.content)

    return handle


def called(tmp_path: Path, handle: Callable[[httpx.Request], httpx.Response], **also: Any) -> Check:
    with httpx.Client(transport=httpx.MockTransport(handle)) as http:
        return told(checks_wecom.callback, Patient(settings(tmp_path, **also), http, lambda: NOW))["回调地址"]


def test_the_callback_is_really_asked_at_the_public_address(sqlite_database: Database, tmp_path: Path) -> None:
    good = ours(sqlite_database, token=SANDBOX_CORP.token)
    found = called(tmp_path, good, public_url="https://bot.example.com/")
    assert found.ok
    assert "https://bot.example.com/wecom/callback" in found.result
    assert "127.0.0.1:8000" in called(tmp_path, good).result


def test_a_callback_that_wecom_could_not_verify_is_a_fault(sqlite_database: Database, tmp_path: Path) -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    assert "签名" in called(tmp_path, ours(sqlite_database, token="another")).result
    assert "404" in called(tmp_path, lambda _: httpx.Response(404)).result
    assert not called(tmp_path, lambda _: httpx.Response(200, text="<html>"), public_url="https://x.example").ok
    assert not called(tmp_path, down, public_url="https://x.example").ok
    # The doctor may also come before the start.
    assert called(tmp_path, down).skipped


@pytest.mark.parametrize(("hours", "ok"), [(1, True), (26, True), (27, False)])
def test_a_backup_must_be_from_today(tmp_path: Path, hours: float, ok: bool) -> None:
    made_at = (NOW - timedelta(hours=hours)).timestamp()
    for name, age in (("zhanting-1.db", 0.0), ("zhanting-0.db", 99999.0)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (made_at - age, made_at - age))
    with httpx.Client() as http:
        found = told(checks_local.backups, Patient(settings(tmp_path, backup_dir=tmp_path), http, lambda: NOW))["备份"]
    assert found.ok is ok
    assert "zhanting-1.db" in found.result


def test_no_backups_at_all_is_a_fault_once_it_is_serious(tmp_path: Path) -> None:
    with httpx.Client() as http:
        for also, ok in (
            ({}, True),
            (REAL, False),
            ({**REAL, "backup_dir": tmp_path}, False),
            ({**REAL, "backup_dir": tmp_path / "no"}, False),
        ):
            (found,) = told(checks_local.backups, Patient(settings(tmp_path, **also), http, lambda: NOW)).values()
            assert found.ok is ok
            assert bool(found.remedy) is not ok


def test_queues_tell_what_stopped_and_whether_anybody_works(database: Database, tmp_path: Path) -> None:
    stopped(database, "a", state=State.WAITING)
    with httpx.Client() as http:
        busy = told(checks_work.queues, Patient(settings(tmp_path), http, lambda: later(119), database))
        dead = told(checks_work.queues, Patient(settings(tmp_path), http, lambda: later(120), database))
        stopped(database, "b")
        parked = told(checks_work.queues, Patient(settings(tmp_path), http, lambda: NOW, database))
    assert (faults(busy), faults(dead), faults(parked)) == ([], ["处理线程"], ["发件"])


def test_the_last_callback_is_told_and_silence_for_a_month_is_a_fault(database: Database, tmp_path: Path) -> None:
    real = with_sandbox_secrets(settings(tmp_path, **REAL), "http://wecom.invalid")
    rows = [Received("n", "kf_notice", "n", "", NOW), Received("p", "kf_poll", "p", "", NOW)]
    with httpx.Client() as http:
        assert faults(told(checks_work.heard, Patient(real, http, lambda: NOW, database))) == ["最近的回调"]
        with database.unit_of_work() as session:
            inbox.accept(session, rows[1:], now=NOW)
        assert faults(told(checks_work.heard, Patient(real, http, lambda: NOW, database))) == ["最近的回调"]
        with database.unit_of_work() as session:
            inbox.accept(session, rows[:1], now=NOW)
        assert faults(told(checks_work.heard, Patient(real, http, lambda: NOW, database))) == []
        assert faults(told(checks_work.heard, Patient(real, http, lambda: NOW + timedelta(days=31), database))) == ["最近的回调"]


def test_a_check_that_breaks_hides_no_other(tmp_path: Path) -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    wrong = with_sandbox_secrets(settings(tmp_path, pack=str(tmp_path / "nowhere")), "http://wecom.invalid")
    with httpx.Client(transport=httpx.MockTransport(lost)) as http:
        found = list(look_at(Patient(wrong, http, lambda: NOW, None, LetterEmbedder()), LOOKS))
    names = [check.name for check in found]
    assert {"设置", "磁盘", "数据库", "资料包", "编码器", "时钟", "企业 ID 和 Secret", "收发件箱"} <= set(names)
    assert {"数据库", "资料包", "时钟", "企业 ID 和 Secret"} <= {check.name for check in found if not check.ok}
    assert all(check.remedy for check in found if not check.ok)
    assert all(check.seconds >= 0 for check in found)
