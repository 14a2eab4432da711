"""The command line: whatever is wrong with an installation ends in one sentence and exit code 1."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from core.db import Database
from core.settings import PREFIX, Settings
from main import app
from run.pack import PACKS
from run.servers import bind
from tests.conftest import POSTGRES

Told = Callable[..., str]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Told:
    """Runs a command that must fail, in a folder of its own; what it said. Keywords are settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*command: str, **settings: str) -> str:
        environment = {PREFIX + name.upper(): value for name, value in settings.items()}
        # Nothing is caught by the runner but the exit: an error of another kind would be a stack trace.
        result = CliRunner().invoke(app, command, env=environment, catch_exceptions=False)
        assert result.exit_code == 1
        return result.output

    return run


def test_a_postgresql_that_is_not_there(told: Told) -> None:
    nobody = bind("127.0.0.1", 0, "ZHANTING_PORT")
    port = nobody.getsockname()[1]
    nobody.close()
    said = told("seed", database_url=f"postgresql://ann:hidden@127.0.0.1:{port}/zhanting")
    where = f"127.0.0.1:{port}/zhanting"
    assert said == f"错误：打不开数据库 {where}：那里没有数据库服务，请检查 ZHANTING_DATABASE_URL 和数据库服务\n"


if POSTGRES:

    def test_a_postgresql_that_does_not_know_the_database(told: Told) -> None:
        nowhere = make_url(POSTGRES).set(database="no_such_database")
        said = told("seed", database_url=nowhere.render_as_string(hide_password=False))
        assert "/no_such_database：没有这个库，" in said
        assert said.count("\n") == 1


@pytest.mark.parametrize("url", ["notaurl", "foo://x"])
def test_an_address_that_is_no_database(told: Told, url: str) -> None:
    assert told("seed", database_url=url).startswith("错误：ZHANTING_DATABASE_URL 不对：要写成 ")


def test_a_data_folder_that_is_a_file(told: Told, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", "utf-8")
    assert told("seed") == "错误：数据目录 data 建不了（File exists），请检查 ZHANTING_DATA_DIR\n"


def test_a_database_file_that_is_something_else(told: Told, tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear customer, " * 1000, "utf-8")
    assert told("seed", database_url=f"sqlite:///{file}") == f"错误：打不开数据库文件 {file}：这不是 SQLite 的文件\n"


def test_a_database_of_a_later_version(told: Told, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'later.db'}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('from-the-future')")
    database.close()
    said = told("seed", database_url=database.url)
    assert said.startswith("错误：数据库的表结构和这个版本的程序对不上")
    assert said.count("\n") == 1


def test_settings_that_notepad_saved_in_gbk(told: Told, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# 端口\nZHANTING_PORT=9000\n", "gbk")
    assert told("seed") == f"错误：设置文件 {tmp_path / '.env'} 不是 UTF-8 编码，请另存为 UTF-8\n"


def test_a_folder_of_ours_that_is_a_file_is_named(told: Told, tmp_path: Path) -> None:
    (tmp_path / "zhanting.db.lock").mkdir()
    wecom = {"wecom_corp_id": "ww1", "wecom_secret": "s", "wecom_agent_id": "1", "wecom_token": "t", "wecom_aes_key": "a" * 43}
    said = told("work", database_url=f"sqlite:///{tmp_path / 'zhanting.db'}", **wecom)
    assert said == f"错误：{tmp_path / 'zhanting.db.lock'}：Is a directory\n"


def test_of_many_faults_in_a_pack_the_first_are_shown_and_the_others_counted(told: Told, tmp_path: Path) -> None:
    folder = shutil.copytree(PACKS / "ev_dealer", tmp_path / "pack")
    (folder / "models.yaml").write_text("", "utf-8")
    *faults, last = told("pack", "check", "pack").splitlines()
    assert len(faults) == 20
    assert all(fault.startswith("pack/") for fault in faults)
    total = int(last.split(" ")[0])
    assert total > 20
    assert last == f"{total} 个问题，后面还有 {total - 20} 个没有列出，先改这些再检查"
