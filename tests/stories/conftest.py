"""`world`: one for each story. Models and vectors are made once and shared; every story has a database of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.clock import utc_now
from core.db import Database
from core.migrate import migrate
from core.settings import Settings
from run.compose import Knowledge, build_knowledge, seed
from run.pack import Pack, load_pack
from tests.stories.world import World

# Encoding the pack takes a minute; the folder is ignored by git and may be deleted at any time.
CACHE = Path(__file__).resolve().parents[2] / "data" / "tests"


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Settings of the stories: the shipped pack, the bundled encoder."""
    return Settings(_env_file=None, data_dir=CACHE)  # type: ignore[call-arg]


@pytest.fixture(scope="session")
def pack(settings: Settings) -> Pack:
    """The shipped pack."""
    return load_pack(settings.pack_folder())


@pytest.fixture(scope="session")
def knowledge(settings: Settings, pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """What every assistant of the stories knows: made once, since every database is seeded alike."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('knowledge') / 'seeded.db'}")
    migrate(database)
    seed(database, pack, utc_now)
    known = build_knowledge(settings, database, pack, say=print)
    database.close()
    return known


@pytest.fixture
def know(knowledge: Knowledge) -> Callable[[Database], Knowledge]:
    """What an assistant knows when it starts on this database."""

    def build(database: Database) -> Knowledge:
        seed(database, knowledge.pack, utc_now)
        return knowledge

    return build


@pytest.fixture
def world(database: Database, settings: Settings, know: Callable[[Database], Knowledge]) -> Iterator[World]:
    """A fresh world, once on each engine."""
    fresh = World(database, settings, know)
    yield fresh
    fresh.http.close()
