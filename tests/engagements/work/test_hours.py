"""What sessions add up to: remote hours, days on site, and hours that nobody answered."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from engagements.actions.sessions import confirm_session, log_session
from engagements.models import Engagement, Session
from engagements.queries.hours import ANSWERED_WITHIN, Hours, hours_of
from engagements.queries.work import record_of
from tests import world as story
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def held(world: World, engagement: Engagement, minutes: int, *, days_ago: int = 0, on_site: bool = False) -> Session:
    return log_session(
        actor=world.amina,
        engagement=engagement,
        held_on=timezone.localdate() - timedelta(days=days_ago),
        minutes=minutes,
        kind="training",
        is_on_site=on_site,
    )


def test_days_on_site_are_no_remote_hours_when_both_are_confirmed(world: World, as_person: SignIn) -> None:
    engagement = story.after_engagement_started(world, modality="hybrid")
    for minutes, days_ago, on_site in ((90, 0, False), (240, 1, True), (180, 1, True), (60, 2, True)):
        session = held(world, engagement, minutes, days_ago=days_ago, on_site=on_site)
        confirm_session(actor=world.bereket, session=session)

    assert hours_of(Session.objects.all()) == Hours(confirmed=570, remote=90, days_on_site=2)
    assert (record_of(world.amina).confirmed, record_of(world.amina).days_on_site) == (570, 2)
    page = as_person(world.amina).get(reverse("engagements:record")).content.decode()
    assert "1 h 30 min" in page
    shown = as_person(world.bereket).get(reverse("engagements:engagement", args=[engagement.reference]))
    assert "2 days on site" in shown.content.decode()


def test_hours_count_as_unconfirmed_when_seven_days_have_passed_without_an_answer(
    world: World, as_person: SignIn
) -> None:
    session = story.after_session_logged(world)
    assert hours_of([session]) == Hours(waiting=90)
    Session.objects.update(logged_at=timezone.now() - ANSWERED_WITHIN)
    session.refresh_from_db()
    assert hours_of([session]) == Hours(unconfirmed=90)
    page = as_person(world.amina).get(reverse("engagements:engagement", args=[session.engagement.reference]))
    assert "unconfirmed for more than seven days" in page.content.decode()

    confirm_session(actor=world.bereket, session=session)
    session.refresh_from_db()
    assert hours_of([session]) == Hours(confirmed=90, remote=90)


def test_the_log_asks_where_it_was_when_the_work_is_not_only_remote(world: World, as_person: SignIn) -> None:
    for modality, is_asked in (("remote", False), ("on_site", True), ("hybrid", True)):
        engagement = story.after_engagement_started(world)
        Engagement.objects.filter(pk=engagement.pk).update(modality=modality)
        form = (
            as_person(world.amina)
            .get(reverse("engagements:engagement", args=[engagement.reference]))
            .context["session_form"]
        )
        assert ("is_on_site" in form.fields) is is_asked
        Engagement.objects.filter(pk=engagement.pk).update(state="cancelled")
        type(engagement.expert).objects.update(open_engagements=0)
    log = {"held_on": timezone.localdate().isoformat(), "minutes": "60", "kind": "training", "people_present": "1"}
    engagement = story.after_engagement_started(world, modality="hybrid")
    address = reverse("engagements:session-log", args=[engagement.reference])
    assert as_person(world.amina).post(address, {**log, "is_on_site": "on"}).status_code == 302
    assert Session.objects.get().is_on_site
