"""The doctor's checks of the way to WeCom and back: callback, secret, trusted IP, clock, 微信客服, 客户联系."""

import re
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from time import perf_counter
from urllib.parse import urlsplit

import httpx

from admin.office import Check
from bot.wecom.cipher import CallbackCipher
from bot.wecom.client import WeComClient
from bot.wecom.kf_calls import KfCalls
from bot.wecom.terms import KfAccount
from core.errors import AssistantError, Misconfigured, Refused, Unavailable
from run.patient import Patient
from run.sandboxed import with_sandbox_secrets

CALLBACK = "/wecom/callback"
_VERIFY_WITHIN = 1.0  # seconds, reference §1.4
_CLOCK_AT_MOST = 60.0
_RECEIVE = "管理后台 → 应用管理 → 自建应用 → 接收消息 → 设置 API 接收"
_TRUSTED = "管理后台 → 应用管理 → 自建应用 → 企业可信IP"
_KF_ACCOUNTS = "管理后台 → 微信客服 → API → 通过API管理微信客服账号"
_CALLABLE = "管理后台 → 客户联系 → 可调用接口的应用"
_SERVICERS = "管理后台 → 微信客服 → 客服账号 → 接待人员"
_UNTRUSTED = 60020


def cipher(patient: Patient) -> Iterator[Check]:
    """Token and EncodingAESKey are usable: what they seal they open."""
    sealing = _cipher(patient)
    sealed = sealing.seal("体检", "1", "1")
    fits = sealing.open_echo(sealed.signature, "1", "1", sealed.encrypt) == "体检"
    remedy = "" if fits else f"到 {_RECEIVE} 核对 Token 与 EncodingAESKey"
    yield Check("Token 与密钥", fits, "加密后能解开" if fits else "加密后解不开", remedy)


def callback(patient: Patient) -> Iterator[Check]:
    """Really asks our own address, as WeCom does when it is saved in its console."""
    base, is_public = _address(patient)
    if not base:
        yield Check("回调地址", True, "端口是 0，没有固定地址可查", skipped=True)
        return
    stamp = str(int(patient.clock().timestamp()))
    sealed = _cipher(patient).seal("zhanting-doctor", stamp, "doctor")
    query = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": "doctor", "echostr": sealed.encrypt}
    began = perf_counter()
    try:
        answer = patient.http.get(f"{base}{CALLBACK}", params=query, timeout=5.0)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        yield _unreachable(base, is_public, error)
        return
    yield _verified(base, is_public, answer, perf_counter() - began)


def clock(patient: Patient) -> Iterator[Check]:
    """Ours beside WeCom's, as the header of any of its answers tells it; no secret is needed for that."""
    if not patient.is_connected:
        yield Check("时钟", True, "没有配置企业微信，跳过", skipped=True)
        return
    before = patient.clock()
    answer = patient.http.get(f"{patient.settings.wecom_api_base.rstrip('/')}/cgi-bin/getcallbackip", timeout=5.0)
    said = answer.headers.get("Date", "")
    if not said:
        yield Check("时钟", True, "对方没有报时间，无法比较", skipped=True)
        return
    ours = before + (patient.clock() - before) / 2
    off = (ours - parsedate_to_datetime(said)).total_seconds()
    fine = abs(off) <= _CLOCK_AT_MOST
    told = f"和企业微信相差 {abs(off):.0f} 秒" if fine else f"比企业微信{'快' if off > 0 else '慢'} {abs(off):.0f} 秒"
    yield Check("时钟", fine, told, "" if fine else "打开服务器的时间同步（timedatectl set-ntp true）")


def api(patient: Patient) -> Iterator[Check]:
    """Secret, trusted IP, then what the app may call. Whatever cannot be asked is skipped by name."""
    rest = ("企业可信 IP", "微信客服账号", "接待人员", "客户联系")
    if not patient.is_connected:
        yield Check("企业 ID 和 Secret", True, "没有配置企业微信，跳过", skipped=True)
        return
    client = _client(patient)
    wrong = _fault(lambda: client.get("getcallbackip"))
    if wrong is not None and _code(wrong) != _UNTRUSTED:
        yield _told("企业 ID 和 Secret", wrong)
        yield from (Check(name, True, "上一项通过后再查", skipped=True) for name in rest)
        return
    yield Check("企业 ID 和 Secret", True, "拿到了 access_token")
    kf = KfCalls(client)
    listed: list[KfAccount] = []
    refused = _fault(lambda: listed.extend(kf.accounts()))
    untrusted = next((error for error in (wrong, refused) if error is not None and _code(error) == _UNTRUSTED), None)
    yield _trusted(untrusted)
    if untrusted is not None:
        yield from (Check(name, True, "上一项通过后再查", skipped=True) for name in rest[1:])
        return
    yield _told("微信客服账号", refused) if refused else _accounts(listed)
    yield from _servicers(patient, kf, [account for account in listed if account.managed])
    yield _contacts(client)


def _trusted(untrusted: AssistantError | None) -> Check:
    if untrusted is None:
        return Check("企业可信 IP", True, "企业微信接受这台服务器的请求")
    seen = re.search(r"from ip: ?([0-9A-Fa-f.:]*[0-9A-Fa-f])", str(untrusted))
    told = f"企业微信看到的 IP 是 {seen[1]}，不在白名单（60020）" if seen else "服务器的公网 IP 不在白名单（60020）"
    return Check("企业可信 IP", False, told, f"{_TRUSTED}，添加{seen[1] if seen else '服务器的公网 IP'}，约一分钟后生效")


