"""The checker sees each kind of breach, and none where there is none."""

from typing import Any

import pytest

from tests.faults.checker import check

MEMBERS = {"t": ["amina", "salma"]}


def rows(*client_ids: str) -> list[dict[str, Any]]:
    return [
        {"conversation": "t", "seq": place, "client_id": client_id, "text": f"text {client_id}"}
        for place, client_id in enumerate(client_ids, start=1)
    ]


def events(*told: str) -> list[dict[str, Any]]:
    """Amina writes a, b and c and is acknowledged; ``told`` says what each person was shown, like ``amina:abc``."""
    found: list[dict[str, Any]] = []
    for place, client_id in enumerate("abc", start=1):
        known = {"who": "amina", "conversation": "t", "client_id": client_id, "at": float(place)}
        found.append({**known, "e": "write", "text": f"text {client_id}"})
        found.append({**known, "e": "ack", "seq": place, "dup": False, "way": "socket"})
    for one in told:
        who, _colon, client_ids = one.partition(":")
        for place, client_id in enumerate(client_ids, start=1):
            line = {"seq": place, "client_id": client_id, "text": f"text {client_id}"}
            found.append({"e": "shown", "who": who, "at": 9.0, "conversation": "t", **line})
    return found


def test_nothing_is_broken_when_all_have_seen_all() -> None:
    report = check(events("amina:abc", "salma:abc"), rows("a", "b", "c"), MEMBERS)
    assert report.broken == set()
    assert (report.figures["written"], report.figures["acknowledged"], report.figures["rows"]) == (3, 3, 3)


@pytest.mark.parametrize(
    ("told", "stored", "broken"),
    [
        (("amina:ab", "salma:ab"), rows("a", "b"), {"lost"}),
        (("amina:abbc", "salma:abbc"), rows("a", "b", "b", "c"), {"doubled", "shown_twice"}),
        (("amina:abc", "salma:ab"), rows("a", "b", "c"), {"differing"}),
        (("amina:abc", "salma:acb"), rows("a", "b", "c"), {"differing"}),
        (("amina:abc", "salma:abc"), [row | {"seq": row["seq"] + 1} for row in rows("a", "b", "c")], None),
        (("amina:abc", "salma:abc"), [row | {"text": "other"} for row in rows("a", "b", "c")], {"lost", "differing"}),
    ],
    ids=["lost", "doubled", "missing in a view", "out of order", "numbers with a hole", "another text"],
)
def test_breach_is_named_when_there_is_one(
    told: tuple[str, ...], stored: list[dict[str, Any]], broken: set[str] | None
) -> None:
    assert check(events(*told), stored, MEMBERS).broken == (broken or {"holes", "differing"})


def test_message_without_answer_and_refused_message_are_named() -> None:
    found = events("amina:abc", "salma:abc")
    found.append({"e": "write", "who": "salma", "conversation": "t", "client_id": "d", "text": "d", "at": 10.0})
    found.append({"e": "write", "who": "salma", "conversation": "t", "client_id": "e", "text": "e", "at": 10.0})
    found.append({"e": "refused", "who": "salma", "client_id": "e", "code": "closed", "at": 11.0})
    report = check(found, rows("a", "b", "c"), MEMBERS)
    assert (report.unanswered, report.refused) == (["d"], ["e: closed"])
    assert "UNANSWERED 1" in str(report)
