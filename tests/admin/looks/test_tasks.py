"""跟进任务: what nobody can hear of is listed, with the reason."""

from datetime import timedelta

from admin.looks.tasks import behind, tasks
from admin.looks.wanted import Wanted
from core.db import Database
from sop.escalate import NOBODY
from tests.admin.people import BOSS, NOW
from tests.sop.advised import reminding, rose

HOUR = timedelta(hours=1)


def test_a_customer_without_an_advisor_is_listed_with_the_reason_why_nobody_hears(database: Database) -> None:
    rose(database, "晴天", at=NOW)
    rose(database, "雨天", by="chen", at=NOW)
    reminds = reminding(database)
    for hours in (0, 2, 20, 22):
        reminds.minute(NOW + hours * HOUR)
    with database.reading() as session:
        for state in ("unowned", "unheard"):
            [row], count = tasks(session, BOSS, Wanted({"state": state}), {}, now=NOW + 22 * HOUR)
            assert count == 1
            assert (row["customer"], row["advisor"], row["state"], row["why"]) == ("晴天", "没有顾问", "无人可上报", NOBODY)
        assert {one["name"] for one in behind(session, BOSS, now=NOW + 22 * HOUR)} == {"没有顾问", "chen"}
