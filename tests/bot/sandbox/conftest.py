"""Fixtures of the sandbox's own tests."""

import pytest

from tests.bot.sandbox.world import LI, World


@pytest.fixture
def world() -> World:
    """A sandbox in which nothing has happened yet."""
    return World()


@pytest.fixture
def chat(world: World) -> World:
    """A customer has written, the assistant has not answered yet."""
    world.sandbox.customer_says(LI, "这车多少钱")
    return world
