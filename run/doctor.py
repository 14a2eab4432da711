"""Checks what an installation needs, and says what to do about what is missing."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.wecom.cipher import CallbackCipher
from bot.wecom.client import WeComClient
from bot.wecom.messenger import messenger_over
from core.clock import utc_now
from core.db import Database
from core.embedding import make_embedder
from core.errors import AssistantError, Misconfigured
from core.migrate import migrate
from core.settings import Settings
from run.pack import read_pack
from run.start import connection_pool, with_sandbox_secrets

_LEAST_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Check:
    """One thing looked at; `remedy` says what to do, empty when all is well."""

    name: str
    ok: bool
    result: str
    remedy: str = ""


def examine(settings: Settings) -> list[Check]:
    """All checks, in the order in which an installation comes to life. A failing one never hides the others."""
    looks: list[tuple[str, Callable[[Settings], Iterator[Check]]]] = [
        ("设置", _settings),
        ("数据目录", _disk),
        ("数据库", _database),
        ("资料包", _pack),
        ("编码器", _encoder),
        ("回调自测", _callback),
        ("企业微信接口", _wecom),
    ]
    checks: list[Check] = []
    for name, look in looks:
        try:
            checks += look(settings)
        except AssistantError as error:
            checks.append(Check(name, False, str(error), "按提示修改后再运行 doctor"))
        except OSError as error:
            checks.append(Check(name, False, f"{type(error).__name__}: {error.strerror or error}", "检查路径、权限和网络"))
    return checks


def _settings(settings: Settings) -> Iterator[Check]:
    missing = settings.missing_for_wecom()
    if len(missing) == 5:
        yield Check("设置", True, "没有配置企业微信，run 会使用沙盒")
    elif missing:
        yield Check("设置", False, f"缺少 {'、'.join(missing)}", "补全 .env，或全部删除以使用沙盒")
    else:
        yield Check("设置", True, f"企业微信五项齐全，接口地址 {settings.wecom_api_base}")


def _disk(settings: Settings) -> Iterator[Check]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free
    enough = free >= _LEAST_FREE_BYTES
    yield Check("数据目录", enough, f"{settings.data_dir}，剩余 {free / 1e9:.1f} GB", "" if enough else "清理磁盘，至少留出 1 GB")


def _database(settings: Settings) -> Iterator[Check]:
    database = Database(settings.database())
    try:
        migrate(database)
        began = perf_counter()
        with database.reading() as session:
            session.execute(text("select 1"))
        kind = "SQLite" if database.is_sqlite else "PostgreSQL"
        yield Check("数据库", True, f"{kind}，表结构最新，一次查询 {(perf_counter() - began) * 1000:.1f} 毫秒")
    except (SQLAlchemyError, OSError) as error:
        raise Misconfigured(f"ZHANTING_DATABASE_URL cannot be used: {type(error).__name__}") from None
    finally:
        database.close()


def _pack(settings: Settings) -> Iterator[Check]:
    pack, faults = read_pack(settings.pack_folder())
    if faults or pack is None:
        yield Check("资料包", False, f"{len(faults)} 个问题，第一个：{faults[0]}", "python main.py pack check")
    else:
        yield Check("资料包", True, f"{settings.pack}，{len(pack.scripts.contents)} 条话术")


def _encoder(settings: Settings) -> Iterator[Check]:
    embedder = make_embedder(settings.encoder)
    embedder.encode(["你好"])
    began = perf_counter()
    embedder.encode(["E7 落地多少钱"])
    yield Check("编码器", True, f"{embedder.model_id}，{embedder.dim} 维，一条消息 {(perf_counter() - began) * 1000:.0f} 毫秒")


def _callback(settings: Settings) -> Iterator[Check]:
    own = with_sandbox_secrets(settings, settings.wecom_api_base)
    cipher = CallbackCipher(own.wecom_token, own.wecom_aes_key, own.wecom_corp_id)
    sealed = cipher.seal("体检", "1", "1")
    ok = cipher.open_echo(sealed.signature, "1", "1", sealed.encrypt) == "体检"
    yield Check("回调自测", ok, "加密后能解开" if ok else "加密后解不开", "" if ok else "核对 Token 与 EncodingAESKey")


def _wecom(settings: Settings) -> Iterator[Check]:
    if settings.missing_for_wecom():
        yield Check("企业微信接口", True, "未配置，跳过")
        return
    with connection_pool() as http:
        client = WeComClient(settings.wecom_api_base, settings.wecom_corp_id, settings.wecom_secret, http=http, clock=utc_now)
        accounts = messenger_over(client, settings.wecom_agent_id).kf.accounts()
        managed = [account.name for account in accounts if account.managed]
        remedy = "" if managed else "管理后台 → 微信客服 → API → 通过API管理微信客服账号，勾选要由助手接待的账号"
        yield Check("企业微信接口", bool(managed), f"可管理的客服账号：{'、'.join(managed) or '没有'}", remedy)
