"""A customer's file and his deletion without the console."""

import json
from pathlib import Path

import pytest

from admin.terms import Blocked
from core.db import Database
from core.errors import Misconfigured
from core.migrate import migrate
from core.settings import Settings
from customers import store
from run.people import delete_customer, export_customer
from tests.admin.people import PHONE, audited, talked


def opened(settings: Settings) -> Database:
    database = Database(settings.database())
    migrate(database)
    return database


def test_a_customer_is_exported_and_deleted_at_the_terminal(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    database = opened(settings)
    with database.unit_of_work() as session:
        talked(session)
    said: list[str] = []

    export_customer(settings, "wm-li", tmp_path / "li.json", say=said.append)
    assert PHONE in (tmp_path / "li.json").read_text("utf-8")
    assert json.loads((tmp_path / "li.json").read_bytes())["客户"]["昵称"] == "李雷的车"
    with pytest.raises(Misconfigured, match="cannot be written"):
        export_customer(settings, "wm-li", tmp_path, say=said.append)

    delete_customer(settings, "wm-li", say=said.append)
    with database.reading() as session:
        assert store.customer_by_external_id(session, "wm-li") is None
    with pytest.raises(Blocked, match="没有这位客户"):
        delete_customer(settings, "wm-li", say=said.append)
    assert [entry.operator for entry in audited(database)] == ["命令行", "命令行"]
    database.close()
