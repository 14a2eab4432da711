"""Puts the console on the assistant's web app."""

from functools import partial

from admin import sign_in
from admin.console import mount_console
from admin.staff_login import StaffLogin
from bot.wecom.login_calls import LoginCalls, login_address
from core.clock import utc_now
from core.errors import Misconfigured
from core.settings import Settings
from run.compose import Assistant, Say, office_of
from run.doctor import examine


def add_console(settings: Settings, assistant: Assistant) -> str | None:
    """The token of the first administrator's link, as long as there is no administrator."""
    knowledge = assistant.knowledge
    doctor = partial(examine, settings, embedder=knowledge.vectors.embedder, scripts=knowledge.scripts)
    office = office_of(settings, assistant, utc_now, examine=doctor)
    mount_console(assistant.app, office, staff_login(settings, assistant.worker.wecom.login))
    with assistant.database.unit_of_work() as session:
        return sign_in.first_invitation(session, now=utc_now())


def staff_login(settings: Settings, calls: LoginCalls) -> StaffLogin | None:
    """The way in by WeCom's QR code; None while ZHANTING_WECOM_LOGIN is off."""
    if not settings.wecom_login:
        return None
    if not settings.public_url:
        raise Misconfigured("ZHANTING_WECOM_LOGIN needs ZHANTING_PUBLIC_URL, the address under which browsers reach the console")

    def address(state: str) -> str:
        back = f"{settings.public_url.rstrip('/')}/admin/wecom/back"
        return login_address(
            settings.wecom_login_base, corp_id=settings.wecom_corp_id, agent_id=settings.wecom_agent_id, back=back, state=state
        )

    return StaffLogin(address, calls.userid)


def tell_console(address: str, invitation: str | None, *, say: Say) -> None:
    """Where it is, and how the first administrator gets in."""
    say(f"运营后台  {address}/admin")
    if invitation:
        say(f"第一次使用：打开 {address}/admin/invitation?token={invitation} 设置管理员（一次有效）")
