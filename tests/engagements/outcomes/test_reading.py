"""What each person reads of outcomes, what the page costs, and the figures."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.actions import engagements as work
from engagements.actions.outcomes import Level, give_outcome, give_participant_outcome
from engagements.models import Engagement, Outcome, OutcomeLevel, Participant
from engagements.queries.outcome_pages import outcome_page
from engagements.queries.outcomes import effects_of, levels_gained, outcomes_of, use_after_a_year
from engagements.tasks import ask_outcomes
from tests import world as story
from tests.engagements.outcomes.test_asking import completed, named
from tests.engagements.work.test_costs import cost
from tests.factories import make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
FROM = ("amina", "bereket", "leila")


def reported(world: World) -> Engagement:
    """Return work whose three respondents each left a private word for the coordinator and one for the other side."""
    engagement = story.after_engagement_started(world)
    leila = named(world, engagement)
    ecg = make_vocabulary()["interpret-ecg"].pk
    ask_outcomes()
    give_outcome(actor=world.bereket, engagement=engagement, moment="start", levels=[Level(ecg, 0)])
    work.wrap_up_engagement(actor=world.amina, engagement=engagement)
    ask_outcomes()
    for person, name in ((world.amina, "amina"), (world.bereket, "bereket")):
        give_outcome(
            actor=person,
            engagement=engagement,
            result="achieved",
            text=f"Words of {name}",
            effects=["information", "capacity"],
            levels=[Level(ecg, 2, 0, f"Proof of {name}")],
            feedback=f"Private of {name}",
            feedback_to="other_side",
        )
    give_participant_outcome(
        participant=leila, moment="end", result="partly", feedback="Private of leila", feedback_to="coordinator"
    )
    return engagement


def private(answer: str) -> set[str]:
    return {name for name in FROM if f"Private of {name}" in answer}


@pytest.mark.parametrize(
    ("reader", "read"),
    [("amina", {"amina", "bereket"}), ("bereket", {"amina", "bereket"}), ("chidi", {"leila"})],
)
def test_private_words_are_read_by_whom_they_are_for(
    world: World, as_person: SignIn, reader: str, read: set[str]
) -> None:
    engagement = reported(world)
    page = as_person(world.people[reader]).get(f"/engagements/{engagement.reference}/").content.decode()
    assert private(page) == read
    for public in ("Words of amina", "Words of bereket", "Proof of bereket", "Leïla Trabelsi"):
        assert public in page


def test_line_of_a_counterpart_for_the_other_side_is_for_the_expert(world: World, as_person: SignIn) -> None:
    engagement = reported(world)
    Outcome.objects.filter(respondent="counterpart", moment="end").update(feedback_to="other_side")
    address = f"/engagements/{engagement.reference}/"
    assert "leila" in private(as_person(world.amina).get(address).content.decode())
    for reader in (world.bereket, world.chidi):
        assert "leila" not in private(as_person(reader).get(address).content.decode())


def test_page_shows_each_skill_before_and_now(world: World, as_person: SignIn) -> None:
    engagement = reported(world)
    page = as_person(world.bereket).get(f"/engagements/{engagement.reference}/").content.decode()
    assert "Skills, before and now" in page
    assert page.count("<b>Without help</b>") == 2
    assert "Not yet" in page


def test_form_keeps_everything_when_something_is_missing(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    ecg = make_vocabulary()["interpret-ecg"].pk
    client = as_person(world.amina)
    address = f"/engagements/{engagement.reference}/outcome/end/"
    typed = {
        "text": "Kept words",
        f"level_{ecg}": "2",
        f"evidence_{ecg}": "Kept proof",
        "effects": "capacity",
        "feedback": "Kept line",
    }
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("Kept words", "Kept proof", "Kept line", 'value="2" selected', 'value="capacity"'):
        assert kept in page
    assert client.post(address, {**typed, "result": "achieved", "feedback_to": "coordinator"}).status_code == 302
    assert client.get(address).status_code == 409
    assert OutcomeLevel.objects.get().evidence == "Kept proof"


def test_reading_costs_the_same_for_one_answer_and_for_three(world: World) -> None:
    first = story.after_engagement_started(world)
    give_outcome(actor=world.amina, engagement=first, result="achieved", text="Yes.")
    other = reported_more(world)
    assert cost(lambda: [list(row.levels.all()) for row in outcomes_of(first)]) == 2
    assert cost(lambda: [list(row.levels.all()) for row in outcomes_of(other)]) == 2
    assert cost(lambda: outcome_page(world.bereket, first.reference, "end")) <= 7


def reported_more(world: World) -> Engagement:
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    return reported(world)


def test_figures_count_each_engagement_once(world: World) -> None:
    engagement = reported(world)
    everything = Engagement.objects.all()
    gains = levels_gained(everything)
    assert [
        (gain.label, gain.before, gain.now, gain.gained, gain.answers, gain.risen, gain.engagements) for gain in gains
    ] == [("interpret electrocardiograms", 0, 2, 2, 2, 2, 1)]
    assert effects_of(everything) == {"information": 1, "knowledge": 0, "capacity": 1}
    assert levels_gained(everything.exclude(pk=engagement.pk)) == []
    for act in (levels_gained, effects_of, use_after_a_year):
        assert cost(lambda act=act: act(everything)) == 1  # type: ignore[operator,misc]


def test_use_after_a_year_takes_the_word_of_whoever_uses_the_result(world: World) -> None:
    engagement = completed(world)
    everything = Engagement.objects.all()
    assert use_after_a_year(everything).asked == 0
    with time_machine.travel(timezone.now() + timedelta(days=366), tick=True):
        ask_outcomes()
        give_outcome(actor=world.amina, engagement=engagement, moment="later", still_in_use="yes")
        found = use_after_a_year(everything)
        assert (found.asked, found.answered, found.yes) == (1, 1, 1)
        give_participant_outcome(participant=Participant.objects.get(), moment="later", still_in_use="partly")
        assert use_after_a_year(everything).partly == 1
        give_outcome(actor=world.bereket, engagement=engagement, moment="later", still_in_use="no")
        found = use_after_a_year(everything)
        assert (found.answered, found.yes, found.partly, found.no) == (1, 0, 0, 1)
