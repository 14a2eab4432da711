"""`python main.py backup`: a whole copy of the SQLite file while everything runs; for PostgreSQL it says how."""

import os
import sqlite3
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from core.db import sqlite_path
from core.errors import Misconfigured
from core.settings import Settings
from core.zone import SHANGHAI


def back_up(settings: Settings, folder: Path | None, *, now: datetime) -> Path:
    """The new file in `folder`, or in ZHANTING_BACKUP_DIR. Misconfigured when there is no folder, nothing to copy, or no SQLite."""
    target = folder or settings.backup_dir
    if target is None:
        raise Misconfigured("没有说备份到哪里：python main.py backup 目录，或设置 ZHANTING_BACKUP_DIR")
    source = sqlite_path(settings.database())
    if source is None:
        raise Misconfigured(f"这里用的是 PostgreSQL，请用它自己的工具：{how_to_back_up(settings)}")
    if not source.is_file():
        raise Misconfigured(f"没有数据库文件 {source}：还没有启动过，或 ZHANTING_DATABASE_URL 不对")
    try:
        target.mkdir(parents=True, exist_ok=True)
        return _copied(source, target / f"zhanting-{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}.db")
    except (OSError, sqlite3.Error) as error:
        raise Misconfigured(f"备份到 {target} 失败：{error}") from None


def how_to_back_up(settings: Settings) -> str:
    """The command for this database, without its password."""
    folder = settings.backup_dir or Path("/backup")
    if sqlite_path(settings.database()) is not None:
        return f"python main.py backup {folder}"
    url = make_url(settings.database())
    where = "".join(f" {flag} {value}" for flag, value in (("-h", url.host), ("-p", url.port), ("-U", url.username)) if value)
    return f"pg_dump -Fc{where} -f {folder}/zhanting-$(date +%F).dump {url.database}"


def _copied(source: Path, path: Path) -> Path:
    """Under another name until it is whole and has been looked through: a cut-off copy must not look like a backup."""
    part = path.with_suffix(".part")
    # It holds customers' messages: nobody else may read it, from its first byte on.
    os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    reading, writing = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True), sqlite3.connect(part)
    try:
        # All pages in one step: one consistent moment, however busy the writers are.
        reading.backup(writing)
        (verdict,) = writing.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        reading.close()
        writing.close()
    if verdict != "ok":
        part.unlink()
        raise sqlite3.DatabaseError(f"备份没有通过检查：{verdict}")
    part.rename(path)
    return path
