"""An advisor and a customer became contacts, or ceased to be: known, recorded, and greeted once within 20 seconds."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import outbox
from bot.hear_kf import WELCOME_LIVES, Outcome
from bot.inbox_terms import Item
from bot.messages import Channel, deed_key
from bot.project_tags import queue_all_tags
from bot.queue import State
from bot.reply import Speech
from bot.wecom.callback import ContactChange, ContactChangeType
from customers.recognise import begin_follow, end_follow, note_edit, recognise


def hear_contact(session: Session, speech: Speech, change: ContactChange, item: Item, *, now: datetime) -> Outcome:
    """Act on change_external_contact (reference §6.1)."""
    if change.change_type in (ContactChangeType.ARCHIVE_APPROVED, ContactChangeType.OTHER):
        return State.IGNORED, f"无需处理：{change.change_type}"
    customer = recognise(session, change.external_userid, channel=change.state, now=now)
    match change.change_type:
        case ContactChangeType.ADDED | ContactChangeType.HALF_ADDED:
            begin_follow(session, customer, change.userid, channel=change.state, now=now)
            queue_all_tags(session, customer, change.userid, f"added:{item.id}", now=now)
            _read_profile(session, change, item, now=now)
            return State.DONE, _welcome(session, speech, change, item, now=now)
        case ContactChangeType.EDITED:
            note_edit(session, customer, change.userid, now=now)
            _read_profile(session, change, item, now=now)
            return State.DONE, "顾问修改了客户资料，重新读取"
        case ContactChangeType.DELETED_BY_ADVISOR:
            by = "transfer" if change.source == "DELETE_BY_TRANSFER" else "advisor"
            end_follow(session, customer, change.userid, ended_by=by, now=now)
            return State.DONE, "因继承移除" if by == "transfer" else "顾问删除了客户"
        case ContactChangeType.DELETED_BY_CUSTOMER:
            end_follow(session, customer, change.userid, ended_by="customer", now=now)
            return State.DONE, "客户删除了顾问"
        case ContactChangeType.TRANSFER_FAILED:
            return State.DONE, f"继承失败：{change.fail_reason}"


def welcome_words(speech: Speech, state: str) -> str:
    """The greeting for this channel, ready without a model: the code lives 20 seconds."""
    template = speech.replies.by_state.get(state) or speech.replies.say("contact_welcome.default.text")
    variables = speech.replies.variables
    for name, value in variables.items():
        template = template.replace("{" + name + "}", value)
    return template


def _welcome(session: Session, speech: Speech, change: ContactChange, item: Item, *, now: datetime) -> str:
    if not change.welcome_code:
        return "没有欢迎语凭证（后台已设欢迎语，或双方已开聊）"
    left = item.occurred_at + WELCOME_LIVES - now
    if left <= timedelta(0):
        return "超过 20 秒，欢迎语凭证已失效"
    payload = {
        "code": change.welcome_code,
        "text": welcome_words(speech, change.state),
        "attachments": list(speech.replies.welcome_attachments),
    }
    # add_half and add come with the same code, which works once: the code itself is the key.
    key = f"contact-welcome:{change.welcome_code}"
    queued = outbox.enqueue(session, key, Channel.CONTACT_WELCOME, payload, lane=key, now=now, expires_in=left, urgent=True)
    return "欢迎语已排队" if queued else "同一凭证的欢迎语已排过队"


def _read_profile(session: Session, change: ContactChange, item: Item, *, now: datetime) -> None:
    payload = {"external_id": change.external_userid}
    outbox.enqueue(
        session,
        deed_key("contact-profile", str(item.id)),
        Channel.CONTACT_PROFILE,
        payload,
        lane=f"profile:{change.external_userid}",
        now=now,
    )
