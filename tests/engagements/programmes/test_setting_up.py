"""Programmes are set up, changed, started and closed by the coordinators of their country, and all is on record."""

from collections.abc import Callable
from decimal import Decimal
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from engagements.actions.cohorts import add_cohort, change_cohort, move_cohort, place_need, take_need_out
from engagements.actions.programmes import change_programme, close_programme, create_programme, start_programme
from engagements.models import Cohort, Need, Programme, ProgrammeTarget
from engagements.payloads.programme_templates import TEMPLATES
from engagements.queries.programme_settings import TargetEntry, values_of
from engagements.states import COHORT_TRANSITIONS, CohortStage
from engagements.states.indicators import INDICATORS
from messaging.models import Notification
from tests import world as story
from tests.engagements.programmes.story import after_created, after_joined, after_started, values
from tests.engagements.work.refusals import refused
from tests.factories import make_person, make_programme, make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
START = {
    "name": "Skilled together",
    "country": "TN",
    "origin_countries": "Tunisia, Morocco, algeria",
    "destination_countries": "Italy",
    "starts_on": "2027-01-01",
    "ends_on": "2028-12-31",
}


def test_what_is_set_is_what_is_read(world: World) -> None:
    given = values(
        waits={"reply": 4, "quiet": 30},
        targets=(
            TargetEntry("people_reached", Decimal(100)),
            TargetEntry("people_reached", Decimal(50), "sex", "woman"),
        ),
        skills=(make_vocabulary()["cardiology"],),
        origins=("TN",),
        residences=("FR",),
        languages=("fr",),
        beneficiary_types=("women",),
        survey_points=("start", "end"),
    )
    programme = create_programme(actor=world.chidi, country="TN", values=given)
    assert values_of(programme) == given
    assert programme.cohorts.count() == 1
    assert (programme.state, programme.waits) == ("draft", {"reply": 4, "quiet": 30})


