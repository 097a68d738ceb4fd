"""The demo data holds what the product promises of it, before anything is played."""

from collections import Counter

import pytest

from engagements.demo.needs import REQUESTS
from engagements.demo.offers import OFFERS
from engagements.demo.organisations import INSTITUTIONS
from engagements.demo.people import EXPERTS
from engagements.demo.shapes import slots
from engagements.demo.work import WORKS
from mentors.actions.vocabulary import starter_keys

COUNTRIES = {"TN", "SN", "GH", "ET", "NG", "MA", "KE", "CV"}
# Shares of projects by what they are about, from IOM's page on skills and labour mobility.
SHARES = {"vocational": 0.46, "practical": 0.27, "several": 0.14, "other": 0.13}


def test_people_and_institutions_come_from_eight_countries_and_live_in_many() -> None:
    published = [expert for expert in EXPERTS if expert.state == "published"]
    assert len(published) >= 40
    assert {expert.origins[0] for expert in published} == COUNTRIES
    assert len({expert.residence for expert in published}) >= 12
    assert len(INSTITUTIONS) >= 12
    assert {institution.country for institution in INSTITUTIONS} == COUNTRIES


def test_every_address_is_used_once() -> None:
    emails = [expert.email for expert in EXPERTS]
    emails += [member.email for institution in INSTITUTIONS for member in institution.team]
    assert [email for email, count in Counter(emails).items() if count > 1] == []


def test_skills_are_concepts_of_the_starter_vocabulary() -> None:
    used = {key for expert in EXPERTS for key, _level, _years in expert.skills}
    used |= {key for request in REQUESTS for key, _strength, _level in request.skills}
    assert used - starter_keys() == set()


def test_needs_have_the_promised_languages_and_shares() -> None:
    assert len(REQUESTS) >= 30
    languages = Counter(request.writes for request in REQUESTS)
    assert languages["en"] / len(REQUESTS) == pytest.approx(0.5, abs=0.1)
    assert languages["fr"] / len(REQUESTS) == pytest.approx(0.34, abs=0.1)
    assert languages["ar"] >= 3
    assert languages["pt"] >= 3
    found = Counter(request.focus for request in REQUESTS)
    assert {focus: found[focus] / len(REQUESTS) for focus in SHARES} == pytest.approx(SHARES, abs=0.03)


def test_proposals_and_work_name_needs_and_experts_that_exist() -> None:
    needs, experts = {request.key for request in REQUESTS}, {expert.key for expert in EXPERTS}
    planned = [*WORKS, *OFFERS]
    assert {one.need for one in planned} - needs == set()
    assert {one.expert for one in planned} - experts == set()
    assert [one.need for one in planned if len(one.message) > 1000] == []


def test_slots_are_minutes_of_the_day() -> None:
    assert slots("18:30-21:00", 0, 5) == ((0, 1110, 1260), (5, 1110, 1260))
