"""POST message/update_template_card: a card changes once per response_code, for the members who are named (reference §3.4)."""

from datetime import timedelta

from bot.sandbox.app_messages import check_agent
from bot.sandbox.cards import check_card
from bot.sandbox.corp import AppMessage, Corp
from bot.sandbox.fields import Asked, list_of, object_of, text_of
from bot.sandbox.terms import ApiError, Json

LIFE = timedelta(hours=72)


def update_template_card(corp: Corp, asked: Asked) -> Json:
    """Grey out the buttons (`button.replace_name`) or put a new card in the place of the old one."""
    check_agent(corp, asked)
    code = corp.response_codes.get(text_of(asked.fields, "response_code"))
    if code is None or code.used or asked.now - code.issued_at > LIFE:
        raise ApiError(60140, "invalid or expired response_code")
    label, card = _change(asked)
    named = [userid.lower() for userid in list_of(asked.fields, "userids", kind=str, most=1000, wrong=40032)]
    for message in corp.app_messages:
        if message.task_id == code.task_id and (message.userid in named or _everybody(corp, asked)):
            _apply(message, label, card)
    code.used = True
    return {"invaliduser": [userid for userid in named if userid not in corp.members]}


def _change(asked: Asked) -> tuple[str, Json | None]:
    if "template_card" not in asked.fields:
        return text_of(object_of(asked.fields, "button"), "replace_name"), None
    card = object_of(asked.fields, "template_card")
    check_card(card)
    return text_of(card, "replace_text", required=False), card


def _everybody(corp: Corp, asked: Asked) -> bool:
    return asked.fields.get("atall") == 1 or corp.department in asked.fields.get("partyids", [])


def _apply(message: AppMessage, label: str, card: Json | None) -> None:
    message.replaced = label
    if card is not None:
        message.content = {"task_id": message.task_id, **card}
