"""`understand` and `search` over files of JSON lines, in batches, progress on stderr."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.ask import question_of
from bot.decide import Decision, Situation, choose_reply
from bot.describe import describe
from bot.find_scripts import find_scripts
from bot.transcript import as_data
from core.clock import utc_now
from core.errors import Misconfigured
from core.settings import Settings
from intents.terms import Understanding
from kb.terms import ScriptMatch
from run.compose import Knowledge, Say, thresholds_of
from run.start import knowledge_in, opened

BATCH = 256


def understand(settings: Settings, source: Path, target: Path, *, say: Say) -> None:
    """{id, text} → {id, intents, not_sure, focus_points, level, signals, slots}."""
    rows = _checked(source, target)
    with _knowing(settings, say) as knowledge:
        _write(target, _understood(knowledge, rows, say=say, now=utc_now()))


def search(settings: Settings, source: Path, target: Path, *, top: int, say: Say) -> None:
    """{id, text} → {id, decision, confidence, scripts: [{key, title, score}]}: what the assistant would do with no history."""
    rows = _checked(source, target)
    with _knowing(settings, say) as knowledge:
        _write(target, _searched(settings, knowledge, rows, top=top, say=say, now=utc_now()))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of the file; Misconfigured names the line that is not {id, text}."""
    rows: list[dict[str, Any]] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                # Windows' editors begin a UTF-8 file with a mark.
                words = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                if not words:
                    continue
                row = json.loads(words)
            except UnicodeDecodeError:
                raise Misconfigured(f"{path}:{number}: 不是 UTF-8 编码，请另存为 UTF-8") from None
            except ValueError:
                raise Misconfigured(f"{path}:{number}: 不是 JSON") from None
            if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("text"), str):
                raise Misconfigured(f'{path}:{number}: 每行要写成 {{"id": …, "text": "…"}}')
            rows.append(row)
    return rows


def decide_alone(
    settings: Settings, knowledge: Knowledge, understood: Understanding, *, top: int, now: datetime
) -> tuple[Decision, tuple[ScriptMatch, ...]]:
    """What the assistant would do with these words at the beginning of a conversation, and the scripts it looked at."""
    not_sold, rivals = knowledge.pack.replies.say("not_sold"), knowledge.pack.replies.say("rivals")
    found = find_scripts(knowledge.scripts, understood, {}, not_sold=not_sold, rivals=rivals, now=now)
    decision = choose_reply(understood, found, situation=Situation(), thresholds=thresholds_of(settings, knowledge))
    if top <= len(found.matches):
        return decision, found.matches[:top]
    return decision, tuple(knowledge.scripts.find(question_of(understood, {}, now=now), top=top))


def _understood(knowledge: Knowledge, rows: Sequence[dict[str, Any]], *, say: Say, now: datetime) -> Iterator[dict[str, Any]]:
    for some in _batches(rows, say):
        for row, understood in zip(some, knowledge.understander.understand_many([row["text"] for row in some], now=now), strict=True):
            yield {"id": row["id"], **as_data(understood)}


def _searched(
    settings: Settings, knowledge: Knowledge, rows: Sequence[dict[str, Any]], *, top: int, say: Say, now: datetime
) -> Iterator[dict[str, Any]]:
    for some in _batches(rows, say):
        for row, understood in zip(some, knowledge.understander.understand_many([row["text"] for row in some], now=now), strict=True):
            decision, matches = decide_alone(settings, knowledge, understood, top=top, now=now)
            yield {
                "id": row["id"],
                "decision": describe(decision)[0],
                "confidence": round(matches[0].confidence, 4) if matches else 0.0,
                "scripts": [{"key": match.key, "title": match.title, "score": round(match.score, 4)} for match in matches],
            }


def _batches(rows: Sequence[dict[str, Any]], say: Say) -> Iterator[Sequence[dict[str, Any]]]:
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        yield some
        say(f"{start + len(some)}/{len(rows)}")


def _checked(source: Path, target: Path) -> list[dict[str, Any]]:
    """The lines to be read. A wrong file is told before the models are loaded, and not minutes later."""
    if not target.parent.is_dir():
        raise Misconfigured(f"--output {target}：没有文件夹 {target.parent}，请先建好")
    if target.is_dir():
        raise Misconfigured(f"--output {target}：这是文件夹，要写一个文件名")
    if target.exists() and target.samefile(source):
        raise Misconfigured(f"--output {target}：和 --input 是同一个文件，请换一个")
    return read_lines(source)


def _write(target: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Into place only when it is whole."""
    beside = target.with_name(target.name + ".writing")
    with beside.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    beside.replace(target)


@contextmanager
def _knowing(settings: Settings, say: Say) -> Iterator[Knowledge]:
    with opened(settings) as database:
        yield knowledge_in(settings, database, say=say)
