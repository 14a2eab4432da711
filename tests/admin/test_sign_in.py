"""Passwords, lock-out, sessions that end, links that work once."""

import threading
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from admin import sign_in, store
from admin.acts.operators import close_account
from admin.models import AuditEntry
from admin.passwords import AT_ONCE, LONGEST, SHORTEST, fits, hashed, one_of_few
from admin.terms import Blocked, Role, Who
from core.db import Database

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
PASSWORD = "correct horse"


def account(database: Database, *, name: str = "lina", role: Role = Role.OPERATOR) -> int:
    with database.unit_of_work() as session:
        operator = sign_in.new_operator(session, name, role, now=NOW)
        operator.password_hash = hashed(PASSWORD)
        session.flush()
        return operator.id


def tries(database: Database, password: str, *, now: datetime = NOW, name: str = "lina") -> str | None:
    with database.reading() as session:
        known = sign_in.known_hash(session, name)
    with database.unit_of_work() as session:
        return sign_in.attempted(session, name, right=fits(password, known), now=now)


def is_in(database: Database, token: str | None, *, now: datetime) -> bool:
    with database.reading() as session:
        return sign_in.who_is(session, token or "", now=now) is not None


def test_the_right_password_opens_a_session(database: Database) -> None:
    account(database)
    token = tries(database, PASSWORD, name=" LiNa ")
    with database.reading() as session:
        found = sign_in.who_is(session, token or "", now=NOW)
    assert found is not None
    assert (found[0].name, found[0].role) == ("lina", Role.OPERATOR)


def test_a_wrong_password_and_an_unknown_name_open_nothing(database: Database) -> None:
    account(database)
    assert tries(database, "wrong") is None
    assert tries(database, PASSWORD, name="nobody") is None
    assert tries(database, "") is None


def test_an_account_without_a_password_lets_nobody_in(database: Database) -> None:
    with database.unit_of_work() as session:
        sign_in.new_operator(session, "lina", Role.OPERATOR, now=NOW)
    assert tries(database, "") is None


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(database: Database) -> None:
    account(database)
    for _ in range(sign_in.FAILURES - 1):
        tries(database, "wrong")
    assert tries(database, PASSWORD) is not None
    for _ in range(sign_in.FAILURES):
        tries(database, "wrong")
    assert tries(database, PASSWORD) is None
    assert tries(database, PASSWORD, now=NOW + sign_in.LOCKED_FOR - timedelta(seconds=1)) is None
    assert tries(database, PASSWORD, now=NOW + sign_in.LOCKED_FOR) is not None


def test_a_session_ends_when_nobody_uses_it_and_after_a_week_in_any_case(database: Database) -> None:
    account(database)
    token = tries(database, PASSWORD) or ""
    assert is_in(database, token, now=NOW + sign_in.IDLE_FOR - timedelta(seconds=1))
    assert not is_in(database, token, now=NOW + sign_in.IDLE_FOR)
    at = NOW
    while at < NOW + sign_in.LASTS - timedelta(hours=6):
        at += timedelta(hours=6)
        with database.unit_of_work() as session:
            sign_in.note_seen(session, token, now=at)
    assert is_in(database, token, now=NOW + sign_in.LASTS - timedelta(seconds=1))
    assert not is_in(database, token, now=NOW + sign_in.LASTS)


def test_signing_out_and_closing_the_account_end_the_session(database: Database) -> None:
    operator_id = account(database)
    first, second = tries(database, PASSWORD) or "", tries(database, PASSWORD) or ""
    with database.unit_of_work() as session:
        sign_in.end(session, first)
    assert not is_in(database, first, now=NOW)
    assert is_in(database, second, now=NOW)
    with database.unit_of_work() as session:
        store.end_sign_ins(session, operator_id)
    assert not is_in(database, second, now=NOW)


def test_the_first_link_makes_an_administrator_and_then_works_no_more(database: Database) -> None:
    with database.unit_of_work() as session:
        old = sign_in.first_invitation(session, now=NOW) or ""
        token = sign_in.first_invitation(session, now=NOW) or ""
    with database.unit_of_work() as session:
        operator = sign_in.accept(session, token, "Boss", hashed(PASSWORD), now=NOW)
        assert operator.role == Role.ADMIN
    assert tries(database, PASSWORD, name="boss") is not None
    for used in (old, token, "made up"):
        with pytest.raises(Blocked, match="用过或过期"), database.unit_of_work() as session:
            sign_in.accept(session, used, "thief", hashed(PASSWORD), now=NOW)
    with database.unit_of_work() as session:
        assert sign_in.first_invitation(session, now=NOW) is None


