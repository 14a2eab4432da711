"""Accounts: made, changed, closed, and invited to set a password."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from admin import audit, sign_in, store
from admin.models import Operator
from admin.rights import must
from admin.terms import Blocked, Right, Role, Who


@dataclass(frozen=True)
class Account:
    """What may be said of an account. `store` is a pack key, for a 店长; `userid` is WeCom's, for a 顾问."""

    name: str
    shown_as: str
    role: Role
    store: str = ""
    userid: str = ""


def make_account(session: Session, who: Who, account: Account, *, now: datetime) -> str:
    """A new account; returns the token of the link that sets its password."""
    must(who, Right.KEEP_OPERATORS)
    _check(session, account, besides=None)
    operator = sign_in.new_operator(
        session, account.name, account.role, shown_as=account.shown_as, store_key=account.store, userid=account.userid, now=now
    )
    audit.note(session, who, "新建账号", "operator", operator.name, after=_told(operator), now=now)
    return sign_in.invite(session, operator, now=now)


def change_account(session: Session, who: Who, operator_id: int, account: Account, *, now: datetime) -> None:
    """Change everything but the name. Sessions stay open: rights are asked for anew with every act."""
    must(who, Right.KEEP_OPERATORS)
    operator = _open_account(session, operator_id)
    _check(session, account, besides=operator)
    if operator.role == Role.ADMIN and account.role is not Role.ADMIN:
        _keep_one_administrator(session)
    before = _told(operator)
    operator.shown_as, operator.role = account.shown_as.strip() or operator.name, account.role
    operator.store, operator.userid = account.store, account.userid.strip().lower()
    audit.note(session, who, "修改账号", "operator", operator.name, before=before, after=_told(operator), now=now)


def close_account(session: Session, who: Who, operator_id: int, *, now: datetime) -> None:
    """He is out at once and cannot come back; his name stays in the audit."""
    must(who, Right.KEEP_OPERATORS)
    operator = _open_account(session, operator_id)
    if operator.id == who.id:
        raise Blocked("不能停用自己的账号")
    if operator.role == Role.ADMIN:
        _keep_one_administrator(session)
    operator.ended_at = now
    store.end_sign_ins(session, operator.id)
    audit.note(session, who, "停用账号", "operator", operator.name, before=_told(operator), now=now)


def invite_again(session: Session, who: Who, operator_id: int, *, now: datetime) -> str:
    """A new link for a forgotten password; returns its token. The old password holds until the link is used."""
    must(who, Right.KEEP_OPERATORS)
    operator = _open_account(session, operator_id)
    audit.note(session, who, "发密码链接", "operator", operator.name, now=now)
    return sign_in.invite(session, operator, now=now)


def missing(account: Account) -> dict[str, str]:
    """What its role needs and it does not have: field → what to do."""
    needed = {
        "store": (account.role is Role.STORE_MANAGER and not account.store, "店长账号要选门店"),
        "userid": (account.role is Role.ADVISOR and not account.userid.strip(), "顾问账号要填企业微信账号（userid）"),
    }
    return {field: told for field, (is_missing, told) in needed.items() if is_missing}


def _open_account(session: Session, operator_id: int) -> Operator:
    operator = session.get(Operator, operator_id)
    if operator is None or operator.ended_at is not None:
        raise Blocked("这个账号已停用")
    return operator


def _check(session: Session, account: Account, *, besides: Operator | None) -> None:
    if faults := missing(account):
        raise Blocked("；".join(faults.values()))
    same = store.operator_by_userid(session, account.userid.strip())
    if same is not None and same is not besides:
        raise Blocked(f"企业微信账号「{account.userid}」已经绑定了 {same.name}")


def _keep_one_administrator(session: Session) -> None:
    if store.administrators(session, locked=True) <= 1:
        raise Blocked("至少要留一位管理员")


def _told(operator: Operator) -> dict[str, Any]:
    return {"显示名": operator.shown_as, "角色": operator.role, "门店": operator.store, "企业微信账号": operator.userid}
