"""朋友圈 over the client: a job makes a task that members publish (reference §7.5)."""

from collections.abc import Sequence
from datetime import datetime

from bot.wecom.client import WeComClient
from bot.wecom.mass_calls import ROWS_A_PAGE, every_page, listed_of, span
from bot.wecom.mass_terms import MassListed, MassMember, MomentMade
from bot.wecom.speech import Body
from bot.wecom.values import LONG_AGO, part, text, texts, whole

_MOMENTS_A_PAGE = 20
_DONE = 3


class MomentCalls:
    """Each call raises what WeComClient raises."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def create(self, senders: Sequence[str], message: Body) -> str:
        """The id of the job that makes it, good for 24 hours; `message` is from speech.moment. After an AnswerLost see `listed`."""
        seen = {"visible_range": {"sender_list": {"user_list": list(senders)}}}
        return text(self._client.post("externalcontact/add_moment_task", {**message, **seen}), "jobid")

    def made(self, jobid: str) -> MomentMade:
        """What the job came to so far."""
        answer = self._client.get("externalcontact/get_moment_task_result", {"jobid": jobid})
        result = part(answer, "result")
        invalid = texts(part(result, "invalid_sender_list"), "user_list")
        done = whole(answer, "status") == _DONE
        return MomentMade(done, text(result, "moment_id"), whole(result, "errcode", 0), text(result, "errmsg"), invalid)

    def listed(self, start: datetime, end: datetime) -> list[MassListed]:
        """The company's moments that were made between these moments, at most 30 days apart; pictures and films are not told apart."""
        asked = {**span(start, end), "filter_type": 0, "limit": _MOMENTS_A_PAGE}
        rows = every_page(self._client, "externalcontact/get_moment_list", asked, "moment_list")
        return [listed_of(row, "moment_id") for row in rows]

    def members(self, moment_id: str) -> list[MassMember]:
        """Who is to publish; WeCom tells whether, not when: `sent_at` is LONG_AGO for who has."""
        asked = {"moment_id": moment_id, "limit": ROWS_A_PAGE}
        rows = every_page(self._client, "externalcontact/get_moment_task", asked, "task_list")
        return [MassMember(text(row, "userid").lower(), LONG_AGO if whole(row, "publish_status") == 1 else None) for row in rows]

    def cancel(self, moment_id: str) -> None:
        """Who has not published can no longer do so."""
        self._client.post("externalcontact/cancel_moment_task", {"moment_id": moment_id})
