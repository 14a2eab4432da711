"""Between the sandbox and the assistant: posting callbacks over HTTP, a thread that does it at once, and calls without a network."""

import threading
from types import TracebackType

import httpx

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.terms import NoAnswer

# WeCom closes the connection after five seconds and counts the attempt as failed; the URL check has one second (reference §1.4, §1.6).
CALLBACK_SECONDS = 5.0
VERIFY_SECONDS = 1.0


class HttpDelivery:
    """Posts sealed callbacks to one address: the `deliver` of a live sandbox."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self._url = url
        self._http = httpx.Client(timeout=CALLBACK_SECONDS, transport=transport)

    def __call__(self, query: dict[str, str], body: bytes) -> int:
        """The HTTP status; httpx.HTTPError when there is none."""
        return self._http.post(self._url, params=query, content=body, headers={"Content-Type": "text/xml"}).status_code

    def verify(self, query: dict[str, str]) -> str:
        """What the address answers to the URL check; httpx.HTTPError when it does not, or takes too long."""
        answer = self._http.get(self._url, params=query, timeout=VERIFY_SECONDS)
        return answer.raise_for_status().text

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()


class Pump:
    """A thread that delivers callbacks as they come. Use as a context manager, or `start` and `stop`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-callbacks", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the attempt that is being made."""
        self._stopping.set()
        self._thread.join()

    def __enter__(self) -> "Pump":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _run(self) -> None:
        seen = 0
        while not self._stopping.is_set():
            if not self._sandbox.deliver_due():
                seen = self._sandbox.wait_for_change(seen, timeout=0.2)


class SandboxTransport(httpx.BaseTransport):
    """Lets an httpx client call the sandbox in process, whatever the host: `httpx.Client(transport=SandboxTransport(sandbox))`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call; httpx.ReadTimeout where the sandbox gives no answer."""
        query, kind = dict(request.url.params), request.headers.get("Content-Type", "")
        try:
            answer = self._sandbox.call(request.method, request.url.path, query, request.read(), kind)
        except NoAnswer:
            raise httpx.ReadTimeout("the sandbox was told not to answer", request=request) from None
        return httpx.Response(answer.status, headers={"Content-Type": answer.content_type, **answer.headers}, content=answer.body)
