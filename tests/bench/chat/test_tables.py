"""What the bench says of its figures."""

from types import SimpleNamespace

import orjson
import pytest

from tests.bench.chat.parts import median
from tests.bench.chat.seed import neighbours
from tests.bench.chat.tables import Goal, against
from tests.bench.chat.wires import OwnWire, SocketIoWire

BENCH = SimpleNamespace(found={"saturate": {"ours": [{"rate": 30.0}, {"rate": 50.0}], "tutorial": [{"rate": 2.0}]}})


@pytest.mark.parametrize(
    ("bound", "is_least", "said"), [(20, True, "met"), (21, True, "missed"), (20, False, "met"), (19, False, "missed")]
)
def test_goal_is_met_or_missed_by_the_ratio_of_medians(bound: float, is_least: bool, said: str) -> None:
    line = Goal("rate", against("saturate", "tutorial", "rate"), bound, is_least).line(BENCH)  # type: ignore[arg-type]
    assert line.startswith("| rate | 20 |")
    assert line.endswith(f"| {said} |")


def test_goal_says_so_when_a_server_was_not_measured() -> None:
    line = Goal("rate", against("saturate", "socket.io", "rate"), 1.5, True).line(BENCH)  # type: ignore[arg-type]
    assert "not measured" in line
    assert "met" not in line.replace("not measured", "")


def test_median_passes_over_rounds_without_the_figure() -> None:
    rounds = [{"receive": {"p50": 3}}, {"receive": {}}, {"receive": {"p50": 5}}]
    assert median(rounds, "receive", "p50") == 4
    assert median(rounds, "receive", "p99") is None


def test_everybody_has_five_conversations_and_partners_come_in_pairs() -> None:
    pairs = list(neighbours(40))
    assert len({frozenset(pair) for pair in pairs}) == len(pairs) == 100
    assert all(sum(place in pair for pair in pairs) == 5 for place in range(40))
    assert pairs[:20] == [(place, place + 1) for place in range(0, 40, 2)]


def test_wires_carry_the_same_values() -> None:
    frame = {"t": "send", "text": "é"}
    assert OwnWire().decode(OwnWire().encode(frame)) == frame
    wire = SocketIoWire()
    assert wire.decode(wire.encode(frame)) == frame
    assert orjson.loads(wire.encode(frame)[2:])[0] == "send"
    assert [wire.answer(payload) for payload in (b'0{"sid":1}', b"2", b"40{}", b"42[]")] == [b"40", b"3", None, None]
    assert wire.decode(b"40{}") == {}
