"""The table of the HTTP API: which path is which function, and how a call is answered or refused."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.sandbox import (
    app_messages,
    card_updates,
    contacts,
    groups,
    kf_accounts,
    kf_send,
    kf_sessions,
    kf_sync,
    login,
    mass,
    media,
    moments,
    tags,
    webhook,
)
from bot.sandbox.corp import Corp
from bot.sandbox.fields import MISSING, Asked, parsed
from bot.sandbox.terms import ApiAnswer, ApiError, Json
from bot.sandbox.tokens import check_token, gettoken

Endpoint = Callable[[Corp, Asked], Json | ApiAnswer]
PREFIX = "/cgi-bin/"
UNKNOWN_PATH = 40066
WEBHOOK = "webhook/send"  # its key stands for the access token


def callback_addresses(_corp: Corp, _asked: Asked) -> Json:
    """GET getcallbackip: where callbacks come from; here, from this machine."""
    return {"ip_list": ["127.0.0.1"]}


ENDPOINTS: dict[str, tuple[str, Endpoint]] = {
    "getcallbackip": ("GET", callback_addresses),
    "kf/account/list": ("POST", kf_accounts.account_list),
    "kf/servicer/list": ("GET", kf_accounts.servicer_list),
    "kf/customer/batchget": ("POST", kf_accounts.customer_batchget),
    "kf/add_contact_way": ("POST", kf_accounts.add_contact_way),
    "kf/sync_msg": ("POST", kf_sync.sync_msg),
    "kf/send_msg": ("POST", kf_send.send_msg),
    "kf/send_msg_on_event": ("POST", kf_send.send_msg_on_event),
    "kf/service_state/get": ("POST", kf_sessions.state_get),
    "kf/service_state/trans": ("POST", kf_sessions.state_trans),
    "message/send": ("POST", app_messages.send),
    "message/update_template_card": ("POST", card_updates.update_template_card),
    "externalcontact/get": ("GET", contacts.contact_get),
    "externalcontact/get_follow_user_list": ("GET", contacts.follow_user_list),
    "externalcontact/batch/get_by_user": ("POST", contacts.batch_get_by_user),
    "externalcontact/groupchat/list": ("POST", groups.groupchat_list),
    "externalcontact/groupchat/get": ("POST", groups.groupchat_get),
    "externalcontact/send_welcome_msg": ("POST", contacts.send_welcome_msg),
    "externalcontact/get_corp_tag_list": ("POST", tags.get_corp_tag_list),
    "externalcontact/add_corp_tag": ("POST", tags.add_corp_tag),
    "externalcontact/mark_tag": ("POST", tags.mark_tag),
    "externalcontact/add_msg_template": ("POST", mass.add_msg_template),
    "externalcontact/get_groupmsg_list_v2": ("POST", mass.get_groupmsg_list_v2),
    "externalcontact/get_groupmsg_task": ("POST", mass.get_groupmsg_task),
    "externalcontact/get_groupmsg_send_result": ("POST", mass.get_groupmsg_send_result),
    "externalcontact/remind_groupmsg_send": ("POST", mass.remind_groupmsg_send),
    "externalcontact/cancel_groupmsg_send": ("POST", mass.cancel_groupmsg_send),
    "externalcontact/add_moment_task": ("POST", moments.add_moment_task),
    "externalcontact/get_moment_task_result": ("GET", moments.get_moment_task_result),
    "externalcontact/get_moment_list": ("POST", moments.get_moment_list),
    "externalcontact/get_moment_task": ("POST", moments.get_moment_task),
    "externalcontact/cancel_moment_task": ("POST", moments.cancel_moment_task),
    "auth/getuserinfo": ("GET", login.user_info),
    "media/upload": ("POST", media.upload),
    "media/uploadimg": ("POST", media.uploadimg),
    "media/upload_attachment": ("POST", media.upload_attachment),
    "media/get": ("GET", media.get),
}


def answer(
    corp: Corp, method: str, path: str, query: Mapping[str, str], body: bytes, content_type: str, *, now: datetime
) -> Json | ApiAnswer:
    """Do what the call asks; ApiError when it may not."""
    name = path.removeprefix(PREFIX)
    if name == "gettoken":
        return gettoken(corp, query, now=now)
    if name == WEBHOOK:
        return webhook.send(corp, query, body, now=now)
    wanted_method, endpoint = ENDPOINTS[name]
    check_token(corp, query, now=now)
    if method != wanted_method:
        raise ApiError(MISSING, f"this API wants {wanted_method}")
    fields = {} if method == "GET" or content_type.startswith("multipart/") else parsed(body)
    return endpoint(corp, Asked(query, fields, body, content_type, now))


def is_known(path: str) -> bool:
    """Whether anything answers at this path."""
    return path.startswith(PREFIX) and path.removeprefix(PREFIX) in {"gettoken", WEBHOOK, *ENDPOINTS}


def as_json(fields: Json, *, errcode: int = 0, errmsg: str = "ok", status: int = 200) -> ApiAnswer:
    """The JSON that WeCom puts around every answer, refusals too."""
    body = json.dumps({"errcode": errcode, "errmsg": errmsg, **fields}, ensure_ascii=False).encode()
    return ApiAnswer(status, "application/json; charset=UTF-8", body)
