"""HTTP servers in threads, on ports that were bound before anything else was done: a busy port is told at once."""

import errno
import signal
import socket
import threading
from collections.abc import Sequence
from types import FrameType

import uvicorn
from fastapi import FastAPI

from core.errors import Misconfigured


def bind(host: str, port: int, setting: str) -> socket.socket:
    """A listening socket; Misconfigured names the setting when the port is taken or not ours to take. Port 0: any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(512)
    except (socket.gaierror, UnicodeError):
        listening.close()
        raise Misconfigured(f"ZHANTING_HOST 不对：{host} 不是本机的地址") from None
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise Misconfigured(f"ZHANTING_HOST 不对：{host} 不是本机的地址") from None
        why = "被别的程序占用" if error.errno == errno.EADDRINUSE else f"打不开（{error.strerror}）"
        raise Misconfigured(f"{host} 的端口 {port} {why}，请把 {setting} 换成别的") from None
    return listening


def address_of(listening: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


class Servers:
    """One uvicorn server a thread. Signals stay with the main thread."""

    def __init__(self) -> None:
        self._running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(self, app: FastAPI, listening: socket.socket) -> None:
        """Serve until `stop`; returns when requests are answered."""
        # Without a set-up of its own its lines go where core/log.py leads them.
        config = uvicorn.Config(app, log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=3)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name=f"http-{len(self._running)}", daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            thread.join(0.01)
        self._running.append((server, thread))

    def stop(self) -> None:
        """Answer what is being asked, then end."""
        for server, _ in self._running:
            server.should_exit = True
        for _, thread in self._running:
            thread.join()


def wait_for_signal(signals: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM)) -> None:
    """Block the main thread until somebody presses Ctrl-C or the system wants us to end."""
    stop = threading.Event()

    def heard(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in signals:
        signal.signal(number, heard)
    while not stop.wait(1.0):
        pass
