"""Agreements: versions, acceptances, and what holds meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import agreements
from engagements.actions import engagements as work
from engagements.actions.agreements import Terms, terms_of
from engagements.models import AgreementAcceptance, AgreementVersion, Engagement
from engagements.payloads.agreements import Piece, changes_between
from engagements.queries.agreements import agreement_of, latest_version
from engagements.queries.proposals import waiting_for
from engagements.queries.work import timeline_of
from engagements.queries.work_list import work_list
from messaging.models import Notification
from tests import world as story
from tests.engagements.work.refusals import refused
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def change(actor: User, engagement: Engagement, *, seen: str = "", **changes: Any) -> Engagement:
    terms = replace(terms_of(latest_version(engagement)), **changes)
    return agreements.change_terms(actor=actor, engagement=engagement, terms=terms, seen=seen)


def page_of(engagement: Engagement) -> str:
    return reverse("engagements:engagement-terms", args=[engagement.reference])


def test_the_first_version_comes_from_the_need_when_a_proposal_is_accepted(world: World) -> None:
    engagement = story.after_proposal_accepted(world, context="Six nurses on the ward.")

    version = AgreementVersion.objects.get()

    assert (version.number, version.written_by, version.compensation) == (1, world.bereket, "unpaid")
    assert (version.goal, version.terms_of_reference) == (engagement.goal, "Six nurses on the ward.")
    assert version.languages == [row.language for row in engagement.need.languages.all()]
    assert not AgreementAcceptance.objects.exists()


def test_a_change_voids_acceptances_when_one_side_had_accepted(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    agreements.agree_engagement(actor=world.amina, engagement=engagement)
    assert waiting_for(world.bereket).agreements == [engagement]
    assert waiting_for(world.amina).agreements == []

    engagement = change(world.bereket, engagement, hours_planned=8)

    assert (engagement.expert_agreed_at, engagement.institution_agreed_at) == (None, None)
    assert (engagement.hours_planned, engagement.state) == (8, "agreeing")
    assert waiting_for(world.amina).agreements == [engagement]
    agreement = agreement_of(engagement)
    assert [version.number for version in agreement.versions] == [2, 1]
    assert agreement.waits_for(agreements.Side.EXPERT)
    assert agreement.in_force is agreement.pending is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours_planned", 0),
        ("hours_planned", 2001),
        ("goal", " "),
        ("goal", "x" * 1001),
        ("terms_of_reference", "x" * 3001),
        ("modality", "by pigeon"),
        ("languages", ("tlh",)),
        ("compensation", "gold"),
        ("compensation", "fee"),
        ("starts_on", date(2090, 1, 2)),
    ],
)
def test_terms_that_cannot_be_are_refused_without_a_trace(world: World, field: str, value: object) -> None:
    engagement = story.after_proposal_accepted(world)
    engagement = change(world.amina, engagement, ends_on=date(2090, 1, 1))
    with refused(Invalid):
        change(world.amina, engagement, **{field: value})
    assert AgreementVersion.objects.count() == 2


def test_only_the_sides_change_and_accept(world: World) -> None:
    engagement = story.after_engagement_started(world)
    change(world.amina, engagement, hours_planned=40)
    for person in (world.chidi, world.dana):
        with refused(NotAllowed):
            change(person, engagement, hours_planned=50)
        with refused(NotAllowed):
            agreements.agree_engagement(actor=person, engagement=engagement)
    assert (AgreementVersion.objects.count(), AgreementAcceptance.objects.count()) == (2, 2)


def test_nobody_accepts_or_overwrites_what_they_have_not_read(world: World) -> None:
    engagement = story.after_proposal_accepted(world)
    change(world.bereket, engagement, hours_planned=40)

    with refused(Conflict):
        agreements.agree_engagement(actor=world.amina, engagement=engagement, seen="1")
    with refused(Conflict):
        change(world.amina, engagement, seen="1", hours_planned=50)

    agreements.agree_engagement(actor=world.amina, engagement=engagement, seen="2")
    entries = AuditEntry.objects.count()
    assert agreements.agree_engagement(actor=world.amina, engagement=engagement).expert_agreed_at is not None
    change(world.amina, engagement, seen="1", hours_planned=40)  # what stands there already
    assert AuditEntry.objects.count() == entries


def test_the_old_version_holds_until_both_accept_the_new_one(world: World) -> None:
    engagement = story.after_engagement_started(world)
    began = engagement.expert_agreed_at

    engagement = change(world.bereket, engagement, hours_planned=30, goal="Twelve nurses read strips.")

    assert (engagement.hours_planned, engagement.state, engagement.expert_agreed_at) == (12, "active", began)
    assert waiting_for(world.amina).agreements == waiting_for(world.bereket).agreements == [engagement]
    assert work_list(world.amina).waiting == [engagement]
    assert "change of the agreement" in Notification.objects.filter(user=world.amina).latest("pk").text
    agreements.agree_engagement(actor=world.bereket, engagement=engagement, seen="2")
    assert agreement_of(engagement).in_force == AgreementVersion.objects.get(number=1)
    assert Engagement.objects.get().hours_planned == 12

    engagement = agreements.agree_engagement(actor=world.amina, engagement=engagement, seen="2")

    assert (engagement.hours_planned, engagement.goal) == (30, "Twelve nurses read strips.")
    assert engagement.state == "active"
    assert (agreement_of(engagement).in_force, agreement_of(engagement).pending) == (latest_version(engagement), None)
    assert waiting_for(world.amina).agreements == []
    assert str(timeline_of(engagement)[-1].text) == "Both sides accepted a change of the agreement"


def test_a_change_lapses_when_the_work_wraps_up(world: World) -> None:
    engagement = story.after_engagement_started(world)
    change(world.bereket, engagement, hours_planned=30)
    engagement = work.wrap_up_engagement(actor=world.amina, engagement=engagement)

    assert agreement_of(engagement).pending is None
    assert waiting_for(world.amina).agreements == []
    with refused(Conflict):
        agreements.agree_engagement(actor=world.amina, engagement=engagement)
    with refused(Conflict):
        change(world.amina, engagement, hours_planned=20)


def test_the_database_keeps_versions_and_acceptances_as_they_are(world: World) -> None:
    engagement = story.after_engagement_started(world)
    old = latest_version(engagement)
    change(world.bereket, engagement, hours_planned=30)
    acts: list[Callable[[], object]] = [
        lambda: AgreementVersion.objects.filter(pk=old.pk).update(hours_planned=1),
        lambda: AgreementVersion.objects.filter(pk=old.pk).delete(),
        lambda: AgreementAcceptance.objects.update(accepted_by=world.dana),
        lambda: AgreementAcceptance.objects.all().delete(),
        lambda: AgreementAcceptance.objects.create(version=old, side="expert", accepted_by=world.amina),
        lambda: AgreementVersion.objects.create(
            engagement=engagement, number=2, written_by=world.amina, goal="x", hours_planned=1, modality="remote"
        ),
        lambda: AgreementVersion.objects.create(
            engagement=engagement, number=3, written_by=world.amina, goal="x", hours_planned=1, compensation="fee"
        ),
    ]
    for act in acts:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_a_change_is_told_word_by_word_when_texts_are_alike() -> None:
    old = AgreementVersion(goal="Six nurses read ECG strips.", hours_planned=12, modality="remote", languages=["fr"])
    new = AgreementVersion(goal="Twelve nurses read ECG strips.", hours_planned=30, modality="remote", languages=[])

    changes = {one.label: one.pieces for one in changes_between(old, new)}

    assert changes == {
        "Goal": [Piece("removed", "Six"), Piece("added", "Twelve"), Piece("same", " nurses read ECG strips.")],
        "Hours in all": [Piece("removed", "12"), Piece("added", "30")],
        "Working languages": [Piece("removed", "French"), Piece("added", "nothing")],
    }


def test_the_page_shows_what_changed_and_takes_the_answer(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world)
    expert, institution = as_person(world.amina), as_person(world.bereket)
    terms = {"goal": "<b>Twelve</b> nurses", "hours_planned": "30", "modality": "remote", "compensation": "unpaid"}
    assert institution.post(page_of(engagement), {**terms, "seen": "1"}).status_code == 302

    engagement_page = expert.get(reverse("engagements:engagement", args=[engagement.reference])).content.decode()
    assert "A change of the agreement waits for your answer." in engagement_page
    page = expert.get(page_of(engagement)).content.decode()
    assert "Version 1 holds until both sides accept the new one." in page
    assert '<del><span class="visually-hidden">Removed: </span>12</del>' in page
    assert '<ins><span class="visually-hidden">Added: </span>30</ins>' in page
    assert "&lt;b&gt;Twelve&lt;/b&gt;" in page
    assert "Accept this version" in page
    assert "Accept this version" not in as_person(world.chidi).get(page_of(engagement)).content.decode()

    for client in (institution, expert):
        answer = client.post(reverse("engagements:engagement-agree", args=[engagement.reference]), {"seen": "2"})
        assert answer.status_code == 302
    assert Engagement.objects.get().hours_planned == 30
    assert "in force" in expert.get(page_of(engagement)).content.decode()


def test_what_was_typed_comes_back_when_somebody_else_changed_it_first(world: World, as_person: SignIn) -> None:
    engagement = story.after_proposal_accepted(world)
    change(world.bereket, engagement, hours_planned=40)
    typed = {"goal": "My wording", "hours_planned": "9", "modality": "remote", "compensation": "unpaid", "seen": "1"}

    page = as_person(world.amina).post(page_of(engagement), typed)

    assert page.status_code == 422
    assert "My wording" in page.content.decode()
    assert "changed meanwhile" in page.content.decode()
    assert AgreementVersion.objects.count() == 2
    assert as_person(world.amina).post(page_of(engagement), {**typed, "seen": "2"}).status_code == 302


def test_the_page_costs_the_same_when_there_are_more_versions(world: World, as_person: SignIn) -> None:
    engagement = story.after_proposal_accepted(world)
    client = as_person(world.amina)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page_of(engagement)).status_code == 200
        return len(queries)

    cost()
    one = cost()
    for hours in (20, 30):
        agreements.agree_engagement(actor=world.amina, engagement=engagement)
        change(world.bereket, engagement, hours_planned=hours)
    assert cost() == one


def test_terms_come_back_as_written() -> None:
    terms = Terms("Read strips", 8, "remote", languages=("fr", "ar"), compensation="fee", compensation_note="200 TND")
    assert terms_of(AgreementVersion(**vars(terms))) == terms
