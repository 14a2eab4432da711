"""The doctor's checks of this machine: settings, disk, database, backups, pack, encoder, library."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import text

from admin.office import Check
from core.embedding import make_embedder
from kb import store
from run.backup import how_to_back_up
from run.pack import read_pack
from run.patient import Patient

_LEAST_FREE_BYTES = 1_000_000_000
_BACKUP_AT_MOST = timedelta(hours=26)  # once a day, and two hours for a slow disk
_SLOW_ENCODING = 0.25


def settings(patient: Patient) -> Iterator[Check]:
    """All five of WeCom, or none."""
    missing = patient.settings.missing_for_wecom()
    if len(missing) == 5:
        yield Check("设置", True, "没有配置企业微信，run 会使用沙盒")
    elif missing:
        yield Check("设置", False, f"缺少 {'、'.join(missing)}", "补全 .env，或全部删除以使用沙盒")
    else:
        yield Check("设置", True, f"企业微信五项齐全，接口地址 {patient.settings.wecom_api_base}")


def disk(patient: Patient) -> Iterator[Check]:
    """Room for a while."""
    folder = patient.settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    enough = free >= _LEAST_FREE_BYTES
    yield Check("磁盘", enough, f"数据目录 {folder}，剩余 {free / 1e9:.1f} GB", "" if enough else "清理磁盘，至少留出 1 GB")


def database(patient: Patient) -> Iterator[Check]:
    """It answers; opening it has brought its tables up to date."""
    if patient.database is None:
        yield Check("数据库", False, "打不开", "检查 ZHANTING_DATABASE_URL、数据库服务和文件权限")
        return
    began = perf_counter()
    with patient.database.reading() as session:
        session.execute(text("select 1"))
    kind = "SQLite" if patient.database.is_sqlite else "PostgreSQL"
    yield Check("数据库", True, f"{kind}，表结构最新，一次查询 {(perf_counter() - began) * 1000:.1f} 毫秒")


def backups(patient: Patient) -> Iterator[Check]:
    """The newest file in the folder for backups is from today."""
    folder, how = patient.settings.backup_dir, how_to_back_up(patient.settings)
    if folder is None:
        remedy = "" if patient.is_trial else f"把 ZHANTING_BACKUP_DIR 设成备份目录，每天运行：{how}"
        yield Check("备份", patient.is_trial, "没有设置备份目录", remedy, skipped=patient.is_trial)
        return
    newest = _newest(folder)
    if newest is None:
        yield Check("备份", False, f"{folder} 里没有备份", f"每天运行：{how}")
        return
    name, made_at = newest
    age = patient.clock() - made_at
    fresh = age <= _BACKUP_AT_MOST
    hours = max(0, round(age.total_seconds() / 3600))
    yield Check("备份", fresh, f"最新的是 {hours} 小时前的 {name}", "" if fresh else f"备份停了，检查定时任务。命令：{how}")


def pack(patient: Patient) -> Iterator[Check]:
    """Its files are right."""
    read, faults = read_pack(patient.settings.pack_folder())
    if faults or read is None:
        yield Check("资料包", False, f"{len(faults)} 个问题，第一个：{faults[0]}", "python main.py pack check")
    else:
        yield Check("资料包", True, f"{patient.settings.pack}，{len(read.scripts.contents)} 条话术")


def encoder(patient: Patient) -> Iterator[Check]:
    """It can be had, and is fast enough to answer within a second."""
    embedder = patient.embedder or make_embedder(patient.settings.encoder)
    embedder.encode(["你好"])
    began = perf_counter()
    embedder.encode(["这款车落地多少钱"])
    took = perf_counter() - began
    fast = took <= _SLOW_ENCODING
    remedy = "" if fast else "机器太忙或太慢：看 CPU 占用，或换回自带的编码器（ZHANTING_ENCODER=e5）"
    yield Check("编码器", fast, f"{embedder.model_id}，{embedder.dim} 维，一条消息 {took * 1000:.0f} 毫秒", remedy)


def library(patient: Patient) -> Iterator[Check]:
    """Something is published; where an assistant runs, it is what is searched, with thresholds measured on it."""
    if patient.database is None:
        yield Check("话术库", True, "数据库打不开，跳过", skipped=True)
        return
    with patient.database.reading() as session:
        published = len(store.published(session))
    if not published:
        started = patient.scripts is not None
        remedy = "在「话术库」里发布话术，或运行 python main.py seed" if started else ""
        yield Check("话术库", not started, "还没有发布的话术" + ("" if started else "，第一次启动时装入"), remedy, skipped=not started)
    elif patient.scripts is None:
        yield Check("话术库", True, f"发布了 {published} 条，索引和阈值在启动时准备")
    else:
        current, at = len(patient.scripts) == published, patient.scripts.thresholds
        told = (
            f"发布了 {published} 条，正在检索 {len(patient.scripts)} 条；把握 {at.answer_at:.2f} 以上直接答，{at.clarify_at:.2f} 以上追问"
        )
        yield Check("话术库", current, told, "" if current else "索引一分钟内会自动更新；一直不一致就重启助手")


def _newest(folder: Path) -> tuple[str, datetime] | None:
    files = [path for path in folder.iterdir() if path.is_file() and path.suffix in (".db", ".dump", ".sql", ".gz")]
    newest = max(files, key=lambda path: path.stat().st_mtime, default=None)
    return (newest.name, datetime.fromtimestamp(newest.stat().st_mtime, UTC)) if newest else None
