"""Sweeps whose broker is dead: a Valkey of the test's own, killed before they run or with what it holds."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest
import redis

from diaspora_net.embedded import Valkey
from diaspora_net.embedded.valkey import SETTINGS
from messaging.models import Notification
from tests import world as story
from tests.engagements.sweeps.steps import elsewhere, fails_once_reminded, reminded_once, waits_since
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
# It forgets everything with its process, as it does in production between two dumps.
FORGETFUL = MappingProxyType({**SETTINGS, "save": ""})
DEATHS = ("before", "after")


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def broker() -> Iterator[Valkey]:
    """Return a running Valkey that nobody else uses."""
    directory = Path(tempfile.mkdtemp(prefix="dn-broker-"))  # a path short enough for a socket
    server = Valkey(directory, directory, FORGETFUL)
    server.start()
    yield server
    server.kill9()
    shutil.rmtree(directory)


def held_by(broker: Valkey) -> int:
    """Return how many tasks the broker holds."""
    return int(redis.Redis.from_url(broker.url).llen("celery"))  # type: ignore[arg-type]


def sweep_with(broker: Valkey, sweep: str, *, dies: str, directory: Path) -> None:
    """Run a sweep in a process of its own whose broker dies before it, or after it with the tasks it was given."""
    if dies == "before":
        broker.kill9()
    assert elsewhere(sweep, directory, REDIS_URL=broker.url) == 0
    if dies == "after":
        assert held_by(broker) > 0
        broker.kill9()


@pytest.mark.parametrize("dies", DEATHS)
def test_everything_is_told_and_mailed_once_when_the_broker_dies(
    world: World, broker: Valkey, tmp_path: Path, dies: str
) -> None:
    """Tasks only say that it is time to look; what is due stands in rows, and the next sweep finds it."""
    waits_since(story.after_proposal_sent(world), 5)
    Notification.objects.all().delete()
    sweep_with(broker, "remind", dies=dies, directory=tmp_path)
    reminded_once(world)
    Notification.objects.update(email_due_at="2026-01-01T00:00Z")  # not only in the office hours of a working day
    assert elsewhere("mail", tmp_path, REDIS_URL=broker.url) == 0
    assert len(list(tmp_path.iterdir())) == 1
    broker.start()
    assert held_by(broker) == 0
    for sweep in ("remind", "mail"):
        assert elsewhere(sweep, tmp_path, REDIS_URL=broker.url) == 0
    reminded_once(world)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("dies", DEATHS)
def test_control_a_sweep_that_tells_through_the_broker_forgets_people_when_it_dies(
    world: World, broker: Valkey, tmp_path: Path, dies: str
) -> None:
    """With the broker as the only way, nobody is told what it did not take, or took with it."""
    waits_since(story.after_proposal_sent(world), 5)
    sweep_with(broker, "tell_through_the_broker", dies=dies, directory=tmp_path)
    broker.start()
    for sweep in ("work_the_broker", "tell_through_the_broker", "work_the_broker"):
        assert elsewhere(sweep, REDIS_URL=broker.url) == 0
    fails_once_reminded(world, times=0)


def test_control_the_same_sweep_reminds_once_when_the_broker_lives(world: World, broker: Valkey) -> None:
    """So it is the death of the broker that it cannot bear."""
    waits_since(story.after_proposal_sent(world), 5)
    for sweep in ("tell_through_the_broker", "work_the_broker", "tell_through_the_broker", "work_the_broker"):
        assert elsewhere(sweep, REDIS_URL=broker.url) == 0
    reminded_once(world)
