"""What an advisor does in the WeCom client: presses buttons of cards, writes to the app, edits and deletes his contacts."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.sandbox.app_messages import issue_response_code
from bot.sandbox.cards import keys_of, menu_keys_of, questions_of
from bot.sandbox.contact_events import announce_contact
from bot.sandbox.corp import AppMessage
from bot.sandbox.stage import Stage
from bot.sandbox.terms import CannotDo, Json
from bot.sandbox.xml_document import Element

Selected = Mapping[str, Sequence[str]]


class AdvisorDeeds(Stage):
    """Every member may do this, servicer or not."""

    def advisor_clicks(self, userid: str, task_id: str, key: str, selected: Selected | None = None) -> None:
        """Press a button of a card: `template_card_event`, or `template_card_menu_event` for its menu.

        `selected` is question_key → option ids; without it the card's own `selected_id` goes with the click.
        """
        with self._deed() as now:
            message = self._card(userid, task_id)
            buttons, menu = keys_of(message.content), menu_keys_of(message.content)
            if key not in buttons | menu or (message.replaced and key in buttons):
                raise CannotDo("这个按钮现在按不了")
            message.pressed = (buttons | menu)[key]
            code = issue_response_code(self._corp, task_id, now)
            chosen = [] if key in menu else _selected_items(message.content, selected)
            self._tell(
                message.userid,
                ("MsgType", "event"),
                ("Event", "template_card_menu_event" if key in menu else "template_card_event"),
                ("EventKey", key),
                ("TaskId", task_id),
                ("CardType", message.content["card_type"]),
                ("ResponseCode", code),
                ("AgentID", self._corp.secrets.agent_id),
                *chosen,
                now=now,
            )

    def advisor_says(self, userid: str, text: str) -> str:
        """Write to the app; returns the MsgId."""
        with self._deed() as now:
            msgid = self._corp.issue_number()
            agent = ("AgentID", self._corp.secrets.agent_id)
            self._tell(self._corp.member(userid).userid, ("MsgType", "text"), ("Content", text), ("MsgId", msgid), agent, now=now)
            return str(msgid)

    def advisor_opens_app(self, userid: str) -> None:
        """Event `enter_agent`."""
        with self._deed() as now:
            agent = ("AgentID", self._corp.secrets.agent_id)
            self._tell(self._corp.member(userid).userid, ("MsgType", "event"), ("Event", "enter_agent"), ("EventKey", ""), agent, now=now)

    def advisor_edits(self, userid: str, external_userid: str, *, remark: str | None = None, description: str | None = None) -> None:
        """Change the remark or description of a contact: `edit_external_contact`."""
        with self._deed() as now:
            follow = self._corp.follow(userid, external_userid)
            follow.remark = follow.remark if remark is None else remark
            follow.description = follow.description if description is None else description
            announce_contact(self._corp, "edit_external_contact", follow.userid, external_userid, now=now)

    def advisor_begins_chat(self, userid: str, external_userid: str) -> None:
        """The two begin to chat, so that the welcome comes too late (41051). WeCom tells nobody."""
        with self._deed():
            self._corp.follow(userid, external_userid)
            for code in self._corp.welcome_codes.values():
                if (code.userid, code.external_userid) == (userid.lower(), external_userid):
                    code.chatting = True

    def advisor_deletes_customer(self, userid: str, external_userid: str) -> None:
        """`del_external_contact`: no relation any more, later calls for the pair give 84061."""
        with self._deed() as now:
            follow = self._corp.follow(userid, external_userid)
            del self._corp.follows[follow.userid, external_userid]
            announce_contact(self._corp, "del_external_contact", follow.userid, external_userid, now=now)

    def _card(self, userid: str, task_id: str) -> AppMessage:
        member = self._corp.member(userid)
        for message in reversed(self._corp.app_messages):
            if message.userid == member.userid and message.task_id == task_id and not message.dropped:
                return message
        raise CannotDo(f"{member.name} 没有这张卡片")

    def _tell(self, userid: str, *elements: Element, now: datetime) -> None:
        self._corp.callbacks.queue([("FromUserName", userid), ("CreateTime", int(now.timestamp())), *elements], now=now)


def _selected_items(card: Json, selected: Selected | None) -> list[Element]:
    allowed = questions_of(card)
    chosen = _preselected(card) if selected is None else selected
    for question, options in chosen.items():
        if not allowed.get(question, set()).issuperset(options):
            raise CannotDo(f"卡片上没有这个选项：{question}")
    items = [
        ("SelectedItem", [("QuestionKey", question), ("OptionIds", [("OptionId", option) for option in options])])
        for question, options in chosen.items()
    ]
    return [("SelectedItems", items)] if items else []


def _preselected(card: Json) -> dict[str, list[str]]:
    asked = [card.get("button_selection"), *card.get("select_list", [])]
    chosen = {one["question_key"]: [one.get("selected_id") or one["option_list"][0]["id"]] for one in asked if one}
    if box := card.get("checkbox"):
        chosen[box["question_key"]] = [option["id"] for option in box["option_list"] if option.get("is_checked")]
    return chosen
