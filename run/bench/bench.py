"""Runs the measurements one after the other and prints them as JSON and as a table."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.settings import Settings
from run.bench.big_library import measure_big_library
from run.bench.console import measure_console
from run.bench.live import measure_live
from run.bench.sop import MILLION, measure_sop
from run.bench.stages import measure_batch, measure_stages
from run.compose import Say

Figures = dict[str, Any]
BATCH_OF = 1000


def bench(settings: Settings, *, seconds: int, rates: Sequence[int], json_to: Path | None, scripts: int, questions: int, say: Say) -> None:
    """All figures of one run on one machine; ratios between them mean more than any alone."""
    figures: Figures = {"machine": {"cores": _cores(), "python": platform.python_version()}}
    say("1/6 一条消息的各个阶段…")
    figures["stages"] = measure_stages(settings, say=say)
    say(f"2/6 {BATCH_OF} 条消息一批…")
    figures["batch"] = measure_batch(settings, messages=BATCH_OF, say=say)
    say(f"3/6 回调与端到端，{seconds} 秒…")
    figures |= measure_live(settings, seconds=seconds, rates=rates, say=say)
    if scripts:
        say(f"4/6 {scripts} 条话术、{questions} 个问法：检索、启动与内存…")
        figures["big_library"] = measure_big_library(settings, scripts=scripts, questions=questions, say=say)
    say("5/6 主动触达：一次巡查与一次群发…")
    figures["sop"] = measure_sop(broadcast_to=MILLION if scripts else 0, say=say)
    say("6/6 运营后台：十万客户的页面…")
    figures["console"] = measure_console(settings, say=say)
    written = json.dumps(figures, ensure_ascii=False, indent=2)
    print(written)  # noqa: T201 - the answer of the command
    if json_to is not None:
        json_to.write_text(written + "\n", encoding="utf-8")
    say(as_table(figures))


def as_table(figures: Mapping[str, Any], prefix: str = "") -> str:
    """One line a figure, for people."""
    lines: list[str] = []
    for name, value in figures.items():
        if isinstance(value, Mapping):
            lines.append(as_table(value, f"{prefix}{name}."))
        else:
            lines.append(f"| {prefix}{name} | {value} |")
    return "\n".join(lines)


def _cores() -> int:
    return os.cpu_count() or 1
