"""`customer export` and `customer delete`: what a person may ask for, without the console."""

from pathlib import Path

from admin.acts import customers as acts
from admin.terms import Role, Who
from core.clock import utc_now
from core.errors import Misconfigured
from core.settings import Settings
from intents.build import build_normaliser
from run.compose import Say
from run.pack import load_pack
from run.start import opened

# Whoever may run commands on this machine has the database in his hands.
_AT_THE_TERMINAL = Who(0, "命令行", "命令行", Role.ADMIN)


def export_customer(settings: Settings, external_id: str, file: Path, *, say: Say) -> None:
    """Everything known of him into one JSON file. Blocked when there is no such customer, Misconfigured when the file cannot be written."""
    pack = load_pack(settings.pack_folder())
    with opened(settings) as database, database.unit_of_work() as session:
        told = acts.export_one(session, _AT_THE_TERMINAL, external_id, acts.Naming({}, pack.names, pack.rules), now=utc_now())
        try:
            file.write_bytes(told)
        except OSError as error:
            raise Misconfigured(f"{file} cannot be written: {error.strerror}") from None
    say(f"已导出到 {file}")


def delete_customer(settings: Settings, external_id: str, *, say: Say) -> None:
    """He is forgotten. Blocked when there is no such customer."""
    normaliser = build_normaliser(load_pack(settings.pack_folder()).taught().lexicon)
    with opened(settings) as database, database.unit_of_work() as session:
        vectors = settings.data_dir / "vectors"
        acts.delete_customer(session, _AT_THE_TERMINAL, external_id, vectors=vectors, normaliser=normaliser, now=utc_now())
    say("已删除：聊天记录、标签、级别、提醒和缓存的向量")
