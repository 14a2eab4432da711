"""A backup is whole, consistent while somebody writes, and nobody else may read it."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from core.errors import Misconfigured
from core.settings import Settings
from run.backup import back_up, how_to_back_up

NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")


def written(path: Path) -> sqlite3.Connection:
    """A database in use: one row committed, another one begun."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE said (words TEXT)")
    connection.execute("INSERT INTO said VALUES ('committed')")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO said VALUES ('half done')")
    return connection


def test_a_copy_holds_what_was_committed_and_nothing_half_done(tmp_path: Path) -> None:
    source = written(tmp_path / "live.db")
    path = back_up(Settings(database_url=f"sqlite:///{tmp_path}/live.db"), tmp_path / "backups", now=NOW)
    source.close()
    assert path.name == "zhanting-20261120-100000.db"
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert sqlite3.connect(path).execute("SELECT words FROM said").fetchall() == [("committed",)]
    assert path.stat().st_mode & 0o077 == 0


def test_the_folder_may_come_from_the_settings(tmp_path: Path) -> None:
    written(tmp_path / "live.db").close()
    settings = Settings(database_url=f"sqlite:///{tmp_path}/live.db", backup_dir=tmp_path / "there")
    assert back_up(settings, None, now=NOW).parent == tmp_path / "there"


def test_what_cannot_be_backed_up_is_said(tmp_path: Path) -> None:
    nothing = Settings(database_url=f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(Misconfigured, match="ZHANTING_BACKUP_DIR"):
        back_up(nothing, None, now=NOW)
    with pytest.raises(Misconfigured, match="没有数据库文件"):
        back_up(nothing, tmp_path, now=NOW)
    (tmp_path / "none.db").write_text("this is not a database at all" * 99)
    with pytest.raises(Misconfigured, match="失败"):
        back_up(nothing, tmp_path / "b", now=NOW)
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="失败"):
        back_up(nothing, tmp_path / "file", now=NOW)


def test_postgresql_is_backed_up_by_its_own_tool_and_the_password_is_not_told(tmp_path: Path) -> None:
    settings = Settings(database_url="postgresql://ann:secret@db/zhanting")
    with pytest.raises(Misconfigured, match="pg_dump -Fc -h db -U ann") as told:
        back_up(settings, tmp_path, now=NOW)
    assert "secret" not in str(told.value)
    assert how_to_back_up(settings).endswith(" zhanting")
