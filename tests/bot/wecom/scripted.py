"""A WeCom made of one function, and a clock that we turn by hand."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx


class Hands:
    """A clock that we turn by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class ScriptedWeCom:
    """Answers each path with what `answers` holds for it, a list one by one and its last for ever; remembers every request."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answers: dict[str, Any] = {}
        self.tokens = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        path = request.url.path.removeprefix("/cgi-bin/")
        if path == "gettoken" and path not in self.answers:
            self.tokens += 1
            return httpx.Response(200, json={"errcode": 0, "errmsg": "ok", "access_token": f"token-{self.tokens}", "expires_in": 7200})
        answer = self.answers.get(path, {})
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json={"errcode": 0, "errmsg": "ok", **answer})

    def asked(self, path: str) -> list[httpx.Request]:
        """The requests to a path."""
        return [request for request in self.requests if request.url.path == f"/cgi-bin/{path}"]

    def body(self, path: str) -> Any:
        """The JSON of the last request to a path."""
        return json.loads(self.asked(path)[-1].content)
