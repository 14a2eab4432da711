"""`retrain`, `heads` and `rollback`: the intent head is taught anew, looked at and taken back while the service goes on."""

from datetime import datetime

from core.clock import utc_now
from core.embedding import KeptVectors, make_embedder
from core.settings import Settings
from core.zone import SHANGHAI
from intents.names import INTENT_NAMES
from intents.retrain import Retrained, retrain
from intents.shelf import HeadShelf, HeadVersion
from intents.taught import examples_of
from run.compose import Say
from run.pack import load_pack
from run.start import opened

_PARTS = {"all": "全部留出的例句", "same": "没有改过的", "edited": "新加或改过的"}


def retrain_pack(settings: Settings, *, force: bool, say: Say) -> bool:
    """Teach the pack's examples as they are on disk and what operators taught; False when the result was refused."""
    with opened(settings) as database, database.reading() as session:
        taught = examples_of(session)
    pack = load_pack(settings.pack_folder())
    vectors = KeptVectors(make_embedder(settings.encoder), settings.data_dir / "vectors")
    result = retrain(pack.taught(), vectors, shelf_of(settings), taught=taught, force=force, now=utc_now())
    for line in told(result):
        say(line)
    return result.version is not None


def told(result: Retrained) -> list[str]:
    """The comparison and what came of it, line by line."""
    lines = [f"{'':　<8}条数  现用    新的"] if result.rows else ["没有可比的旧模型"]
    lines += [f"{_PARTS[name]:　<8}{row.count:>4}  {row.before:6.1%}  {row.after:6.1%}" for name, row in result.rows.items()]
    lines += [f"退步的意图：{INTENT_NAMES[intent]} {row.before:.0%} → {row.after:.0%}（{row.count} 条）" for intent, row in result.worse]
    if result.version is None:
        return [*lines, f"没有换上：{result.refused}。确实要换，加 --force"]
    return [*lines, f"已换上 {result.version.key[:12]}（{result.version.examples} 条例句），运行中的服务一分钟内生效"]


def list_heads(settings: Settings, *, say: Say) -> None:
    """The versions on the shelf, oldest first."""
    book = shelf_of(settings).book()
    for version in book.versions:
        say(f"{'*' if version.key == book.current else ' '} {_line(version)}")
    if not book.versions:
        say("还没有训练过")


def roll_back(settings: Settings, to: str, *, say: Say) -> None:
    """Use an older head. Refused when there is none."""
    say(f"已换回 {_line(shelf_of(settings).roll_back(to))}")


def shelf_of(settings: Settings) -> HeadShelf:
    """Where the heads of this data folder lie."""
    return HeadShelf(settings.data_dir / "models")


def _line(version: HeadVersion) -> str:
    when = datetime.fromisoformat(version.made_at).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    compared = "" if version.before is None or version.after is None else f"  {version.before:.1%} → {version.after:.1%}"
    return f"{version.key[:12]}  {when}  {version.examples} 条例句{compared}{'  强制' if version.forced else ''}"
