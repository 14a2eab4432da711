"""The kf account seen from the API: accounts, servicers, customers, and links to enter by (reference §5.8)."""

import re

from bot.sandbox.corp import WINDOW, Corp, Customer
from bot.sandbox.fields import INVALID, Asked, integer_of, list_of, text_of
from bot.sandbox.terms import ApiError, Json

_SCENE = re.compile(r"[0-9A-Za-z_-]{0,32}")


def account_list(corp: Corp, asked: Asked) -> Json:
    """POST kf/account/list: our one account, which the app may drive."""
    offset = integer_of(asked.fields, "offset", least=0, most=10**6, default=0)
    limit = integer_of(asked.fields, "limit", least=1, most=100, default=100)
    accounts = [{"open_kfid": corp.kf.open_kfid, "name": corp.kf.name, "avatar": "", "manage_privilege": True}]
    return {"account_list": accounts[offset : offset + limit]}


def servicer_list(corp: Corp, asked: Asked) -> Json:
    """GET kf/servicer/list. Here 0 is on duty and 1 off; the event counts 1 and 2."""
    corp.account(asked.query)
    servicers: list[Json] = []
    for member in corp.members.values():
        if member.is_servicer:
            off = {} if member.on_duty else {"stop_type": member.stop_type}
            servicers.append({"userid": member.userid, "status": 0 if member.on_duty else 1, **off})
    return {"servicer_list": servicers}


def customer_batchget(corp: Corp, asked: Asked) -> Json:
    """POST kf/customer/batchget: only those who were active within 48 h; the rest is named as invalid."""
    wanted = list_of(asked.fields, "external_userid_list", kind=str, most=100)
    if not wanted:
        raise ApiError(41035, "external_userid_list is missing or empty")
    context = integer_of(asked.fields, "need_enter_session_context", least=0, most=1, default=0)
    known = {name: corp.customers[name] for name in wanted if name in corp.customers}
    active = [customer for customer in known.values() if asked.now - customer.active_at < WINDOW]
    found = {customer.external_userid for customer in active}
    return {
        "customer_list": [_shown(customer, with_context=bool(context)) for customer in active],
        "invalid_external_userid": [name for name in wanted if name not in found],
    }


def _shown(customer: Customer, *, with_context: bool) -> Json:
    shown: Json = {"external_userid": customer.external_userid, "nickname": customer.nickname, "avatar": "", "gender": 0}
    if with_context and customer.scene:
        shown["enter_session_context"] = {"scene": customer.scene, "scene_param": customer.scene_param}
    return shown


def add_contact_way(corp: Corp, asked: Asked) -> Json:
    """POST kf/add_contact_way: a link; `&scene_param=` may be added to it by the caller."""
    account = corp.account(asked.fields)
    scene = text_of(asked.fields, "scene", required=False)
    if not _SCENE.fullmatch(scene):
        raise ApiError(INVALID, "scene must be at most 32 of 0-9 a-z A-Z _ -")
    return {"url": f"https://work.weixin.qq.com/kfid/{account.open_kfid}?enc_scene={scene}"}
