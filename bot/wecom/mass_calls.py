"""企业群发 over the client: tasks that members confirm, and what became of them (reference §7.2, §7.4)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.wecom.client import WeComClient
from bot.wecom.mass_terms import ChatType, MassListed, MassMade, MassMember, MassPage, MassResult, SendStatus
from bot.wecom.speech import Body
from bot.wecom.values import moment, part, parts, text, texts, whole
from core.errors import Refused

TASKS_A_PAGE = 100
ROWS_A_PAGE = 1_000
# Against a cursor that never ends.
PAGES_AT_MOST = 100


class MassCalls:
    """Each call raises what WeComClient raises; while WeCom dispatches a task (41063), reading it is Unavailable."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def create(self, chat_type: ChatType, sender: str, subjects: Sequence[str], message: Body) -> MassMade:
        """A task for one member: at most 10,000 customers or 2,000 groups; `message` is from speech.welcome.

        It has no key of ours: after an AnswerLost look into `listed` before it is made again.
        """
        if not subjects:
            # WeCom would take it for «all customers of this member».
            raise Refused("群发任务没有接收的客户或客户群")
        to = {"chat_id_list" if chat_type is ChatType.GROUP else "external_userid": list(subjects)}
        answer = self._client.post("externalcontact/add_msg_template", {"chat_type": chat_type, "sender": sender, **to, **message})
        return MassMade(text(answer, "msgid"), texts(answer, "fail_list"))

    def listed(self, chat_type: ChatType, start: datetime, end: datetime) -> list[MassListed]:
        """The company's tasks that were made between these moments, at most a month apart."""
        asked = {"chat_type": chat_type, **span(start, end), "filter_type": 0, "limit": TASKS_A_PAGE}
        rows = every_page(self._client, "externalcontact/get_groupmsg_list_v2", asked, "group_msg_list")
        return [listed_of(row, "msgid") for row in rows]

    def members(self, msgid: str) -> list[MassMember]:
        """Who must confirm, and who has."""
        rows = every_page(self._client, "externalcontact/get_groupmsg_task", {"msgid": msgid, "limit": ROWS_A_PAGE}, "task_list")
        return [_member(row) for row in rows]

    def results(self, msgid: str, userid: str, cursor: str = "") -> MassPage:
        """One page of what became of this member's customers; of groups only those that were sent are told."""
        body = {"msgid": msgid, "userid": userid, "limit": ROWS_A_PAGE, "cursor": cursor}
        answer = self._client.post("externalcontact/get_groupmsg_send_result", body)
        return MassPage(tuple(map(_result, parts(answer, "send_list"))), text(answer, "next_cursor"))

    def remind(self, msgid: str) -> None:
        """WeCom reminds who has not confirmed; at most three times in 24 hours, then Refused with REMINDED_TOO_OFTEN."""
        self._client.post("externalcontact/remind_groupmsg_send", {"msgid": msgid})

    def cancel(self, msgid: str) -> None:
        """What is not sent yet will not be; Refused with MASS_CANCELLED the second time."""
        self._client.post("externalcontact/cancel_groupmsg_send", {"msgid": msgid})


def every_page(client: WeComClient, path: str, body: Mapping[str, Any], rows: str) -> list[dict[str, Any]]:
    """The rows of all pages of a POST with a cursor."""
    found: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(PAGES_AT_MOST):
        answer = client.post(path, {**body, "cursor": cursor})
        found += parts(answer, rows)
        cursor = text(answer, "next_cursor")
        if not cursor:
            break
    return found


def span(start: datetime, end: datetime) -> dict[str, int]:
    """The two moments as WeCom wants them."""
    return {"start_time": int(start.timestamp()), "end_time": int(end.timestamp())}


def listed_of(row: Mapping[str, Any], id_name: str) -> MassListed:
    """One task or moment of a list."""
    kinds = tuple(text(attachment, "msgtype") for attachment in parts(row, "attachments"))
    return MassListed(text(row, id_name), moment(text(row, "create_time")), text(part(row, "text"), "content"), kinds)


def _member(row: Mapping[str, Any]) -> MassMember:
    sent = whole(row, "status") == 2
    return MassMember(text(row, "userid").lower(), moment(text(row, "send_time")) if sent else None)


def _result(row: Mapping[str, Any]) -> MassResult:
    at = whole(row, "send_time", 0)
    return MassResult(
        text(row, "external_userid") or text(row, "chat_id"),
        SendStatus(whole(row, "status", 0)),
        datetime.fromtimestamp(at, UTC) if at > 0 else None,
    )
