"""What is published of figures: small numbers and what would tell them are left out, the rest stays."""

from typing import Any

import pytest

from engagements.payloads.numbers import Number
from engagements.payloads.published import publish
from engagements.states.indicators import INDICATORS


def figures(**given: dict[str, Any]) -> dict[str, Any]:
    """Return figures in which everything is zero but what is given."""
    nothing = {"version": 1, "value": 0, "base": 0, "by": {}, "part": 0}
    return {
        "indicators": {
            code: nothing | {"value": None if one.is_median else 0} | given.get(code, {})
            for code, one in INDICATORS.items()
        },
        "funnel": given.get("funnel", []),
        "crossed": {"engagements_standing": given.get("work", []), "programmes": []},
    }


def parts(**values: tuple[int, int]) -> dict[str, Any]:
    return {name: {"value": value, "base": base} for name, (value, base) in values.items()}


def test_a_small_part_takes_another_with_it() -> None:
    by = {"kind": parts(training=(30, 30), mentoring=(20, 20), advisory=(3, 3))}
    told = publish(figures(engagements_begun={"value": 53, "base": 53, "by": by}), 5).lines["engagements_begun"]
    shown = {name: part.value for name, part in told.breakdowns[0].parts.items()}
    assert (told.total.value, shown) == (53, {"training": 30, "mentoring": None, "advisory": None})


def test_hours_of_a_few_experts_are_left_out_however_many_they_are() -> None:
    by = {"month": parts(**{"2026-01": (6000, 2), "2026-02": (9000, 12), "2026-03": (7200, 9)})}
    told = publish(figures(hours_confirmed={"value": 22200, "base": 14, "by": by}), 5).lines["hours_confirmed"]
    shown = [part.value for part in told.breakdowns[0].parts.values()]
    assert (told.total.value, shown[0]) == (22200, None)
    assert shown.count(None) == 2


def test_standing_numbers_are_rounded_outside_only() -> None:
    given = figures(experts_registered={"value": 647, "base": 647, "by": {}})
    assert publish(given, 1).lines["experts_registered"].total == Number(647)
    assert publish(given, 5).lines["experts_registered"].total == Number(645, step=5)
    assert publish(given, 10).lines["experts_registered"].total == Number(650, step=10)


@pytest.mark.parametrize(("part", "is_shown"), [(0, True), (3, False), (12, True), (28, False), (30, True)])
def test_a_share_is_told_when_neither_side_is_small(part: int, is_shown: bool) -> None:
    share = {"value": round(100 * part / 30, 1), "base": 30, "part": part, "by": {}}
    told = publish(figures(first_contact_7_days=share), 5).lines["first_contact_7_days"].total
    assert told.is_left_out is not is_shown


def test_a_median_of_a_few_is_left_out() -> None:
    few = figures(days_to_match={"value": 6.0, "base": 4, "by": {}})
    assert publish(few, 5).lines["days_to_match"].total.is_left_out
    assert publish(few, 1).lines["days_to_match"].total == Number(6.0)


def test_what_is_not_collected_is_never_zero() -> None:
    given = figures(people_served={"value": 40, "base": 40, "by": {"beneficiary_type": None}})
    given["indicators"]["in_use_12_months"] = {"version": 1, "value": None, "base": 0, "by": {}}
    told = publish(given, 10)
    assert told.lines["in_use_12_months"].total == Number(None, is_collected=False)
    [beneficiaries] = told.lines["people_served"].breakdowns
    assert (beneficiaries.is_collected, beneficiaries.parts) == (False, {})


def test_work_is_grouped_before_it_is_left_out() -> None:
    """Three states of two each are six under way: a number that donors may have."""
    work = [["training", state, 2] for state in ("active", "paused", "wrapping_up")]
    told = publish(figures(work=[*work, ["training", "completed", 40]]), 5)
    assert told.work["training", "under_way"] == Number(5, step=5)
    assert not told.is_whole
    assert publish(figures(work=work), 1).is_whole
