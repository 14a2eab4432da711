"""Every setting, typed and frozen; read once, in main. Environment or `.env`, prefix ZHANTING_."""

import os
import re
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.errors import Misconfigured

PREFIX = "ZHANTING_"
# Windows' editors begin a UTF-8 file with a mark, which would else become part of the first name.
_ENCODING = "utf-8-sig"
_DATABASES = ("sqlite", "postgres", "postgresql", "postgresql+psycopg")
# What pydantic finds, as IT reads it; the names in braces are pydantic's.
_WRONG = {
    "int_parsing": "要填整数",
    "int_from_float": "要填整数",
    "float_parsing": "要填数字",
    "bool_parsing": "要填 true 或 false",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是 {expected} 之一",
    "value_error": "{error}",
}


class Settings(BaseSettings):
    """What IT may set. `docs/settings.md` explains each; a test keeps the two together."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_file_encoding=_ENCODING, frozen=True, extra="ignore")

    wecom_corp_id: str = ""
    wecom_secret: str = Field(default="", repr=False)
    wecom_agent_id: int = 0
    wecom_token: str = Field(default="", repr=False)
    wecom_aes_key: str = Field(default="", repr=False)
    wecom_api_base: str = "https://qyapi.weixin.qq.com"

    database_url: str = ""
    data_dir: Path = Path("data")
    eval_dir: Path = Path("../shared/eval")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    sandbox_port: int = Field(default=8001, ge=0, le=65535)

    encoder: str = "e5"
    pack: str = "ev_dealer"

    answer_at: float | None = Field(default=None, ge=0, le=1)
    clarify_at: float | None = Field(default=None, ge=0, le=1)
    intent_confident_at: float = Field(default=0.6, ge=0, le=1)
    intent_clear_by: float = Field(default=0.08, ge=0, le=1)

    burst_quick_seconds: float = Field(default=0.3, ge=0, le=10)
    burst_quiet_seconds: float = Field(default=2.0, ge=0, le=30)
    burst_longest_seconds: float = Field(default=8.0, ge=0, le=60)
    stale_after_minutes: int = Field(default=10, ge=1)
    poll_seconds: int = Field(default=180, ge=10)

    duty_advisors: str = ""
    webhooks: str = Field(default="", repr=False)
    handlers: int = Field(default=2, ge=1, le=32)
    senders: int = Field(default=4, ge=1, le=64)
    lease_seconds: float = Field(default=60.0, ge=1)
    four_eyes: bool = False
    public_url: str = ""
    wecom_login: bool = False
    wecom_login_base: str = "https://login.work.weixin.qq.com/wwlogin/sso/login"
    backup_dir: Path | None = None
    keep_boxes_days: int = Field(default=90, ge=7, le=3650)
    keep_talk_days: int = Field(default=730, ge=30, le=3650)
    callback_max_bytes: int = Field(default=262_144, ge=1024)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @field_validator("wecom_aes_key")
    @classmethod
    def _aes_key_has_43_characters(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9]{43}", value):
            raise ValueError("要填 EncodingAESKey 的 43 位字母和数字")
        return value

    @field_validator("wecom_api_base", "public_url", "wecom_login_base")
    @classmethod
    def _address_is_whole(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+\S*", value):
            raise ValueError("要写成 https://域名 这样的完整地址")
        return value

    @field_validator("clarify_at")
    @classmethod
    def _menus_come_before_answers(cls, value: float | None, info: ValidationInfo) -> float | None:
        answer_at = info.data.get("answer_at")
        if value is not None and answer_at is not None and value > answer_at:
            raise ValueError(f"不能大于 {PREFIX}ANSWER_AT（{answer_at}）")
        return value

    @field_validator("webhooks")
    @classmethod
    def _webhooks_are_names_and_keys(cls, value: str) -> str:
        names = [name for name, _ in _webhooks(value)]
        if not all(name and key for name, key in _webhooks(value)):
            # The text must not quote what was given: the key is a secret.
            raise ValueError("要写成 浦东店=KEY，多个用逗号隔开")
        if len(set(names)) < len(names):
            raise ValueError("有两个群同名")
        return value

    @field_validator("database_url")
    @classmethod
    def _database_is_one_that_we_speak(cls, value: str) -> str:
        # The texts must not quote what was given: there may be a password in it.
        if not value:
            return value
        try:
            parsed = make_url(value)
        except (ArgumentError, ValueError):
            parsed = None
        if parsed is None or parsed.drivername not in _DATABASES:
            raise ValueError("要写成 sqlite:////路径/文件.db 或 postgresql://用户:密码@主机/库")
        if "@" in (parsed.host or ""):
            raise ValueError("密码里的 @ 要写成 %40，其他特殊字符也要这样编码")
        return value

    def database(self) -> str:
        """The database URL; an SQLite file in the data folder unless one is set."""
        url = self.database_url or f"sqlite:///{self.data_dir / 'zhanting.db'}"
        # People paste the URL that their hosting shows; our driver is psycopg 3.
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)

    def duty(self) -> list[str]:
        """Userids who are told when a customer needs a person and nobody is responsible for him yet."""
        return [userid.strip().lower() for userid in self.duty_advisors.split(",") if userid.strip()]

    def webhook_keys(self) -> dict[str, str]:
        """Internal group → key of its robot; whoever has the key may speak there."""
        return dict(_webhooks(self.webhooks))

    def pack_folder(self) -> Path:
        """`PACK` is a name below packs/ or a folder."""
        named = Path(__file__).resolve().parent.parent / "packs" / self.pack
        return named if named.is_dir() else Path(self.pack)

    def missing_for_wecom(self) -> list[str]:
        """Names of the settings without which nothing can be heard from or said to WeCom."""
        needed = ("wecom_corp_id", "wecom_secret", "wecom_agent_id", "wecom_token", "wecom_aes_key")
        return [PREFIX + name.upper() for name in needed if not getattr(self, name)]


def _webhooks(value: str) -> list[tuple[str, str]]:
    """(name, key) of each pair; the whole address of a robot may stand in the place of its key."""
    pairs = [pair.partition("=") for pair in re.split("[,，]", value) if pair.strip()]
    return [(name.strip(), given.rpartition("key=")[2].strip()) for name, _, given in pairs]


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Settings from the environment and `.env`. Misconfigured: one sentence that names the setting that is wrong or unknown."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    # pydantic-settings would pass over a misspelt line of the file in silence.
    given = {*os.environ, *_names_in(env_file)}
    unknown = sorted(name for name in given if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise Misconfigured(f"没有 {unknown[0]} 这个设置，见 docs/settings.md")
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        meant = _WRONG.get(first["type"])
        said = meant.format(**first.get("ctx", {})) if meant else first["msg"]
        raise Misconfigured(f"{name} 不对：{said}") from None


def _names_in(env_file: Path | None) -> list[str]:
    if env_file is None or not env_file.is_file():
        return []
    try:
        return list(dotenv_values(env_file, encoding=_ENCODING))
    except UnicodeDecodeError:
        raise Misconfigured(f"设置文件 {env_file.absolute()} 不是 UTF-8 编码，请另存为 UTF-8") from None