def _accounts(listed: list[KfAccount]) -> Check:
    managed = [account.name for account in listed if account.managed]
    others = [account.name for account in listed if not account.managed]
    told = f"由助手接待：{'、'.join(managed) or '没有'}" + (f"；没有勾选：{'、'.join(others)}" if others else "")
    return Check("微信客服账号", bool(managed), told, "" if managed else f"{_KF_ACCOUNTS}，勾选要由助手接待的账号")


def _servicers(patient: Patient, kf: KfCalls, managed: list[KfAccount]) -> Iterator[Check]:
    if not managed:
        yield Check("接待人员", True, "没有由助手接待的账号，跳过", skipped=True)
    for account in managed:
        try:
            people = kf.servicers(account.open_kfid)
        except (Unavailable, Refused, Misconfigured) as error:
            yield _told("接待人员", error)
            continue
        on_duty = [one.userid for one in people if one.on_duty]
        duty = bool(people) or bool(patient.settings.duty())
        now = f"现在在岗 {'、'.join(on_duty)}" if on_duty else "现在没有人在岗，转人工会先排队"
        told = f"{account.name}：{len(people)} 人，{now}" if people else f"{account.name}：没有接待人员"
        yield Check("接待人员", duty, told, "" if duty else f"{_SERVICERS}，添加能接待的成员；或设置 ZHANTING_DUTY_ADVISORS")


def _contacts(client: WeComClient) -> Check:
    try:
        users = client.get("externalcontact/get_follow_user_list").get("follow_user", [])
    except (Unavailable, Refused, Misconfigured) as error:
        return _told("客户联系", error)
    remedy = "" if users else f"{_CALLABLE}，勾选本应用；再到 客户联系 → 权限配置，添加能加客户的顾问"
    return Check("客户联系", bool(users), f"{len(users)} 位顾问可以加客户", remedy)


def _fault(call: Callable[[], object]) -> AssistantError | None:
    try:
        call()
    except (Unavailable, Refused, Misconfigured) as error:
        return error
    return None


def _told(name: str, error: AssistantError) -> Check:
    """Our errors say what is wrong and, behind the first «；», the way in WeCom's console (bot/wecom/errcodes.py)."""
    what, _, remedy = str(error).partition("（errcode")[0].partition("；")
    code = _code(error)
    fallback = "检查服务器能否访问外网和企业微信，再查一次" if isinstance(error, Unavailable) else "按原因处理后再查一次"
    return Check(name, False, f"{what}（{code}）" if code else what, remedy or fallback)


def _code(error: AssistantError) -> int:
    found = re.search(r"errcode (-?\d+)", str(error))
    return int(found[1]) if found else 0


def _client(patient: Patient) -> WeComClient:
    own = patient.settings
    return WeComClient(own.wecom_api_base, own.wecom_corp_id, own.wecom_secret, http=patient.http, clock=patient.clock)


def _cipher(patient: Patient) -> CallbackCipher:
    own = with_sandbox_secrets(patient.settings, patient.settings.wecom_api_base)
    return CallbackCipher(own.wecom_token, own.wecom_aes_key, own.wecom_corp_id)


def _address(patient: Patient) -> tuple[str, bool]:
    """Where we ask, and whether that is the way that WeCom takes."""
    own = patient.settings
    if own.public_url:
        parts = urlsplit(own.public_url)
        return f"{parts.scheme}://{parts.netloc}", True
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(own.host, own.host)
    return (f"http://{host}:{own.port}" if own.port else ""), False


def _unreachable(base: str, is_public: bool, error: Exception) -> Check:
    if not is_public and isinstance(error, httpx.ConnectError):
        return Check("回调地址", True, f"{base} 没有在运行，启动后再查", skipped=True)
    remedy = "检查域名解析、证书、防火墙和反向代理（docs/runbook.md 第 4 节）"
    return Check("回调地址", False, f"{base}{CALLBACK} 访问不了（{type(error).__name__}）", remedy)


def _verified(base: str, is_public: bool, answer: httpx.Response, took: float) -> Check:
    where = f"{base}{CALLBACK}"
    if answer.status_code == 403:
        return Check("回调地址", False, f"{where} 说签名不对", "正在运行的助手用的是另一套 Token 或密钥：核对 .env 后重启")
    if answer.status_code != 200 or answer.text != "zhanting-doctor":
        remedy = f"让反向代理把 {CALLBACK} 原样转给助手（docs/runbook.md 第 4 节）"
        return Check("回调地址", False, f"{where} 的回答不是助手的（HTTP {answer.status_code}）", remedy)
    if took > _VERIFY_WITHIN:
        return Check("回调地址", False, f"{where} 用了 {took:.1f} 秒，企业微信只等 1 秒", "检查机器负载、网络和反向代理")
    note = "" if is_public else "（本机地址；设置 ZHANTING_PUBLIC_URL 后按公网地址查）"
    return Check("回调地址", True, f"{where} 验证通过，{took * 1000:.0f} 毫秒{note}")
