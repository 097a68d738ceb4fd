"""Services of the fault runs' own, made once: unlike the tests' database theirs is durable, and it is killed."""

from collections.abc import Iterator

import pytest

from tests.faults.ground import Ground, made_ground


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    with made_ground() as made:
        yield made
