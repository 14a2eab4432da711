"""Who is it? Passwords, lock-out, sessions that end, and links that work once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from admin import audit, store
from admin.models import Invitation, Operator, SignIn
from admin.rights import ROLE_NAMES
from admin.terms import Blocked, Role, Who

FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
# A session ends when nobody used it for half a day, and after a week in any case.
IDLE_FOR = timedelta(hours=12)
LASTS = timedelta(days=7)
INVITED_FOR = timedelta(days=3)
# How often a session's use is written down: not with every click.
SEEN_EVERY = timedelta(minutes=1)


def known_hash(session: Session, name: str) -> str:
    """The hash to hold the password against, empty for an unknown name.

    Comparing takes 50 ms and happens between two transactions: nobody else has to wait for it.
    """
    operator = store.operator_by_name(session, name)
    return operator.password_hash if operator else ""


def attempted(session: Session, name: str, *, right: bool, now: datetime) -> str | None:
    """The token of a new session after the right password; None after a wrong one, which is counted, and while the account is locked.

    A locked account and an unknown name are answered alike and equally late: nobody learns here which names there are. The lock is
    looked at now and not before comparing, so that many guesses at once get no more tries than one by one.
    """
    operator = store.operator_by_name(session, name, locked=True)
    if operator is None or (operator.locked_until is not None and now < operator.locked_until):
        return None
    if not right:
        _count_failure(operator, now=now)
        return None
    operator.failures, operator.locked_until = 0, None
    return open_session(session, operator, now=now)


def open_session(session: Session, operator: Operator, *, now: datetime) -> str:
    """A session in this browser; returns its token, which is kept nowhere else."""
    store.forget_sign_ins(session, begun_before=now - LASTS, seen_before=now - IDLE_FOR)
    token = secrets.token_urlsafe(32)
    session.add(SignIn(token_hash=token_hash(token), operator_id=operator.id, begun_at=now, seen_at=now))
    operator.signed_in_at = now
    return token


def who_is(session: Session, token: str, *, now: datetime) -> tuple[Who, bool] | None:
    """Who holds this token, and whether it is time to write down that he is there; None when the session is over."""
    found = store.sign_in_of(session, token_hash(token)) if token else None
    if found is None:
        return None
    row, operator = found
    if now - row.begun_at >= LASTS or now - row.seen_at >= IDLE_FOR:
        return None
    return who_of(operator), now - row.seen_at >= SEEN_EVERY


def note_seen(session: Session, token: str, *, now: datetime) -> None:
    """He is at work."""
    found = store.sign_in_of(session, token_hash(token))
    if found is not None:
        found[0].seen_at = now


def end(session: Session, token: str) -> None:
    """He signed out."""
    store.end_sign_in(session, token_hash(token))


def invite(session: Session, operator: Operator | None, *, now: datetime) -> str:
    """A token for a link that sets a password once; without an operator it makes the first administrator."""
    store.forget_invitations(session, operator.id if operator else None)
    token = secrets.token_urlsafe(24)
    operator_id = operator.id if operator else None
    session.add(Invitation(token_hash=token_hash(token), operator_id=operator_id, expires_at=now + INVITED_FOR))
    return token


def first_invitation(session: Session, *, now: datetime) -> str | None:
    """The token for the first administrator's link, a new one with every start; None once there is an administrator."""
    return None if store.administrators(session) else invite(session, None, now=now)


def invited(session: Session, token: str, *, now: datetime) -> tuple[Invitation, Operator | None]:
    """The invitation behind a link and whom it is for. Blocked when it is used, expired or unknown."""
    invitation = store.open_invitation(session, token_hash(token), now=now)
    if invitation is None or (invitation.operator_id is None and store.administrators(session)):
        raise Blocked("链接已经用过或过期了，请管理员再发一次")
    operator = session.get(Operator, invitation.operator_id) if invitation.operator_id else None
    if operator is not None and operator.ended_at is not None:
        raise Blocked("这个账号已停用，请找管理员")
    return invitation, operator


def accept(session: Session, token: str, name: str, password_hash: str, *, now: datetime) -> Operator:
    """Use the link: set the password; the first administrator chooses his name. Sessions of before end."""
    invitation, operator = invited(session, token, now=now)
    act = "重设密码" if operator is not None and operator.password_hash else "设置密码"
    if operator is None:
        operator = new_operator(session, name, Role.ADMIN, now=now)
    store.end_sign_ins(session, operator.id)
    operator.password_hash, operator.failures, operator.locked_until = password_hash, 0, None
    invitation.used_at = now
    note_account(session, operator, act, now=now)
    return operator


def note_account(session: Session, operator: Operator, act: str, *, now: datetime) -> None:
    """What somebody does with his own account at the door is a change like any other; of the password nothing is said."""
    told = {"账号": operator.name, "角色": ROLE_NAMES[Role(operator.role)]}
    audit.note(session, who_of(operator), act, "operator", operator.name, after=told, now=now)


def new_operator(
    session: Session, name: str, role: Role, *, shown_as: str = "", store_key: str = "", userid: str = "", now: datetime
) -> Operator:
    """An account without a password. Blocked when the name cannot be used."""
    name = name.strip().lower()
    if fault := name_fault(name):
        raise Blocked(fault)
    if any(row.name == name for row in store.operators(session)):
        raise Blocked(f"账号名「{name}」已经有人用过")
    operator = Operator(
        name=name, shown_as=shown_as.strip() or name, role=role, store=store_key, userid=userid.strip().lower(), made_at=now
    )
    session.add(operator)
    session.flush()
    return operator


def name_fault(name: str) -> str:
    """Why an account cannot be called so; empty when it can."""
    name = name.strip()
    good = 2 <= len(name) <= 40 and not any(letter.isspace() for letter in name)
    return "" if good else "账号名要 2 到 40 个字符，中间没有空格"


def who_of(operator: Operator) -> Who:
    """The operator as the acting person."""
    return Who(operator.id, operator.name, operator.shown_as or operator.name, Role(operator.role), operator.store, operator.userid)


def token_hash(token: str) -> str:
    """What is kept of a token. Tokens are long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _count_failure(operator: Operator, *, now: datetime) -> None:
    operator.failures += 1
    if operator.failures >= FAILURES:
        operator.failures, operator.locked_until = 0, now + LOCKED_FOR
