"""The product in a process of its own, as anybody would start it: for the bench, the pictures and the browser test."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import IO

import httpx

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN_SECONDS = 600.0
# A chore over a hundred thousand customers is ended, not cut off.
STOP_WITHIN_SECONDS = 180.0


@contextmanager
def product(
    command: str, environment: Mapping[str, str], *, ready: str, said: IO[bytes] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """`python main.py COMMAND` until the block ends; `ready` is an address that answers 200 once it serves, `said` gets what it tells.

    RuntimeError when it never does.
    """
    process = subprocess.Popen(
        [sys.executable, "main.py", command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=said or subprocess.DEVNULL,
    )
    try:
        _wait(ready, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=STOP_WITHIN_SECONDS)


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
