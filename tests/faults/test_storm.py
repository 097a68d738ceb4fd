"""Sockets that go at any moment take nothing with them and leave nothing behind; two controls that have to be seen."""

import pytest

from tests.faults.ground import Ground
from tests.faults.storm import storm

pytestmark = pytest.mark.timeout(400)


async def test_nothing_is_lost_left_or_told_to_strangers_when_sockets_go_at_any_moment(ground: Ground) -> None:
    aftermath = await storm(ground, sockets=800, seed=9)
    assert aftermath.broken == set(), aftermath
    assert aftermath.figures["acknowledged"] < aftermath.figures["sent"]
    assert {"no hello", "hello", "joined", "ack"} == set(aftermath.figures["came to"])


async def test_what_is_left_is_seen_when_nobody_who_has_gone_is_forgotten(ground: Ground) -> None:
    aftermath = await storm(ground, sockets=60, seed=9, control="forgetful")
    assert aftermath.broken == {"left"}, aftermath
    assert {"seats", "web-0 sockets"} <= set(aftermath.left)


async def test_foreign_answer_is_seen_when_answers_go_to_whoever_asks_next(ground: Ground) -> None:
    aftermath = await storm(ground, sockets=400, seed=9, control="leftover")
    assert "foreign" in aftermath.broken, aftermath
