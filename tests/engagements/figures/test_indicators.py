"""Every indicator is what a person counts by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engagements.models import Beneficiary, BeneficiaryFacts, Engagement, Need, Outcome
from engagements.queries.counted_rows import Period, Scope
from engagements.queries.indicators import count_figures
from engagements.states.indicators import INDICATORS
from tests import world as story
from tests.engagements.figures.hand_world import OPENED, QUARTER, TUNISIA, live_a_quarter
from tests.factories import make_programme
from tests.world import World

pytestmark = pytest.mark.django_db


def values_of(figures: dict[str, Any]) -> dict[str, Any]:
    return {code: figure["value"] for code, figure in figures["indicators"].items()}


def by(figures: dict[str, Any], code: str, breakdown: str) -> dict[str, int]:
    return {category: part["value"] for category, part in figures["indicators"][code]["by"][breakdown].items()}


def test_each_indicator_is_what_was_counted_by_hand(world: World) -> None:
    live_a_quarter(world)
    figures = count_figures(TUNISIA, QUARTER)
    assert values_of(figures) == {
        "experts_registered": 0,  # the profile was begun today, after the quarter
        "experts_findable": 0,
        "experts_verified": 0,
        "experts_active": 1,  # Amina held sessions
        "needs_posted": 4,  # A, B, C, D
        "needs_met": 2,  # A, B
        "first_contact_7_days": 25.0,  # A of A, B, C, D
        "days_to_match": 7.5,  # the median of 6 and 9
        "engagements_begun": 2,  # A, B
        "engagements_completed": 1,  # A
        "engagements_ended_early": 0,
        "engagements_standing": 3,  # A, B, E
        "hours_confirmed": 210,  # 90 + 60 + 60
        "hours_unconfirmed": 60,
        "days_on_site": 1,  # both sessions on one day
        "institutions_supported": 1,
        "people_reached": 1,  # Leïla, at two sessions
        "people_served": 0,
        "skills_transferred": 2,  # both skills of the needs, at one hospital
        "recognition_steps": 0,
        "in_use_12_months": None,  # nobody has answered
    }


def test_breakdowns_are_what_was_counted_by_hand(world: World) -> None:
    live_a_quarter(world)
    figures = count_figures(TUNISIA, QUARTER)
    assert by(figures, "hours_confirmed", "month") == {"2026-01": 90, "2026-02": 120}
    assert by(figures, "hours_unconfirmed", "month") == {"2026-02": 60}
    assert by(figures, "experts_active", "residence") == {"155": 1}  # France lies in Western Europe
    assert by(figures, "engagements_standing", "state") == {"active": 1, "agreeing": 1, "completed": 1}
    assert by(figures, "people_reached", "role") == {"mentee": 1}
    assert by(figures, "needs_posted", "country") == {"TN": 4}
    assert figures["crossed"]["engagements_standing"] == [
        ["training", "active", 1],
        ["training", "agreeing", 1],
        ["training", "completed", 1],
    ]


def test_the_funnel_follows_the_needs_of_the_period(world: World) -> None:
    live_a_quarter(world)
    steps = [(step["step"], step["value"], step["days"]) for step in count_figures(TUNISIA, QUARTER)["funnel"]]
    assert steps == [
        ("posted", 4, None),
        ("contact", 2, 5.5),  # A after 2 days, B after 9
        ("match", 2, 2.0),  # A 4 days later, B at the same moment
        ("begun", 2, 3.5),  # 4 and 3
        ("completed", 1, 50.0),
    ]


def test_a_need_is_not_late_before_its_seventh_day_is_over(world: World) -> None:
    live_a_quarter(world)
    figures = count_figures(TUNISIA, QUARTER)["indicators"]["first_contact_7_days"]
    assert (figures["part"], figures["base"]) == (1, 4)
    today = Period(QUARTER.starts_on, Need.objects.latest("created_at").created_at.date())
    Need.objects.filter(title__in=["C", "D"]).update(published_at=OPENED + timedelta(days=7000))
    Need.objects.filter(title="C").update(published_at=Need.objects.latest("created_at").created_at)
    young = count_figures(TUNISIA, today)["indicators"]["first_contact_7_days"]
    assert (young["value"], young["part"], young["base"]) == (50.0, 1, 2)


def test_a_programme_counts_its_own_needs_only(world: World) -> None:
    live_a_quarter(world)
    programme = make_programme(world.chidi)
    Need.objects.filter(title="A").update(programme=programme)
    figures = values_of(count_figures(replace(TUNISIA, programme=programme), QUARTER))
    assert (figures["needs_posted"], figures["hours_confirmed"], figures["days_on_site"]) == (1, 90, 0)


def test_other_countries_count_nothing(world: World) -> None:
    live_a_quarter(world)
    figures = values_of(count_figures(Scope(frozenset({"GH"})), QUARTER))
    assert set(figures.values()) == {0, None}


@pytest.mark.parametrize("count", [1, 3])
def test_counting_costs_the_same_whatever_is_counted(
    world: World, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    live_a_quarter(world)
    for number in range(count):
        story.after_need_published(world, title=f"Another {number}")
    with django_assert_num_queries(20):
        figures = count_figures(TUNISIA, QUARTER)
    assert set(figures["indicators"]) == set(INDICATORS)


def test_the_institution_decides_whether_the_result_is_in_use(world: World) -> None:
    live_a_quarter(world)
    answers = [("A", "institution", "no"), ("A", "expert", "yes"), ("B", "expert", "partly")]
    for minute, (title, respondent, use) in enumerate(answers):
        Outcome.objects.update_or_create(
            engagement=Engagement.objects.get(need__title=title),
            moment="later",
            respondent=respondent,
            defaults={
                "state": "answered",
                "still_in_use": use,
                "given_by": world.amina,
                "given_at": OPENED + timedelta(minutes=minute),
            },
        )
    figure = count_figures(TUNISIA, QUARTER)["indicators"]["in_use_12_months"]
    assert (figure["value"], figure["part"], figure["base"]) == (50.0, 1, 2)


def test_who_belongs_to_two_types_is_one_person_in_both(world: World) -> None:
    programme = make_programme(world.chidi)
    said = [(["refugee", "women"], "woman", "Sfax"), (["refugee"], "", "Sfax"), ([], "", "")]
    for number, (types, sex, region) in enumerate(said):
        one = Beneficiary.objects.create(programme=programme, name=f"Somebody {number}", added_by=world.chidi)
        BeneficiaryFacts.objects.create(beneficiary=one, types=types, sex=sex, region=region)
    unasked = Beneficiary.objects.create(programme=programme, name="Unasked", added_by=world.chidi)
    Beneficiary.objects.update(added_at=OPENED)
    figures = count_figures(TUNISIA, QUARTER)
    assert values_of(figures)["people_served"] == 4
    assert by(figures, "people_served", "beneficiary_type") == {"refugee": 2, "unknown": 2, "women": 1}
    assert by(figures, "people_served", "region") == {"Sfax": 2, "unknown": 2}
    assert by(figures, "people_served", "sex") == {"woman": 1, "unknown": 3}
    unasked.delete()
    assert values_of(count_figures(replace(TUNISIA, programme=programme), QUARTER))["people_served"] == 3
