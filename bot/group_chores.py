"""What is done about customer groups unasked: every day all are read and judged anew, every minute those just read for the first time."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.read_groups import read_all
from bot.wecom.group_calls import GroupCalls
from core.db import Database
from core.errors import Misconfigured, Refused, Unavailable
from customers import group_store
from customers.judge_groups import judge
from customers.lifecycle import LifecycleRule

log = structlog.get_logger()

GROUPS_A_DEED = 100


@dataclass(frozen=True)
class GroupChores:
    """Each is safe to repeat and to do in two processes at once."""

    database: Database
    groups: GroupCalls
    rule: LifecycleRule

    def minute(self, now: datetime) -> None:
        """Groups that have been read and never judged."""
        self._judge(None, now)

    def daily(self, now: datetime) -> None:
        """Every group is a day older; and what WeCom did not tell is found by reading all of them."""
        self._judge(now, now)
        try:
            log.debug("customer groups to be read", groups=read_all(self.database, self.groups, now=now))
        except (Unavailable, Refused, Misconfigured) as error:
            log.warning("customer groups cannot be listed", why=str(error))

    def _judge(self, judged_before: datetime | None, now: datetime) -> None:
        after = 0
        with self.database.reading() as session:
            if not group_store.to_judge(session, judged_before=judged_before, after=0, limit=1):
                return
        while True:
            with self.database.unit_of_work() as session:
                some = group_store.to_judge(session, judged_before=judged_before, after=after, limit=GROUPS_A_DEED)
                judge(session, some, self.rule, now=now)
                after = some[-1].id if some else after
            if len(some) < GROUPS_A_DEED:
                return
