"""The sandbox and the assistant share a made-up company; and the connections to whichever WeCom it is."""

import httpx

from bot.sandbox.delivery import HttpDelivery
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.terms import CorpSecrets
from core.clock import utc_now
from core.settings import Settings

# A made-up company for trying everything without an account: the sandbox and the assistant share these.
SANDBOX_CORP = CorpSecrets(
    "wwsandbox0000000001", "sandbox-secret", 1000001, "SandboxToken2026", "SandboxAesKey0123456789abcdefghijklmnopqrst"
)

# 销售顾问群 of bot/sandbox/terms.py Seeds.
SANDBOX_WEBHOOKS = "销售顾问群=sandbox-webhook-sales"


def connection_pool() -> httpx.Client:
    """One pool of connections to WeCom for all threads."""
    return httpx.Client(limits=httpx.Limits(max_connections=64, max_keepalive_connections=32))


def corp_of(settings: Settings) -> CorpSecrets:
    """The settings' secrets as the sandbox wants them."""
    return CorpSecrets(settings.wecom_corp_id, settings.wecom_secret, settings.wecom_agent_id, settings.wecom_token, settings.wecom_aes_key)


def sandbox_for(settings: Settings, callback: str) -> Sandbox:
    """A sandbox that calls back to this address; whoever shares the settings' secrets may call it."""
    return Sandbox(corp_of(settings), deliver=HttpDelivery(callback), clock=utc_now)


def with_sandbox_secrets(settings: Settings, api_base: str) -> Settings:
    """These settings, pointed at the sandbox; secrets that are set stay."""
    corp = SANDBOX_CORP
    return settings.model_copy(
        update={
            "webhooks": settings.webhooks or SANDBOX_WEBHOOKS,
            "wecom_corp_id": settings.wecom_corp_id or corp.corp_id,
            "wecom_secret": settings.wecom_secret or corp.secret,
            "wecom_agent_id": settings.wecom_agent_id or corp.agent_id,
            "wecom_token": settings.wecom_token or corp.token,
            "wecom_aes_key": settings.wecom_aes_key or corp.aes_key,
            "wecom_api_base": api_base,
            "wecom_login_base": f"{api_base}/wwlogin/sso/login",
        }
    )


def sandbox_environment(settings: Settings) -> dict[str, str]:
    """The settings that let another process talk to this sandbox."""
    names = ("wecom_corp_id", "wecom_secret", "wecom_agent_id", "wecom_token", "wecom_aes_key", "wecom_api_base", "wecom_login_base")
    return {f"ZHANTING_{name.upper()}": str(getattr(settings, name)) for name in names}
