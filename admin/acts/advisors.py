"""Advisors: what they are called, which store they belong to, whether they still work there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import audit
from admin.rights import must
from admin.terms import Blocked, Right, Who
from customers.models import Advisor
from customers.placing import meet_advisor, place_customers_of


def change_advisor(
    session: Session, who: Who, advisor_id: int, name: str, store: str, *, is_active: bool, stores: Mapping[str, str], now: datetime
) -> None:
    """His customers move to his store with him."""
    must(who, Right.KEEP_OPERATORS)
    advisor = session.get(Advisor, advisor_id)
    if advisor is None:
        raise Blocked("没有这位顾问")
    if store and store not in stores:
        raise Blocked("资料包里没有这家门店")
    before, moved = _told(advisor, stores), advisor.store != store
    advisor.name, advisor.store, advisor.is_active = name.strip(), store, is_active
    if moved:
        place_customers_of(session, advisor.userid)
    audit.note(session, who, "修改顾问", "advisor", advisor.userid, before=before, after=_told(advisor, stores), now=now)


def add_advisor(session: Session, who: Who, userid: str, name: str, store: str, *, stores: Mapping[str, str], now: datetime) -> None:
    """Before WeCom has told of him; afterwards he is recognised by his userid."""
    must(who, Right.KEEP_OPERATORS)
    userid = userid.strip().lower()
    if not userid:
        raise Blocked("请填企业微信账号（userid）")
    if session.scalar(select(Advisor.id).where(Advisor.userid == userid)) is not None:
        raise Blocked(f"「{userid}」已经在列表里")
    meet_advisor(session, userid)
    advisor = session.scalars(select(Advisor).where(Advisor.userid == userid)).one()
    change_advisor(session, who, advisor.id, name, store, is_active=True, stores=stores, now=now)


def _told(advisor: Advisor, stores: Mapping[str, str]) -> dict[str, Any]:
    return {"名字": advisor.name, "门店": stores.get(advisor.store, advisor.store), "状态": "在岗" if advisor.is_active else "离岗"}
