"""After publishing: this process searches the new library at once; other processes take it over within a minute (bot/chores.py)."""

import threading
from typing import Final

from sqlalchemy import select

from admin.rehearsals import Tell
from core.db import Database
from kb.models import Script
from kb.search import ScriptSearch
from kb.terms import ScriptStatus

_LOOK_AGAIN_SECONDS: Final = 0.2


def take_over(scripts: ScriptSearch, database: Database, tell: Tell) -> None:
    """Returns when what is published is what is searched, whoever exchanged it. Blocking."""
    waiting = threading.Event()

    def encoding(done: int, of: int) -> None:
        tell(f"编码新的问法 {done}/{of}", 0.5 * done / max(of, 1))

    def learning(done: int, of: int) -> None:
        tell(f"重新校准把握 {done}/{of}", 0.5 + 0.5 * done / max(of, 1))

    while not scripts.refresh(database, progress=encoding, learning=learning) and not _is_current(scripts, database):
        tell("正在换上新的话术库", 0.5)
        waiting.wait(_LOOK_AGAIN_SECONDS)


def _is_current(scripts: ScriptSearch, database: Database) -> bool:
    with database.reading() as session:
        rows = session.execute(select(Script.key, Script.published_version).where(Script.status == ScriptStatus.PUBLISHED))
        published = dict(rows.all())
    return {one.content.key: one.version for one in scripts.library.published} == published