def test_an_invitation_expires_and_sets_a_password_once(database: Database) -> None:
    account(database)
    session_token = tries(database, PASSWORD) or ""
    with database.unit_of_work() as session:
        token = sign_in.invite(session, store.operator_by_name(session, "lina"), now=NOW)
    with pytest.raises(Blocked), database.reading() as session:
        sign_in.invited(session, token, now=NOW + sign_in.INVITED_FOR)
    with database.unit_of_work() as session:
        sign_in.accept(session, token, "ignored", hashed("another password"), now=NOW)
    assert not is_in(database, session_token, now=NOW), "who forgot his password may have lost his session to somebody"
    assert tries(database, PASSWORD) is None
    assert tries(database, "another password") is not None


def test_setting_a_password_is_in_the_audit_without_the_password(database: Database) -> None:
    with database.unit_of_work() as session:
        token = sign_in.first_invitation(session, now=NOW) or ""
        operator = sign_in.accept(session, token, "Boss", hashed(PASSWORD), now=NOW)
        again = sign_in.invite(session, operator, now=NOW)
    with database.unit_of_work() as session:
        sign_in.accept(session, again, "", hashed("another password"), now=NOW)
    with database.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(one.operator, one.act, one.subject_id) for one in entries] == [("boss", "设置密码", "boss"), ("boss", "重设密码", "boss")]
    assert all((one.before, one.after) == (None, {"账号": "boss", "角色": "管理员"}) for one in entries)


@pytest.mark.parametrize("name", ["", "a", "two words", "x" * 41])
def test_a_name_that_cannot_be_used_is_refused(database: Database, name: str) -> None:
    with pytest.raises(Blocked, match="账号名"), database.unit_of_work() as session:
        sign_in.new_operator(session, name, Role.ADMIN, now=NOW)


def test_a_name_is_taken_once_also_after_the_account_was_closed(database: Database) -> None:
    account(database)
    with pytest.raises(Blocked, match="已经有人用过"), database.unit_of_work() as session:
        sign_in.new_operator(session, "Lina", Role.ADMIN, now=NOW)


@pytest.mark.parametrize(("length", "right"), [(SHORTEST - 1, False), (SHORTEST, True), (LONGEST, True), (LONGEST + 1, False)])
def test_a_password_is_neither_too_short_nor_too_long(length: int, right: bool) -> None:
    if right:
        assert fits("x" * length, hashed("x" * length))
    else:
        with pytest.raises(Blocked, match="个字符"):
            hashed("x" * length)


def test_guesses_made_at_once_are_counted_like_guesses_one_by_one(database: Database) -> None:
    """Every guess is compared before the first one is counted: only as many as are allowed may come through, and then not the right one."""
    account(database)
    with database.reading() as session:
        hashes = [sign_in.known_hash(session, "lina") for _ in range(18)]
    assert len(set(hashes)) == 1
    outcomes: list[str] = []

    def attempt(right: bool) -> None:
        with database.unit_of_work() as session:
            outcomes.append("in" if sign_in.attempted(session, "lina", right=right, now=NOW) else "out")

    guesses = [threading.Thread(target=attempt, args=(False,)) for _ in hashes]
    for guess in guesses:
        guess.start()
    for guess in guesses:
        guess.join()
    attempt(True)
    assert outcomes == ["out"] * 19
    with database.reading() as session:
        operator = store.operator_by_name(session, "lina")
        assert operator is not None
        assert (operator.failures, operator.locked_until) == (0, NOW + sign_in.LOCKED_FOR), "nothing is counted once it is locked"


def test_too_many_sign_ins_at_once_are_told_to_come_again() -> None:
    with ExitStack() as others:
        for _ in range(AT_ONCE - 1):
            others.enter_context(one_of_few())
        known = hashed(PASSWORD)
        others.enter_context(one_of_few())
        for hashing in (lambda: fits(PASSWORD, known), lambda: fits(PASSWORD, ""), lambda: hashed(PASSWORD)):
            with pytest.raises(Blocked, match="登录的人太多"):
                hashing()
    assert fits(PASSWORD, known)


def test_two_administrators_cannot_close_each_other_at_once(database: Database) -> None:
    ids = [account(database, name=name, role=Role.ADMIN) for name in ("lina", "wang")]
    closed: list[bool] = []
    ready = threading.Barrier(2)

    def close(mine: int, other: int) -> None:
        ready.wait()
        try:
            with database.unit_of_work() as session:
                close_account(session, Who(mine, "", "", Role.ADMIN), other, now=NOW)
            closed.append(True)
        except Blocked:
            closed.append(False)

    both = [threading.Thread(target=close, args=pair) for pair in (ids, ids[::-1])]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(closed) == [False, True]
    with database.reading() as session:
        assert store.administrators(session) == 1
