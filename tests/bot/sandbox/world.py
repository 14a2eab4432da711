"""A sandbox with a clock we hold, an assistant that only listens, and short words for calling the API."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from bot.sandbox import seal
from bot.sandbox.callbacks import Deliver
from bot.sandbox.samples import FILES
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.terms import ApiAnswer, CorpSecrets, Seeds

SECRETS = CorpSecrets("ww1a2b3c4d5e6f7a8b", "app-secret", 1000012, "CarDealerDemoToken2026", "vuPX8aVOijaQlmX7LgZG1LWHwlRwzwVcAyYM0d7KeIQ")
KF = "wkDemoKf01AAAAAAAAAAAAAAAAAAAAAA"
SEEDS = Seeds(open_kfid=KF, tag_groups={"意向级别": ("H级", "A级")})
LI = "wm-li"


class Clock:
    """Time stands still until told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(**span)


class World:
    """`posted` holds the callbacks as they arrived, `heard` what was in them; `statuses` answers the next attempts, then 200."""

    def __init__(self, *, clock: Clock | None = None, deliver: Deliver | None = None, retry_after: float = 0) -> None:
        self.clock = clock or Clock()
        self.posted: list[tuple[dict[str, str], bytes]] = []
        self.heard: list[Element] = []
        self.statuses: list[int] = []
        pause = timedelta(seconds=retry_after)
        self.sandbox = Sandbox(SECRETS, deliver=deliver or self.listen, clock=self.clock, seeds=SEEDS, retry_after=pause)

    def listen(self, query: dict[str, str], body: bytes) -> int:
        """The assistant's side of the callback."""
        self.posted.append((query, body))
        encrypted = fromstring(body).findtext("Encrypt", "")
        assert query["msg_signature"] == seal.signature(SECRETS.token, query["timestamp"], query["nonce"], encrypted)
        self.heard.append(fromstring(seal.decrypt(encrypted, receive_id=SECRETS.corp_id, aes_key=SECRETS.aes_key)))
        return self.statuses.pop(0) if self.statuses else 200

    def settles(self) -> list[Element]:
        """Deliver until nothing is on its way; what was heard meanwhile."""
        before = len(self.heard)
        while self.sandbox.deliver_due():
            pass
        return self.heard[before:]

    def token(self) -> str:
        """A good access token."""
        query = {"corpid": SECRETS.corp_id, "corpsecret": SECRETS.secret}
        return str(json.loads(self.sandbox.call("GET", "/cgi-bin/gettoken", query).body)["access_token"])

    def raw(self, path: str, fields: Any = None, *, method: str = "POST", query: Mapping[str, str] | None = None) -> ApiAnswer:
        """One call with a good token; the answer as it is."""
        body = json.dumps(fields or {}, ensure_ascii=False).encode() if method == "POST" else b""
        asked = {"access_token": self.token(), **(query or {})}
        return self.sandbox.call(method, f"/cgi-bin/{path}", asked, body, "application/json")

    def ask(self, path: str, **fields: Any) -> dict[str, Any]:
        """One POST; the answer must be good."""
        answer = self.json(path, **fields)
        assert answer["errcode"] == 0, answer
        return answer

    def json(self, path: str, **fields: Any) -> dict[str, Any]:
        """One POST; the answer, good or bad."""
        answer: dict[str, Any] = json.loads(self.raw(path, fields).body)
        return answer

    def refused(self, path: str, **fields: Any) -> int:
        """The errcode of one POST."""
        return int(self.json(path, **fields)["errcode"])

    def fetch(self, path: str, **query: str) -> dict[str, Any]:
        """One GET; the answer, good or bad."""
        answer: dict[str, Any] = json.loads(self.raw(path, method="GET", query=query).body)
        return answer

    def pages(self, cursor: str = "", **fields: Any) -> dict[str, Any]:
        """One page of sync_msg."""
        return self.ask("kf/sync_msg", open_kfid=KF, cursor=cursor, **fields)

    def events(self, event_type: str) -> list[dict[str, Any]]:
        """All events of this type in the kf log."""
        return [m["event"] for m in self.pages()["msg_list"] if m["msgtype"] == "event" and m["event"]["event_type"] == event_type]

    def text(self, content: str = "您好", *, to: str = LI, **fields: Any) -> dict[str, Any]:
        """The body of a kf text."""
        return {"touser": to, "open_kfid": KF, "msgtype": "text", "text": {"content": content}, **fields}

    def upload(self, kind: str = "image", data: bytes | None = None, *, path: str = "media/upload", field: str = "media") -> dict[str, Any]:
        """Upload one file; the answer, good or bad."""
        name, content_type, sample = FILES.get(kind, FILES["file"])
        head = f'--frontier\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: {content_type}\r\n\r\n'
        body = head.encode() + (sample if data is None else data) + b"\r\n--frontier--\r\n"
        query = {"access_token": self.token(), "type": kind}
        answer = self.sandbox.call("POST", f"/cgi-bin/{path}", query, body, "multipart/form-data; boundary=frontier")
        result: dict[str, Any] = json.loads(answer.body)
        return result

    def picture(self) -> str:
        """The media_id of a fresh picture."""
        return str(self.upload()["media_id"])


def fields_of(element: Element) -> dict[str, str]:
    """The plain elements of a callback."""
    return {child.tag: child.text or "" for child in element if not len(child)}
