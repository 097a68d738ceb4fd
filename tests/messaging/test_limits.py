"""How much one socket may ask for: at the limit it passes, one more is told to wait."""

import pytest

from messaging.realtime import limits
from messaging.realtime.limits import Bucket, Pace


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time as the buckets see it, to be moved by the test."""
    now = [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    return now


def taken(bucket: Bucket, count: int) -> list[int]:
    return [bucket.take() for _number in range(count)]


@pytest.mark.parametrize(
    ("name", "burst", "wait"), [("messages", 10, 1), ("glances", 10, 2), ("typings", 1, 2), ("resumes", 10, 6)]
)
def test_one_more_than_the_burst_is_told_to_wait(clock: list[float], name: str, burst: int, wait: int) -> None:
    bucket = getattr(Pace(), name)
    assert taken(bucket, burst) == [0] * burst
    assert bucket.take() == wait
    clock[0] += wait
    assert bucket.take() == 0


def test_five_messages_a_second_pass_for_ever_and_six_do_not(clock: list[float]) -> None:
    five, six = Pace().messages, Pace().messages
    taken(five, 10), taken(six, 10)
    for _second in range(20):
        clock[0] += 1
        assert taken(five, 5) == [0] * 5
        assert taken(six, 6) == [0] * 5 + [1]


def test_frames_of_all_kinds_are_counted_together(clock: list[float]) -> None:
    frames = Pace().frames
    assert taken(frames, 120) == [0] * 120
    assert frames.take() == 1


def test_who_does_not_heed_is_found_out_the_third_time(clock: list[float]) -> None:
    pace = Pace()
    assert not pace.tell(2)
    for _more in range(50):
        assert not pace.tell(2)  # what was under way
    found = []
    for _second in range(3):
        clock[0] += 0.6
        found.append(pace.tell(2))
    assert found == [False, False, True]


def test_who_waits_as_told_is_never_found_out(clock: list[float]) -> None:
    pace = Pace()
    for _time in range(50):
        assert not pace.tell(2)
        clock[0] += 2


def test_what_was_not_heeded_is_forgotten_after_a_minute(clock: list[float]) -> None:
    pace = Pace()
    for _minute in range(10):
        pace.tell(2)
        clock[0] += 0.6
        assert not pace.tell(2)
        clock[0] += 61
