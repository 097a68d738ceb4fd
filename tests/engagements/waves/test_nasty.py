"""Nothing that anybody types or puts into an address breaks surveys, maps or the pictures of reports."""

from datetime import timedelta

import pytest

from engagements.actions.donor_reports import begin_report
from engagements.forms.waves import new_key
from tests.authz.test_nasty_input import EVERYTHING, QuickClient, ask, encoded, nasty
from tests.engagements.waves.story import closed_survey, open_survey, today
from tests.world import World

pytestmark = pytest.mark.django_db
USUAL = {"country": "TN", "family": "health", "skill": "heart", "language": "fr", "recognised": "on", "residence": "FR"}


@pytest.fixture
def desk(world: World) -> QuickClient:
    client = QuickClient()
    client.force_login(world.chidi, backend="django.contrib.auth.backends.ModelBackend")
    return client


def broken_forms(client: QuickClient, path: str, fields: dict[str, str]) -> list[str]:
    assert ask(client, "POST", path, body=encoded(fields)) in (200, 302)
    return [
        f"{path} {name}: {called}"
        for name in fields
        for called, value in nasty(fields[name]).items()
        if ask(client, "POST", path, body=encoded(fields, {name: value})) >= 500
    ]


def test_no_survey_breaks_when_a_field_holds_what_nobody_expects(
    world: World, desk: QuickClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engagements.views.mapping.MOST_SENT", 100_000)
    wave = open_survey(world)
    answers = {
        "key": new_key(),
        "by": "link",
        "agree_results": "on",
        "agree_again": "on",
        "email": "samia@example.org",
        "q_residence": "FR",
        "q_willing": "training",
        "q_own_1": "1",
    }
    assert broken_forms(QuickClient(), f"/survey/{wave.reference}/", answers) == []
    prepared = {
        "title": "Who are we?",
        "country": "TN",
        "purpose": "To plan.",
        "legal_basis": "The ministry.",
        "consent": "I agree.",
        "asks": "link",
        "opens_on": today().isoformat(),
        "closes_on": (today() + timedelta(days=9)).isoformat(),
        "keep_until": (today() + timedelta(days=90)).isoformat(),
        "place": "residence",
        "own_questions": "Which?\nA\nB",
    }
    assert broken_forms(desk, "/desk/surveys/new/", prepared) == []


def test_no_address_of_maps_and_surveys_breaks(world: World, desk: QuickClient) -> None:
    closed = closed_survey(world)
    report = begin_report(actor=world.chidi, title="R", country="TN", programme=None)
    asked = [("/desk/map/", USUAL), ("/desk/map/map.csv", USUAL), ("/map/", {"country": "TN"})]
    asked.append((f"/desk/surveys/{closed.reference}/results/", {"readers": "public", "beside": "abc"}))
    broken = [
        f"{path}?{name}: {called}"
        for path, questions in asked
        for name, usual in questions.items()
        for called, value in nasty(usual).items()
        if ask(desk, "GET", path, name.encode() + b"=" + value) >= 500
    ]
    for called, value in EVERYTHING.items():
        words = value.decode("latin-1")
        for pattern in ("/survey/{}/", "/survey/mine/{}/", "/survey/{}/results/", "/desk/donor-reports/R/pictures/{}/"):
            path = pattern.replace("R", report.reference).replace("{}", words)
            if ask(desk, "GET", path) >= 500:
                broken.append(f"{path}: {called}")
    assert broken == []
