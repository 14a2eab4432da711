"""The product in a process of its own with a sandbox in this one, as every measurement of the whole needs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.shell import create_sandbox_app
from core.settings import Settings
from run.process import product
from run.sandboxed import sandbox_environment, sandbox_for, with_sandbox_secrets
from run.servers import Servers, address_of, bind


@dataclass(frozen=True)
class Running:
    """What can be talked to; `start_seconds` passed from the command to the first answered request."""

    sandbox: Sandbox
    settings: Settings
    address: str
    pid: int
    start_seconds: float

    @property
    def callback(self) -> str:
        """Where the sandbox calls back."""
        return f"{self.address}/wecom/callback"


@contextmanager
def running(settings: Settings, *, database_url: str) -> Iterator[Running]:
    """With a database of its own and the models that are in the settings' folder already."""
    web, stage = bind("127.0.0.1", 0, "ZHANTING_PORT"), bind("127.0.0.1", 0, "ZHANTING_SANDBOX_PORT")
    address, port = address_of(web), web.getsockname()[1]
    web.close()
    own = with_sandbox_secrets(settings, address_of(stage))
    sandbox = sandbox_for(own, f"{address}/wecom/callback")
    servers = Servers()
    servers.start(create_sandbox_app(sandbox, understood=None), stage)
    environment = sandbox_environment(own) | {
        "ZHANTING_DATABASE_URL": database_url,
        "ZHANTING_DATA_DIR": str(settings.data_dir.resolve()),
        "ZHANTING_PORT": str(port),
        "ZHANTING_LOG_LEVEL": "error",
    }
    began = perf_counter()
    with product("run", environment, ready=f"{address}/healthz") as process:
        yield Running(sandbox, own, address, process.pid, round(perf_counter() - began, 2))
    servers.stop()
