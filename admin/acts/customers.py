"""What operators do to what is known of a customer: see a number, judge evidence, stop or allow messages, export, forget."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from admin import audit
from admin.forget import forget
from admin.looks.customer_export import HEADER, sheet_rows
from admin.looks.customers import count
from admin.looks.dossier import dossier
from admin.looks.wanted import Wanted
from admin.parts.phones import masked
from admin.rights import may, must
from admin.sight import customer_for
from admin.terms import Blocked, Right, Who
from bot.project_tags import queue_tags
from core.text import Normaliser
from customers.birthday import NoSuchDay, birthday_name, read_birthday
from customers.models import Customer, SlotRecord
from customers.pack import LevelRules
from customers.recognise import opt_out
from customers.record import TagChange
from customers.terms import SlotName
from kb.spreadsheet import write_list

EXPORT_AT_MOST = 50_000


@dataclass(frozen=True)
class Naming:
    """What keys are called, and what signals weigh: as far as a file about customers needs it."""

    stores: Mapping[str, str]
    names: Mapping[str, str]
    rules: LevelRules


def show_phone(session: Session, who: Who, external_id: str, slot_id: int, *, now: datetime) -> str:
    """The number in full; that he looked is kept, the number is not."""
    must(who, Right.SEE_PHONES)
    customer = customer_for(session, who, external_id)
    slot = session.get(SlotRecord, slot_id)
    if slot is None or slot.customer_id != customer.id or slot.name != SlotName.PHONE:
        raise Blocked("没有这个电话")
    audit.note(session, who, "查看电话", "customer", external_id, now=now)
    return slot.value


def stop_messages(session: Session, who: Who, external_id: str, *, now: datetime) -> None:
    """He asked somebody not to be written to any more."""
    must(who, Right.EDIT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    if customer.opted_out_at is not None:
        raise Blocked("这位客户已经是不再打扰")
    opt_out(customer, now=now)
    audit.note(session, who, "设为不再打扰", "customer", external_id, before={"不再打扰": "否"}, after={"不再打扰": "是"}, now=now)


def allow_messages(session: Session, who: Who, external_id: str, reason: str, *, now: datetime) -> None:
    """He wants to hear from us again; `reason` says how that is known."""
    must(who, Right.EDIT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    if not reason.strip():
        raise Blocked("请写明为什么可以恢复，例如客户在哪里、怎么说的")
    if customer.opted_out_at is None:
        raise Blocked("这位客户没有设为不再打扰")
    customer.opted_out_at = None
    after = {"不再打扰": "否", "原因": reason.strip()}
    audit.note(session, who, "恢复联系", "customer", external_id, before={"不再打扰": "是"}, after=after, now=now)


def set_birthday(session: Session, who: Who, external_id: str, text: str, *, now: datetime) -> None:
    """He told it to somebody; without text it is taken back. Blocked when there is no such day."""
    must(who, Right.EDIT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    try:
        birthday = read_birthday(text) if text.strip() else ""
    except NoSuchDay as wrong:
        raise Blocked(str(wrong)) from None
    before, customer.birthday = customer.birthday, birthday
    told = [{"生日": birthday_name(one) or "没有登记"} for one in (before, birthday)]
    audit.note(session, who, "登记生日", "customer", external_id, before=told[0], after=told[1], now=now)


def export_list(session: Session, who: Who, wanted: Wanted, naming: Naming, *, now: datetime) -> bytes:
    """The filtered list as an .xlsx; phone numbers in full only for who may see them. Blocked when it is too long."""
    must(who, Right.EXPORT_CUSTOMERS)
    number = count(session, who, wanted, now=now)
    if number > EXPORT_AT_MOST:
        raise Blocked(f"筛选出 {number:,} 位客户，一次最多导出 {EXPORT_AT_MOST:,} 位，请再加条件")
    with_phones = may(who, Right.SEE_PHONES)
    sheet = write_list(
        "客户", HEADER, sheet_rows(session, who, wanted, {**naming.names, **naming.stores}, with_phones=with_phones, now=now)
    )
    after = {
        "人数": number,
        "电话": "完整" if with_phones else "隐藏中间四位",
        **{f"筛选 {key}": one for key, one in wanted.filters.items()},
    }
    audit.note(session, who, "导出客户列表", "customers", "", after=after, now=now)
    return sheet


def export_one(session: Session, who: Who, external_id: str, naming: Naming, *, now: datetime) -> bytes:
    """Everything known of one customer in one file, also his own words; phone numbers in full only for who may see them."""
    must(who, Right.EXPORT_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    told = dossier(session, customer, naming.rules, {**naming.names, **naming.stores}, now=now)
    audit.note(session, who, "导出客户资料", "customer", external_id, now=now)
    return (told if may(who, Right.SEE_PHONES) else masked(told)).encode()


def delete_customer(session: Session, who: Who, external_id: str, *, vectors: Path, normaliser: Normaliser, now: datetime) -> None:
    """He is forgotten; one line without his data says that he was."""
    must(who, Right.DELETE_CUSTOMERS)
    customer = customer_for(session, who, external_id)
    number = f"#{customer.id}"
    forget(session, customer, vectors=vectors, normalise=lambda text: normaliser.normalise(text).text)
    audit.note(session, who, "删除客户", "customer", number, now=now)


def tell_wecom(session: Session, customer: Customer, change: TagChange, cause: str, *, now: datetime) -> None:
    """WeCom's copy follows; the same judgement made, taken back and made again is three deeds."""
    queue_tags(session, customer, change, f"{cause}:{now.timestamp():.6f}", now=now)
