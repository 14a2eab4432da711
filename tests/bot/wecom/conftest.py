"""What the tests of bot/wecom share: the example payloads, and a client of a scripted WeCom."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

from bot.wecom.client import WeComClient
from tests.bot.wecom.scripted import Hands, ScriptedWeCom

# A busy machine is not a failing property.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def wecom() -> ScriptedWeCom:
    return ScriptedWeCom()


@pytest.fixture
def client(wecom: ScriptedWeCom, clock: Hands) -> Iterator[WeComClient]:
    with httpx.Client(transport=httpx.MockTransport(wecom)) as http:
        yield WeComClient("https://wecom.example/", "ww1a2b3c4d5e6f7a8b", "DEMO-secret", http=http, clock=clock)


@pytest.fixture
def example() -> Callable[[str], str]:
    """The text of an example payload, by file name."""
    return lambda name: (EXAMPLES / name).read_text("utf-8")
