"""The one thin client of WeCom's REST API: access token inside, errcode → our error. Safe to share among threads."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from bot.wecom.errcodes import RATE_LIMIT_REST_SECONDS, TOKEN_SPOILT, error_for
from bot.wecom.values import LONG_AGO, json_object, text, whole
from core.clock import Clock
from core.errors import Misconfigured, RateLimited, Unavailable

Answer = dict[str, Any]

_GETTOKEN = "gettoken"
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_UPLOAD_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
_RENEW_BEFORE_END_SECONDS = 300


class AnswerLost(Unavailable):
    """The request left and no usable answer came back: it may or may not have been carried out.

    Safe to repeat for reads and for what carries a key of its own (a kf msgid, a card's task id, a single-use code).
    """


@dataclass(frozen=True)
class _Rest:
    """A path that WeCom has blocked, and the code with which it did."""

    until: datetime
    code: int


class WeComClient:
    """One app of one company. Paths are written without `/cgi-bin/`. Every call may raise Unavailable (RateLimited, AnswerLost),
    Misconfigured or Refused; no error ever holds a URL, since the URL holds the token."""

    def __init__(self, base: str, corp_id: str, secret: str, *, http: httpx.Client, clock: Clock) -> None:
        self._base = base.rstrip("/")
        self._corp_id = corp_id
        self._secret = secret
        self._http = http
        self._clock = clock
        self._turn = threading.Lock()
        self._token = ""
        self._token_ends = LONG_AGO
        self._rests: dict[str, _Rest] = {}

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """The answer to a GET, checked: its errcode is 0."""
        return self._call("GET", path, params or {})

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """The answer to a POST of JSON, checked: its errcode is 0."""
        # Raw UTF-8: WeCom refuses \uXXXX escapes (40033). Half an emoji must not raise here, so late on its way.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        return self._call("POST", path, {}, content=content, headers={"Content-Type": "application/json"})

    def upload(self, path: str, params: Mapping[str, str], *, filename: str, content: bytes) -> Answer:
        """The answer to a multipart upload in the field `media`."""
        return self._call("POST", path, params, files={"media": (filename, content)}, timeout=_UPLOAD_TIMEOUT)

    def _call(self, method: str, path: str, params: Mapping[str, str], **sent: Any) -> Answer:
        self._respect_rest(path)
        token = self._usable_token()
        answer = self._exchange(method, path, {**params, "access_token": token}, **sent)
        if _code(answer) in TOKEN_SPOILT:
            token = self._usable_token(spoilt=token)
            answer = self._exchange(method, path, {**params, "access_token": token}, **sent)
        return self._accepted(path, answer)

    def _usable_token(self, spoilt: str = "") -> str:
        """The cached token, or a new one when it ends or is the spoilt one. Those who wait here meanwhile get the new one."""
        with self._turn:
            if self._token == spoilt or self._clock() >= self._token_ends:
                self._fetch_token()
            return self._token

    def _fetch_token(self) -> None:
        # Asking again and again with a wrong secret gets our address banned for an hour, so that rests too.
        self._respect_rest(_GETTOKEN)
        answer = self._accepted(_GETTOKEN, self._exchange("GET", _GETTOKEN, {"corpid": self._corp_id, "corpsecret": self._secret}))
        lasts = whole(answer, "expires_in", 0)
        self._token = text(answer, "access_token")
        self._token_ends = self._clock() + timedelta(seconds=max(lasts - _RENEW_BEFORE_END_SECONDS, lasts // 2))

    def _exchange(self, method: str, path: str, params: Mapping[str, str], *, timeout: httpx.Timeout = _TIMEOUT, **sent: Any) -> Answer:
        try:
            response = self._http.request(method, f"{self._base}/cgi-bin/{path}", params=dict(params), timeout=timeout, **sent)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise Misconfigured("ZHANTING_WECOM_API_BASE is not a web address") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unavailable(f"{path}: WeCom cannot be reached ({type(error).__name__})") from None
        except httpx.HTTPError as error:
            raise AnswerLost(f"{path}: no answer ({type(error).__name__})") from None
        return _read(path, response)

    def _accepted(self, path: str, answer: Answer) -> Answer:
        code = _code(answer)
        if code == 0:
            return answer
        error = error_for(code, text(answer, "errmsg"))
        if isinstance(error, RateLimited) or (path == _GETTOKEN and isinstance(error, Misconfigured)):
            self._rests[path] = _Rest(self._clock() + timedelta(seconds=RATE_LIMIT_REST_SECONDS), code)
        raise error

    def _respect_rest(self, path: str) -> None:
        """While WeCom blocks a path, calling it would only lengthen the block: refuse it here."""
        rest = self._rests.get(path)
        if rest is None or self._clock() >= rest.until:
            return
        error = error_for(rest.code, "resting")
        if isinstance(error, RateLimited):
            error.retry_after = (rest.until - self._clock()).total_seconds()
        raise error


def _read(path: str, response: httpx.Response) -> Answer:
    try:
        answer = json_object(response.content)
    except ValueError:
        raise AnswerLost(f"{path}: not an answer of WeCom's (HTTP {response.status_code})") from None
    if response.status_code >= 500 or not isinstance(answer.get("errcode", 0), int):
        raise AnswerLost(f"{path}: not an answer of WeCom's (HTTP {response.status_code})")
    return answer


def _code(answer: Answer) -> int:
    return whole(answer, "errcode", 0)
