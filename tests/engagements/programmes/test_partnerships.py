"""Partners, documents and people of a programme, and the page that outsiders read by a link."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from engagements.actions.cohorts import place_need
from engagements.actions.partnerships import (
    Facts,
    add_beneficiary,
    add_document,
    add_partner,
    change_track,
    remove_beneficiary,
    remove_document,
    remove_partner,
    share_document,
)
from engagements.actions.periods import close_period
from engagements.actions.programmes import close_programme
from engagements.actions.share_links import make_share_link, revoke_share_link
from engagements.models import Beneficiary, BeneficiaryFacts, Partner, ProgrammeDocument, ShareLink
from engagements.queries.donor_reports import progress_of
from engagements.queries.programme_settings import TargetEntry
from engagements.queries.share_links import get_shared_programme, shared_page
from messaging.actions.file_checks import check_files
from messaging.actions.files import Arrival
from messaging.models import File
from tests import world as story
from tests.engagements.programmes.story import after_partnered, after_started
from tests.engagements.work.refusals import refused
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def test_only_who_runs_it_keeps_anything(world: World) -> None:
    programme = after_started(world, kind="partnership")
    partner, document, person, (link, _token) = after_partnered(world, programme)
    arrival = Arrival("more.txt", 4, [b"more"])
    acts = (
        lambda who: add_partner(actor=who, programme=programme, name="X", role="ministry", side="origin", country="TN"),
        lambda who: remove_partner(actor=who, partner=partner),
        lambda who: add_document(actor=who, programme=programme, arrival=arrival, is_shared=False),
        lambda who: share_document(actor=who, document=document, is_shared=False),
        lambda who: remove_document(actor=who, document=document),
        lambda who: add_beneficiary(actor=who, programme=programme, name="X", track="home", facts=Facts()),
        lambda who: change_track(actor=who, beneficiary=person, track="away"),
        lambda who: remove_beneficiary(actor=who, beneficiary=person),
        lambda who: make_share_link(actor=who, programme=programme, label="X", days=3),
        lambda who: revoke_share_link(actor=who, link=link),
    )
    counts = [model.objects.count() for model in (Partner, ProgrammeDocument, Beneficiary, ShareLink, File)]
    for who in (world.amina, world.bereket, world.dana):
        for act in acts:
            with refused(NotAllowed):
                act(who)
    assert counts == [model.objects.count() for model in (Partner, ProgrammeDocument, Beneficiary, ShareLink, File)]
    assert Beneficiary.objects.get().track == "home"


def test_wrong_values_are_refused(world: World) -> None:
    programme = after_started(world)
    after_partnered(world, programme)
    partner = {"name": "Ministry", "role": "ministry", "side": "origin", "country": "TN"}
    new = {"name": "New"}
    for changes in ({}, {"name": " "}, new | {"role": "magic"}, new | {"side": "magic"}, new | {"country": "XX"}):
        with refused(Invalid):
            add_partner(
                actor=world.chidi, programme=programme, **{**partner, "name": "New", **changes} if changes else partner
            )
    for track, facts in (("magic", Facts()), ("home", Facts(sex="magic")), ("home", Facts(types=["magic"]))):
        with refused(Invalid):
            add_beneficiary(actor=world.chidi, programme=programme, name="Sami", track=track, facts=facts)
    with refused(Invalid):
        add_document(actor=world.chidi, programme=programme, arrival=Arrival("a.exe", 2, [b"MZ"]), is_shared=False)
    for label, days in (("", 30), ("Donor", 0), ("Donor", 9999)):
        with refused(Invalid):
            make_share_link(actor=world.chidi, programme=programme, label=label, days=days)
    close_programme(actor=world.chidi, programme=programme)
    with refused(Conflict):
        add_partner(actor=world.chidi, programme=programme, **{**partner, "name": "Late"})
    assert (Partner.objects.count(), Beneficiary.objects.count(), ShareLink.objects.count()) == (1, 1, 1)


def test_the_database_refuses_impossible_rows(world: World) -> None:
    partner, _document, person, _link = after_partnered(world, after_started(world))
    for model, pk, values in (
        (Partner, partner.pk, {"role": "magic"}),
        (Partner, partner.pk, {"side": "magic"}),
        (Beneficiary, person.pk, {"track": "magic"}),
        (BeneficiaryFacts, person.facts.pk, {"sex": "magic"}),
        (BeneficiaryFacts, person.facts.pk, {"types": ["magic"]}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(pk=pk).update(**values)


def test_tracks_change_on_record_and_people_are_forgotten(world: World) -> None:
    person = after_partnered(world, after_started(world))[2]
    change_track(actor=world.chidi, beneficiary=person, track="returned")
    entry = audit.history_of(person).last()
    assert entry is not None
    assert entry.changes == {"before": "home", "after": "returned"}
    remove_beneficiary(actor=world.chidi, beneficiary=person)
    assert not BeneficiaryFacts.objects.exists()
    assert "Leïla" not in str(list(audit.history_of(person).values_list("changes", flat=True)))


def test_a_link_opens_the_page_until_it_ends_or_is_taken_back(world: World) -> None:
    programme = after_started(world)
    link, token = make_share_link(actor=world.chidi, programme=programme, label="Donor", days=30)
    page = reverse("engagements:shared-programme", args=[token])
    answer = Client().get(page)
    assert (answer.status_code, programme.name in answer.content.decode()) == (200, True)
    assert "no-store" in answer.headers["Cache-Control"]
    assert token not in str(ShareLink.objects.values())
    with pytest.raises(Http404):
        get_shared_programme(token[:-1])
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert Client().get(page).status_code == 404
    assert Client().get(page).status_code == 200
    revoke_share_link(actor=world.chidi, link=link)
    revoke_share_link(actor=world.chidi, link=link)
    assert Client().get(page).status_code == 404
    assert audit.history_of(link).filter(verb="engagements.share_link.revoked").count() == 1


def test_the_shared_page_names_nobody_and_leaves_small_numbers_out(world: World) -> None:
    programme = after_started(world)
    _partner, _document, _person, (_link, token) = after_partnered(world, programme)
    for number in range(11):
        facts = Facts(sex="woman" if number < 8 else "man", types=["youth"])
        name = f"Trainee {number}"
        add_beneficiary(actor=world.chidi, programme=programme, name=name, track="away", facts=facts)
    tables = shared_page(programme).tables
    for table in tables.values():
        shown = [number for _label, number in table.rows if number is not None]
        assert all(number % 5 == 0 for number in shown)
        assert table.total is None or table.total % 5 == 0
    assert dict(tables["track"].rows)["Away track"] == 10
    assert dict(tables["track"].rows)["Home track"] in {None, 0}
    assert dict(tables["sex"].rows)["Man"] in {None, 0, 5}
    text = Client().get(reverse("engagements:shared-programme", args=[token])).content.decode()
    for secret in ("Leïla", "Trainee", world.chidi.full_name, world.amina.full_name, "Jendouba"):
        assert secret not in text
    assert "Ministry" in text


def test_the_shared_page_holds_closed_periods_against_targets(world: World, as_person: SignIn) -> None:
    targets = (TargetEntry("needs_posted", Decimal(20)), TargetEntry("people_served", Decimal(40)))
    programme = after_started(world, targets=targets)
    (_link, token) = after_partnered(world, programme)[3]
    page = reverse("engagements:shared-programme", args=[token])
    assert "Against its targets" not in Client().get(page).content.decode()
    for number in range(12):
        add_beneficiary(actor=world.chidi, programme=programme, name=f"T{number}", track="away", facts=Facts())
    need = story.after_need_published(world)
    place_need(actor=world.chidi, cohort=programme.cohorts.get(), need=need)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        today = timezone.now().date()
        close_period(
            actor=world.chidi,
            country="TN",
            programme=programme,
            starts_on=today - timedelta(days=30),
            ends_on=today - timedelta(days=1),
        )
    period, progress = progress_of(programme)
    assert period is not None
    assert [row[0] for row in progress.rows] == ["Needs posted", "People served by programmes"]
    # A single need is not told, thirteen people are told by fives.
    assert [row[1:4] for row in progress.rows] == [("not shown", 20.0, ""), (15, 40.0, 38)]
    add_beneficiary(actor=world.chidi, programme=programme, name="Later", track="away", facts=Facts())
    assert progress_of(programme)[1] == progress
    assert "Against its targets" in Client().get(page).content.decode()


def test_documents_are_checked_shared_and_removed(world: World, as_person: SignIn) -> None:
    programme = after_started(world)
    document, (_link, token) = after_partnered(world, programme)[1::2]
    shared = reverse("engagements:shared-document", args=[token, document.reference])
    own = reverse("engagements:programme-document", args=[document.reference])
    assert (Client().get(shared).status_code, as_person(world.chidi).get(own).status_code) == (404, 404)
    check_files()
    assert Client().get(shared).content == b"Hello"
    assert as_person(world.chidi).get(own).content == b"Hello"
    assert as_person(world.amina).get(own).status_code == 404
    share_document(actor=world.chidi, document=document, is_shared=False)
    assert Client().get(shared).status_code == 404
    file = document.file
    remove_document(actor=world.chidi, document=document)
    remove_document(actor=world.chidi, document=document)
    file.refresh_from_db()
    assert (file.state, ProgrammeDocument.objects.count()) == ("gone", 0)


def test_pages_of_a_partnership(world: World, as_person: SignIn) -> None:
    programme = after_started(world, kind="partnership", sides={"TN": "origin", "IT": "destination"})
    client = as_person(world.chidi)
    page = reverse("engagements:partnership", args=[programme.reference])
    assert client.get(page).status_code == 200
    partner = {"name": "Assolombarda", "role": "employer", "side": "destination", "country": "IT"}
    client.post(reverse("engagements:partner-add", args=[programme.reference]), partner)
    upload = SimpleUploadedFile("plan.txt", b"The plan", "text/plain")
    client.post(reverse("engagements:programme-document-add", args=[programme.reference]), {"upload": upload})
    client.post(
        reverse("engagements:beneficiary-add", args=[programme.reference]),
        {"name": "Sami", "track": "undecided", "sex": "man", "types": ["youth"]},
    )
    text = client.get(page).content.decode()
    assert all(word in text for word in ("Assolombarda", "plan.txt", "Sami"))
    person = Beneficiary.objects.get()
    client.post(reverse("engagements:beneficiary-change", args=[person.reference]), {"track": "away"})
    assert Beneficiary.objects.get().track == "away"
    answer = client.post(
        reverse("engagements:share-link-make", args=[programme.reference]), {"label": "Donor", "days": "90"}
    )
    assert "shown this once only" in answer.content.decode()
    assert "/shared/" in answer.content.decode()
    assert "/shared/" not in client.get(page).content.decode()
    twice = client.post(reverse("engagements:partner-add", args=[programme.reference]), partner)
    assert (twice.status_code, "in the list already" in twice.content.decode()) == (422, True)


@pytest.mark.parametrize(("rows", "queries"), [(1, 15), (3, 15)])
def test_the_page_asks_the_same_for_one_of_each_and_three(
    world: World, as_person: SignIn, django_assert_num_queries: Callable[..., object], rows: int, queries: int
) -> None:
    programme = after_started(world)
    for number in range(rows):
        arrival = Arrival(f"{number}.txt", 1, [b"x"])
        add_partner(
            actor=world.chidi, programme=programme, name=f"P{number}", role="ministry", side="origin", country="TN"
        )
        add_document(actor=world.chidi, programme=programme, arrival=arrival, is_shared=True)
        add_beneficiary(actor=world.chidi, programme=programme, name=f"B{number}", track="home", facts=Facts())
        make_share_link(actor=world.chidi, programme=programme, label=f"L{number}", days=30)
    client = as_person(world.chidi)
    page = reverse("engagements:partnership", args=[programme.reference])
    client.get(page)
    with django_assert_num_queries(queries):
        client.get(page)
