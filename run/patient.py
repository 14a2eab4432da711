"""What the doctor examines: an installation's settings, and the parts of a running assistant where there is one."""

from dataclasses import dataclass

import httpx

from core.clock import Clock
from core.db import Database
from core.embedding import Embedder
from core.settings import Settings
from kb.search import ScriptSearch
from run.sandboxed import SANDBOX_CORP


@dataclass(frozen=True)
class Patient:
    """`database` is None when it cannot be opened; `embedder` and `scripts` are those in use, None from the command line."""

    settings: Settings
    http: httpx.Client
    clock: Clock
    database: Database | None = None
    embedder: Embedder | None = None
    scripts: ScriptSearch | None = None

    @property
    def is_connected(self) -> bool:
        """A real WeCom, or a sandbox that stands for it, is configured in full."""
        return not self.settings.missing_for_wecom()

    @property
    def is_trial(self) -> bool:
        """Nothing real is at stake: the sandbox, or nothing configured at all."""
        return self.settings.wecom_corp_id in ("", SANDBOX_CORP.corp_id)
