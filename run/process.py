"""The product in a process of its own, as anybody would start it: for the bench, the pictures and the browser test."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import httpx

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN_SECONDS = 600.0


@contextmanager
def product(command: str, environment: Mapping[str, str], *, ready: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`python main.py COMMAND` until the block ends; `ready` is an address that answers 200 once it serves.

    RuntimeError when it never does.
    """
    process = subprocess.Popen(
        [sys.executable, "main.py", command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(ready, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait(ready: str, process: "subprocess.Popen[bytes]") -> None:
    end = monotonic() + START_WITHIN_SECONDS
    while monotonic() < end and process.poll() is None:
        try:
            if httpx.get(ready, timeout=1).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        sleep(0.1)
    raise RuntimeError(f"{ready} does not answer; the process ended with {process.poll()}")
