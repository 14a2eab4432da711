"""What the form of a plan's rules offers to choose from."""

from dataclasses import replace

from admin.looks.plan_rules import rule_choices
from core.db import Database
from tests.admin.offices import NAMES, office_over
from tests.admin.people import BOSS
from tests.sop.people import NOW, customer_plan, customers, running


def test_a_channel_is_offered_by_the_packs_name_and_by_its_key_where_it_has_none(database: Database) -> None:
    for channel in ("store_qr", "old_poster", ""):
        customers(database, 1, advisor=channel or "none", channel=channel)
    running(database, "hello", customer_plan())
    office = replace(office_over(database, now=NOW), names={**NAMES, "store_qr": "门店二维码"})
    with database.reading() as session:
        choices = rule_choices(session, BOSS, office, "hello")
    assert choices.values["channel"] == {"old_poster": "old_poster", "store_qr": "门店二维码"}
