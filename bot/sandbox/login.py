"""Web login: a member scans, the browser comes back with a code, the code tells who he is, once and for five minutes (reference §12)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from urllib.parse import urlencode

from bot.sandbox.corp import Corp
from bot.sandbox.fields import Asked, text_of
from bot.sandbox.stage import Stage
from bot.sandbox.terms import ApiError, CannotDo, Json, LoginCode

CODE_LIFE = timedelta(minutes=5)
STATE_AT_MOST = 128


def user_info(corp: Corp, asked: Asked) -> Json:
    """GET auth/getuserinfo: who the code stands for; 40029 for an unknown or used code, 42003 for an old one."""
    code = corp.login_codes.get(text_of(asked.query, "code"))
    if code is None or code.used:
        raise ApiError(40029, "invalid code")
    if asked.now >= code.issued_at + CODE_LIFE:
        raise ApiError(42003, "code expired")
    code.used = True
    return {"userid": code.userid} if code.userid else {"openid": "outsider"}


class LoginDeeds(Stage):
    """The page with the QR code, and what scanning it does."""

    def login_page(self, query: Mapping[str, str]) -> str:
        """HTML: one button a member instead of a QR code. CannotDo when the address is not as WeCom wants it."""
        with self._look() as now:
            return _page(self._corp, query, now=now)

    def member_logs_in(self, userid: str, query: Mapping[str, str]) -> str:
        """He scans and confirms; returns where the browser goes. An empty userid: somebody who may not see the app."""
        with self._deed() as now:
            _check(self._corp, query)
            member = self._corp.member(userid).userid if userid else ""
            code = self._corp.issue("logincode")
            self._corp.login_codes[code] = LoginCode(member, now)
            back = query["redirect_uri"]
            return f"{back}{'&' if '?' in back else '?'}{urlencode({'code': code, 'state': query.get('state', '')})}"


def _check(corp: Corp, query: Mapping[str, str]) -> None:
    if query.get("login_type") != "CorpApp" or query.get("appid") != corp.secrets.corp_id:
        raise CannotDo("参数错误：login_type 或 appid 不对")
    if query.get("agentid") != str(corp.secrets.agent_id):
        raise CannotDo("参数错误：agentid 不对")
    if not query.get("redirect_uri", "").startswith(("http://", "https://")):
        raise CannotDo("redirect_uri 与配置的授权完成回调域名不一致")
    state = query.get("state", "")
    if len(state) > STATE_AT_MOST or not state.isalnum():
        raise CannotDo("state 只能是 128 个以内的字母和数字")


def _page(corp: Corp, query: Mapping[str, str], *, now: datetime) -> str:
    _check(corp, query)
    asked = urlencode(dict(query))
    people = [*((member.userid, member.name) for member in corp.members.values()), ("", "不在可见范围的人")]
    ways = "".join(
        f'<p><a href="/wwlogin/sso/confirm?{escape(asked)}&amp;member={escape(userid)}">{escape(name)}</a></p>' for userid, name in people
    )
    return f"<!doctype html><meta charset=utf-8><title>企业微信登录（沙盒）</title><h3>企业微信登录（沙盒）</h3><p>谁在扫码？</p>{ways}"
