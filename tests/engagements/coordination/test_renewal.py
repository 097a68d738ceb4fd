"""Verifications end: who is asked when, what lapses and what stays, and that sweeps do each thing once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.actions.organisations import answer_request, change_organisation
from diaspora_net.accounts.actions.renewal import begin_renewals, lapse_verifications
from diaspora_net.accounts.actions.verification import request_documents
from diaspora_net.accounts.models import Organisation, User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.needs import resume_need
from engagements.actions.proposals import accept_proposal, apply_for_need
from engagements.models import Need
from engagements.queries import desk
from engagements.queries.needs import visible_needs
from engagements.queries.recommendations import needs_for_expert
from messaging.models import Notification
from tests import world as story
from tests.threads import at_once
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


def days_before_the_end(world: World, days: int) -> time_machine.travel:
    world.hospital.refresh_from_db()
    assert world.hospital.verified_until
    end = world.hospital.verified_until - timedelta(days=days)
    return time_machine.travel(timezone.now().replace(year=end.year, month=end.month, day=end.day), tick=False)


def state(world: World) -> str:
    world.hospital.refresh_from_db()
    return world.hospital.state


def test_nothing_is_asked_more_than_thirty_days_before(world: World) -> None:
    with days_before_the_end(world, 31):
        assert begin_renewals() == 0
    assert state(world) == "verified"


def test_organisation_is_asked_thirty_days_before_and_stands_on_the_desk(world: World, as_person: AsPerson) -> None:
    with days_before_the_end(world, 30):
        assert begin_renewals() == 1
        assert (begin_renewals(), lapse_verifications(), state(world)) == (0, 0, "renewal_due")
        told = Notification.objects.filter(verb="accounts.organisation.renewal_due")
        assert sorted(row.user_id for row in told) == sorted([world.bereket.pk, world.chidi.pk])
        entry = AuditEntry.objects.get(verb="accounts.organisation.renewal_due")
        assert entry.changes["state"] == ["verified", "renewal_due"]
        (item,) = desk.desk(world.chidi, "change").items
        assert (item.title, item.who, item.label) == (
            world.hospital.name,
            world.hospital.name,
            "Facts to confirm for a renewal",
        )
        client = as_person(world.bereket)
        page = f"/org/{world.hospital.reference}/verification/"
        asks = "Say whether everything about you is still right"
        assert "Everything is still right" in client.get(page).content.decode()
        assert asks in client.get(f"/org/{world.hospital.reference}/").content.decode()
        assert client.post(f"{page}send/").status_code == 302
        assert asks not in client.get(f"/org/{world.hospital.reference}/").content.decode()
        assert "Everything is still right" not in client.get(page).content.decode()
        (item,) = desk.desk(world.chidi, "check").items
        assert (item.act_label, item.who) == ("Verify", "you")
        with pytest.raises(Conflict):
            answer_request(actor=world.bereket, organisation=world.hospital)


def test_renewing_takes_two_and_costs_no_day(world: World) -> None:
    world.hospital.refresh_from_db()
    before = world.hospital.verified_until
    with days_before_the_end(world, 20):
        begin_renewals()
        world.hospital.refresh_from_db()
        with pytest.raises(Conflict):
            story.verify_organisation(actor=world.esi, organisation=world.hospital, reason="As it was.")
        story.after_verification(world, world.hospital)
    assert state(world) == "verified"
    assert isinstance(before, date)
    assert world.hospital.verified_until == before + timedelta(days=365)
    assert desk.desk(world.chidi).items == []


def test_only_its_speakers_confirm(world: World) -> None:
    with days_before_the_end(world, 20):
        begin_renewals()
        for person in (world.amina, world.dana, world.chidi):
            with pytest.raises(NotAllowed):
                answer_request(actor=person, organisation=world.hospital)
    assert AuditEntry.objects.filter(verb="accounts.organisation.answered").count() == 0


def lapsed(world: World) -> time_machine.travel:
    with days_before_the_end(world, 20):
        begin_renewals()
    traveller = days_before_the_end(world, -1)
    with traveller:
        assert lapse_verifications() == 1
        assert (lapse_verifications(), state(world)) == (0, "lapsed")
    return days_before_the_end(world, -1)


def test_the_last_day_counts(world: World) -> None:
    with days_before_the_end(world, 20):
        begin_renewals()
    with days_before_the_end(world, 0):
        assert lapse_verifications() == 0


def test_lapsed_organisation_keeps_open_needs_and_opens_no_new_ones(world: World, as_person: AsPerson) -> None:
    need = story.after_need_published(world, closes_on=None)
    other = story.after_need_published(world, title="Another", closes_on=None)
    Need.objects.filter(pk=other.pk).update(state="paused")
    other.refresh_from_db()
    draft = story.after_need_drafted(world, title="A new one")
    submitted = story.after_need_submitted(world, title="Sent before")
    with lapsed(world):
        assert need in visible_needs(world.amina)
        assert [one.need for one in needs_for_expert(world.amina, world.profile)] == [need]
        proposal = apply_for_need(actor=world.amina, need=Need.objects.get(pk=need.pk), message="I would help.")
        accept_proposal(actor=world.bereket, proposal=proposal)
        with pytest.raises(Invalid, match="not verified"):
            story.submit_need(actor=world.bereket, need=Need.objects.get(pk=draft.pk))
        with pytest.raises(Conflict, match="not verified"):
            story.publish_need(
                actor=world.chidi,
                need=Need.objects.get(pk=submitted.pk),
                checklist=story.Readiness(True, True, True, True),
            )
        with pytest.raises(Conflict, match="not verified"):
            resume_need(actor=world.bereket, need=Need.objects.get(pk=other.pk))
        html = as_person(world.amina).get(f"/needs/{need.reference}/").content.decode()
        assert "verification lapsed" in html
        html = as_person(world.bereket).get(f"/org/{world.hospital.reference}/").content.decode()
        assert "The verification has lapsed. Open needs and work go on" in html
        for page in (f"/needs/{draft.reference}/", f"/needs/{draft.reference}/edit/"):
            assert "you can send it once it is renewed" in as_person(world.bereket).get(page).content.decode()
        answer_request(actor=world.bereket, organisation=Organisation.objects.get(pk=world.hospital.pk))
        story.after_verification(world, Organisation.objects.get(pk=world.hospital.pk))
        assert state(world) == "verified"
        story.submit_need(actor=world.bereket, need=Need.objects.get(pk=draft.pk))


def test_papers_asked_for_during_renewal_hide_nothing(world: World) -> None:
    need = story.after_need_published(world, closes_on=None)
    with days_before_the_end(world, 20):
        begin_renewals()
        answer_request(actor=world.bereket, organisation=Organisation.objects.get(pk=world.hospital.pk))
        place = Organisation.objects.get(pk=world.hospital.pk)
        request_documents(actor=world.chidi, organisation=place, reason="The new mandate.", asked=["mandate"])
        assert state(world) == "renewal_due"
        assert need in visible_needs(world.amina)
        (item,) = desk.desk(world.chidi, "change").items
        assert item.who == world.hospital.name
        answer_request(actor=world.bereket, organisation=Organisation.objects.get(pk=world.hospital.pk))
        assert len(desk.desk(world.chidi, "check").items) == 1


def test_a_lapsed_organisation_does_not_keep_its_needs_under_another_name(world: World) -> None:
    with lapsed(world):
        changed = change_organisation(
            actor=world.bereket, organisation=Organisation.objects.get(pk=world.hospital.pk), name="Quite another"
        )
        assert changed.state == "applied"


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_ask_each_organisation_once(world: World) -> None:
    Organisation.objects.filter(pk=world.hospital.pk).update(verified_until=timezone.localdate() + timedelta(days=3))
    assert sum(at_once([begin_renewals] * 3)) == 1  # type: ignore[arg-type]
    told = Notification.objects.filter(verb="accounts.organisation.renewal_due", user=world.bereket)
    assert told.count() == AuditEntry.objects.filter(verb="accounts.organisation.renewal_due").count() == 1
