"""Customers' open conversations, asked for as many at once as a tick may ask for."""

from datetime import datetime, timedelta

from bot.models import KfSession
from core.db import Database
from run.talks import talks_at

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
HOUR = timedelta(hours=1)
# More than SQLite (32,766 as it ships) and PostgreSQL (65,535) take as single parameters.
MANY = [f"wm{number:06}" for number in range(70_000)]


def test_the_newest_talk_of_each_among_very_many(database: Database) -> None:
    with database.unit_of_work() as session:
        session.add_all(
            [
                KfSession(open_kfid="wk-old", external_id=MANY[-1], heard_at=NOW - 5 * HOUR, said_since=1),
                KfSession(open_kfid="wk-new", external_id=MANY[-1], heard_at=NOW - HOUR, said_since=2, read_at=NOW),
                KfSession(open_kfid="wk-new", external_id=MANY[0], heard_at=NOW - 49 * HOUR),
                KfSession(open_kfid="wk-new", external_id="wm-another", heard_at=NOW),
                KfSession(open_kfid="wk-mute", external_id=MANY[1]),
            ]
        )
    with database.reading() as session:
        found = talks_at(lambda: NOW)(session, MANY)
    assert {id_: (talk.open_kfid, talk.talked_at, talk.left) for id_, talk in found.items()} == {
        MANY[-1]: ("wk-new", NOW, 3),
        MANY[0]: ("wk-new", NOW - 49 * HOUR, 0),
    }
