"""Every setting, typed and frozen; read once, in main. Environment or `.env`, prefix ZHANTING_."""

import os
import re
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import Misconfigured

PREFIX = "ZHANTING_"


class Settings(BaseSettings):
    """What IT may set. `docs/settings.md` explains each; a test keeps the two together."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore")

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
            raise ValueError("must be the 43 letters and digits of EncodingAESKey")
        return value

    @field_validator("webhooks")
    @classmethod
    def _webhooks_are_names_and_keys(cls, value: str) -> str:
        names = [name for name, _ in _webhooks(value)]
        if not all(name and key for name, key in _webhooks(value)):
            # The text must not quote what was given: the key is a secret.
            raise ValueError("must be pairs like 浦东店=KEY, comma between")
        if len(set(names)) < len(names):
            raise ValueError("names one group twice")
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
    given = {*os.environ, *(dotenv_values(env_file) if env_file and env_file.is_file() else ())}
    unknown = sorted(name for name in given if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise Misconfigured(f"{unknown[0]} is not a setting; see docs/settings.md")
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise Misconfigured(f"{name} is wrong: {first['msg']}") from None
