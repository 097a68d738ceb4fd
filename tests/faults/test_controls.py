"""Each guarantee taken away on purpose: the checker has to see it, and nothing in the same scene without that."""

import pytest

from tests.faults import scripts
from tests.faults.ground import Ground, set_stage

pytestmark = pytest.mark.timeout(400)
# Nothing heals what a control loses, so waiting longer changes nothing.
PATIENCE = 6.0
CONTROLS = "tests.faults.controls:application"


async def test_every_promise_holds_in_the_scenes_when_nothing_is_taken_away(ground: Ground) -> None:
    async with set_stage(ground) as stage:
        report = await scripts.one_letter_goes_both_ways_at_once(stage)
        assert report.broken == set(), report
        stage.begin_scene()
        report = await scripts.postgres_is_not_heard_while_somebody_writes(stage)
        assert report.broken == set(), report
        stage.begin_scene()
        report = await scripts.postgres_is_killed_after_the_ack(stage)
        assert report.broken == set(), report
        stage.begin_scene()
        report = await scripts.valkey_dies_while_somebody_writes(stage)
        assert report.broken == set(), report


async def test_every_promise_holds_in_the_scenes_when_commits_and_reads_are_late(ground: Ground) -> None:
    async with set_stage(ground, application=CONTROLS, webs=1, CONTROL="paused") as stage:
        report = await scripts.somebody_writes_while_another_comes_in(stage, after_reading=False)
        assert report.broken == set(), report
        stage.begin_scene()
        report = await scripts.web_is_killed_after_the_ack(stage)
        # Nobody answered for what was in the dead process, so it is still in the outbox, and nothing is lost.
        assert report.broken <= {"unanswered"}, report


async def test_missing_message_is_seen_when_payloads_are_pushed(ground: Ground) -> None:
    async with set_stage(ground, application=CONTROLS, CONTROL="push") as stage:
        report = await scripts.valkey_dies_while_somebody_writes(stage, PATIENCE)
    assert report.broken == {"differing"}, report


async def test_lost_message_is_seen_when_acknowledged_before_the_commit(ground: Ground) -> None:
    async with set_stage(ground, application=CONTROLS, webs=1, CONTROL="early_ack") as stage:
        report = await scripts.web_is_killed_after_the_ack(stage)
    assert "lost" in report.broken, report


async def test_lost_message_is_seen_when_commits_are_not_synchronous(ground: Ground) -> None:
    # PostgreSQL's own writer would save most of it within a fifth of a second; it is held back, not switched off.
    ground.restart_postgres(synchronous_commit="off", wal_writer_delay="10000", wal_writer_flush_after="64MB")
    try:
        async with set_stage(ground, webs=1) as stage:
            report = await scripts.postgres_is_killed_after_the_ack(stage, PATIENCE)
    finally:
        ground.restart_postgres(wal_writer_delay="200")
    assert "lost" in report.broken, report


async def test_doubled_message_is_seen_when_client_ids_need_not_be_unique(ground: Ground) -> None:
    async with set_stage(ground, webs=1) as stage:
        scripts.drop_unique_client_ids(stage)
        report = await scripts.one_letter_goes_both_ways_at_once(stage, PATIENCE)
    assert {"doubled", "shown_twice"} <= report.broken, report


async def test_missing_message_is_seen_when_joined_after_reading(ground: Ground) -> None:
    async with set_stage(ground, application=CONTROLS, webs=1, CONTROL="late_join") as stage:
        report = await scripts.somebody_writes_while_another_comes_in(stage, PATIENCE, after_reading=True)
    assert report.broken == {"differing"}, report