def test_changes_are_on_record_with_before_and_after(world: World) -> None:
    programme = after_created(world)
    given = values(name="Another name", joining="apply", waits={"check": 1})
    change_programme(actor=world.chidi, programme=programme, values=given)
    entry = audit.history_of(programme).last()
    assert entry is not None
    assert entry.verb == "engagements.programme.changed"
    assert entry.changes == {
        "name": True,
        "joining": {"before": "open", "after": "apply"},
        "waits": {"before": {}, "after": {"check": 1}},
    }
    count = audit.history_of(programme).count()
    change_programme(actor=world.chidi, programme=programme, values=given)
    assert audit.history_of(programme).count() == count


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"sides": {}}, "origin_countries"),
        ({"sides": {"XX": "origin"}}, "origin_countries"),
        ({"sides": {"TN": "magic"}}, "origin_countries"),
        ({"ends_on": values().starts_on, "starts_on": values().ends_on}, "ends_on"),
        ({"waits": {"reply": 0}}, "waits"),
        ({"waits": {"magic": 3}}, "waits"),
        ({"targets": [TargetEntry("hours_confirmed", Decimal(0))]}, "targets"),
        ({"targets": [TargetEntry("hours_confirmed", Decimal(1))] * 2}, "targets"),
        ({"targets": [TargetEntry("magic", Decimal(1))]}, "targets"),
        ({"kind": "magic"}, "kind"),
        ({"beneficiary_types": ["magic"]}, "beneficiary_types"),
        ({"languages": ["xx"]}, "origins"),
    ],
)
def test_impossible_values_are_refused(world: World, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        create_programme(actor=world.chidi, country="TN", values=values(**changes))
    assert field in caught.value.fields
    assert not Programme.objects.exists()


def test_only_coordinators_of_the_country_run_it(world: World) -> None:
    programme = after_started(world)
    kofi = make_person("kofi@example.org", "Kofi Asante")
    grant_remit(actor=None, user=kofi, country="GH")
    need = story.after_need_published(world)
    cohort = programme.cohorts.get()
    for person in (world.dana, world.amina, world.bereket, kofi):
        for act in (
            lambda who: change_programme(actor=who, programme=programme, values=values(name="Mine")),
            lambda who: start_programme(actor=who, programme=programme),
            lambda who: close_programme(actor=who, programme=programme),
            lambda who: add_cohort(actor=who, programme=programme, name="Mine"),
            lambda who: change_cohort(actor=who, cohort=cohort, name="Mine", places=None),
            lambda who: move_cohort(actor=who, cohort=cohort, to="working"),
            lambda who: place_need(actor=who, cohort=cohort, need=need),
        ):
            with refused(NotAllowed):
                act(person)
    with refused(Invalid):
        create_programme(actor=kofi, country="TN", values=values())
    assert Programme.objects.get().name == "Nurses read hearts"


def test_a_programme_starts_with_dates_and_closes_for_good(world: World) -> None:
    draft = after_created(world, starts_on=None, ends_on=None)
    with refused(Invalid):
        start_programme(actor=world.chidi, programme=draft)
    programme = after_joined(world).programme
    close_programme(actor=world.chidi, programme=programme)
    assert Notification.objects.filter(user=world.amina, verb="engagements.programme.closed").count() == 1
    for act in (start_programme, close_programme):
        with refused(InvalidTransition):
            act(actor=world.chidi, programme=programme)
    with refused(Conflict):
        change_programme(actor=world.chidi, programme=programme, values=values())


def test_a_cohort_goes_only_where_the_table_leads(world: World) -> None:
    cohort = after_started(world).cohorts.get()
    for state, to in product(CohortStage.values, [*CohortStage.values, "magic"]):
        Cohort.objects.update(state=state)
        if to in COHORT_TRANSITIONS[state]:
            assert move_cohort(actor=world.chidi, cohort=cohort, to=to).state == to
        else:
            with refused(InvalidTransition):
                move_cohort(actor=world.chidi, cohort=cohort, to=to)


def test_needs_come_into_a_cohort_and_go_out(world: World) -> None:
    cohort, need = after_started(world).cohorts.get(), story.after_need_published(world)
    place_need(actor=world.chidi, cohort=cohort, need=need)
    assert (need.programme, need.cohort) == (cohort.programme, cohort)
    take_need_out(actor=world.chidi, need=need)
    assert (need.programme, need.cohort) == (None, None)


def test_the_database_keeps_needs_in_cohorts_of_their_own_programme(world: World) -> None:
    cohort, other = after_started(world).cohorts.get(), make_programme(world.chidi)
    need = story.after_need_published(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(cohort=cohort)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(cohort=cohort, programme=other)
    Need.objects.filter(pk=need.pk).update(cohort=cohort, programme=cohort.programme)


@pytest.mark.parametrize("code", sorted(TEMPLATES))
def test_from_a_template_to_a_running_programme_in_three_steps(world: World, as_person: SignIn, code: str) -> None:
    client = as_person(world.chidi)
    assert str(TEMPLATES[code].title) in client.get(reverse("engagements:programme-new")).content.decode()
    page = reverse("engagements:programme-new") + f"?from={code}"
    assert client.get(page).status_code == 200
    checked = client.post(page, {**START, "check": "1"})
    assert checked.status_code == 200
    assert not Programme.objects.exists()
    assert "Italy" in checked.content.decode()
    assert 'value="Tunisia, Morocco, algeria"' in client.post(page, {**START, "change": "1"}).content.decode()

    client.post(page, {**START, "start": "1"})

    programme = Programme.objects.get()
    assert (programme.state, programme.kind, programme.country.code) == ("running", "partnership", "TN")
    sides = {row.country.code: row.side for row in programme.countries.all()}
    assert sides == {"TN": "origin", "MA": "origin", "DZ": "origin", "IT": "destination"}
    assert ProgrammeTarget.objects.count() == len(TEMPLATES[code].targets)
    assert client.get(reverse("engagements:desk-programme", args=[programme.reference])).status_code == 200


def test_a_programme_from_scratch_is_kept_as_a_draft(world: World, as_person: SignIn) -> None:
    page = reverse("engagements:programme-new") + "?from=scratch"
    client = as_person(world.chidi)
    answer = client.post(page, {**START, "kind": "roster", "keep": "1"})
    programme = Programme.objects.get()
    assert answer.headers["Location"] == reverse("engagements:desk-programme", args=[programme.reference])
    assert (programme.state, programme.kind) == ("draft", "roster")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"origin_countries": "Tunisia, Atlantis"}, "We know no country called Atlantis"),
        ({"origin_countries": "Tunisia"}, "Three countries of origin and one of destination"),
        ({"destination_countries": "Tunisia"}, "on one side only"),
        ({"ends_on": "2026-12-31"}, "cannot be before"),
        ({"country": "GH"}, "Select a valid choice"),
    ],
)
def test_the_wizard_says_what_is_wrong(world: World, as_person: SignIn, changes: dict[str, str], sentence: str) -> None:
    page = reverse("engagements:programme-new") + "?from=sector"
    answer = as_person(world.chidi).post(page, {**START, **changes, "start": "1"})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert "Skilled together" in answer.content.decode()
    assert not Programme.objects.exists()


def test_everything_can_be_set_on_one_page(world: World, as_person: SignIn) -> None:
    make_vocabulary()
    programme = after_started(world)
    page = reverse("engagements:programme-edit", args=[programme.reference])
    client = as_person(world.chidi)
    assert client.get(page).status_code == 200
    sent = {
        **START,
        "kind": "mentoring",
        "joining": "apply",
        "families": "Cardiologie",
        "languages": ["fr", "ar"],
        "language_level": "4",
        "origins": "Tunisia",
        "wait_reply": "4",
        "indicator_0": "people_reached",
        "group_0": "sex:woman",
        "number_0": "80",
    }
    assert client.post(page, sent).status_code == 302
    now = values_of(Programme.objects.get())
    assert ([skill.slug for skill in now.skills], list(now.languages), now.waits) == (
        ["cardiology"],
        ["fr", "ar"],
        {"reply": 4},
    )
    assert now.targets == (TargetEntry("people_reached", Decimal(80), "sex", "woman"),)
    assert 'value="80"' in client.get(page).content.decode()
    answer = client.post(page, {**sent, "families": "alchemy", "wait_reply": "0"})
    assert (answer.status_code, "no skill called alchemy" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(("rows", "queries"), [(1, 11), (3, 11)])
def test_the_list_asks_the_same_for_one_programme_and_three(
    world: World, as_person: SignIn, django_assert_num_queries: Callable[..., object], rows: int, queries: int
) -> None:
    for number in range(rows):
        after_started(world, name=f"Programme {number}")
    client = as_person(world.chidi)
    client.get(reverse("engagements:desk-programmes"))
    with django_assert_num_queries(queries):
        client.get(reverse("engagements:desk-programmes"))


def test_templates_name_known_indicators() -> None:
    assert {code for template in TEMPLATES.values() for code, _number in template.targets} <= set(INDICATORS)
