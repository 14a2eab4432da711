"""An operator gives a customer a tag by hand, and takes one back that a person of ours gave: with who, when and why.

Only facts: a level follows from rules and a focus point from the customer's own words, nobody sets those by hand.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from admin import audit
from admin.acts.customers import tell_wecom
from admin.looks.tags import KINDS, Tag, may_be_given
from admin.parts.phones import masked
from admin.rights import must
from admin.sight import customer_for
from admin.terms import Blocked, Right, Who
from customers import store
from customers.facts import end_fact, record_fact
from customers.models import Customer
from sop.standing import BLACKLIST
from sop.store import wake_subject


def give_tag(session: Session, who: Who, external_id: str, tag: Tag, note: str, of_pack: Collection[Tag], *, now: datetime) -> None:
    """It holds from now on. Blocked when he has it already, when there is no such fact, and for 黑名单 without a reason."""
    must(who, Right.EDIT_CUSTOMERS)
    customer = _locked(session, who, external_id)
    if tag not in may_be_given(session, of_pack):
        raise Blocked("只能打已有的事实标签；级别和关注点由系统从客户的话里得出")
    said = note.strip()
    if tag == BLACKLIST and not said:
        raise Blocked("请写一句为什么不再主动触达")
    if any((one.group, one.name) == tag for one in store.tags_of(session, customer.id)):
        raise Blocked(f"这位客户已经有「{_name(tag)}」了")
    words = "运营打标签" + (f"：{said}" if said else "") + f"（{who.shown_as or who.name}）"
    change = record_fact(session, customer, tag, words, now=now)
    # A plan may wait for just this tag, or must now leave him alone.
    wake_subject(session, "customer", external_id, now=now)
    tell_wecom(session, customer, change, f"give-tag:{_name(tag)}", now=now)
    after = {_name(tag): "有"} | ({"说明": masked(said)} if said else {})
    audit.note(session, who, "打标签", "customer", external_id, before={_name(tag): "没有"}, after=after, now=now)


def take_tag(session: Session, who: Who, external_id: str, tag: Tag, *, now: datetime) -> None:
    """It was given wrongly, or holds no more. Blocked when he does not have it, and for what follows from his words."""
    must(who, Right.EDIT_CUSTOMERS)
    customer = _locked(session, who, external_id)
    if tag[0] in KINDS:
        raise Blocked("这个标签是系统从客户的话里得出的，请撤销它的依据")
    held = next((one for one in store.tags_of(session, customer.id) if (one.group, one.name) == tag), None)
    if held is None:
        raise Blocked("这位客户已经没有这个标签了，请刷新页面")
    before = {_name(tag): "有", "依据": masked(held.words)}
    change = end_fact(session, customer, tag, now=now)
    wake_subject(session, "customer", external_id, now=now)
    tell_wecom(session, customer, change, f"take-tag:{_name(tag)}", now=now)
    audit.note(session, who, "撤销标签", "customer", external_id, before=before, after={**before, _name(tag): "没有"}, now=now)


def _locked(session: Session, who: Who, external_id: str) -> Customer:
    """Two operators who click at once come one after the other: the second is told that it is done."""
    customer = customer_for(session, who, external_id)
    session.refresh(customer, with_for_update=True)
    return customer


def _name(tag: Tag) -> str:
    return "/".join(tag)
