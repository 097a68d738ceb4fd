"""A need's life: who may take which step, what each step writes, and that a refused one writes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from diaspora_net.accounts.actions.organisations import add_member
from diaspora_net.accounts.actions.people import grant_remit
from diaspora_net.accounts.actions.verification import suspend_organisation
from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, DomainError, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions import closing, needs
from engagements.actions.needs import NeedSkillEntry, Readiness
from engagements.models import Need, NeedReview, NeedTerm, Proposal
from engagements.states import NEED_TRANSITIONS, NeedState
from messaging.models import Notification
from tests.factories import make_vocabulary, need_values
from tests.threads import at_once
from tests.world import (
    World,
    after_need_drafted,
    after_need_published,
    after_need_submitted,
    after_proposal_accepted,
    after_proposal_sent,
    make_world,
)

READY = Readiness(True, True, True, True)
Step = Callable[[User, Need], Any]

STEPS: dict[str, Step] = {
    "submit": lambda actor, need: needs.submit_need(actor=actor, need=need),
    "publish": lambda actor, need: needs.publish_need(actor=actor, need=need, checklist=READY),
    "request changes": lambda actor, need: needs.request_changes(actor=actor, need=need, note="Name the result."),
    "reject": lambda actor, need: needs.reject_need(actor=actor, need=need, note="Not our programme."),
    "pause": lambda actor, need: needs.pause_need(actor=actor, need=need),
    "resume": lambda actor, need: needs.resume_need(actor=actor, need=need),
    "withdraw": lambda actor, need: needs.withdraw_need(actor=actor, need=need),
    "close": lambda actor, need: needs.close_need(actor=actor, need=need, result="met"),
}
LEADS_TO = {
    "submit": "submitted",
    "publish": "published",
    "request changes": "changes_requested",
    "reject": "rejected",
    "pause": "paused",
    "resume": "published",
    "withdraw": "withdrawn",
    "close": "closed",
}
MAY = {
    "submit": {"bereket"},
    "publish": {"chidi"},
    "request changes": {"chidi"},
    "reject": {"chidi"},
    "pause": {"bereket", "chidi"},
    "resume": {"bereket", "chidi"},
    "withdraw": {"bereket", "chidi"},
    "close": {"bereket", "chidi"},
}
STARTS = {
    "submit": "draft",
    "publish": "submitted",
    "request changes": "submitted",
    "reject": "submitted",
    "pause": "published",
    "resume": "paused",
    "withdraw": "published",
    "close": "published",
}


def written() -> tuple[object, ...]:
    """Return everything a need's actions may write."""
    return (
        list(Need.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
        Notification.objects.count(),
        NeedReview.objects.count(),
        list(NeedTerm.objects.order_by("pk").values()),
        list(Proposal.objects.order_by("pk").values()),
    )


def refused(error: type[DomainError], act: Callable[[], Any]) -> DomainError:
    """Expect ``act`` to be refused, and nothing to be written by it."""
    before = written()
    with pytest.raises(error) as caught:
        act()
    assert written() == before
    return caught.value


def in_state(world: World, state: str) -> Need:
    """Return a need that stands in ``state``."""
    need = after_need_drafted(world)
    Need.objects.filter(pk=need.pk).update(state=state, published_at=timezone.now(), stale_at=timezone.now())
    need.refresh_from_db()
    return need


def test_step_is_taken_or_refused_as_the_table_says_when_tried_from_every_state(world: World) -> None:
    for name, step in STEPS.items():
        actor = world.chidi if "chidi" in MAY[name] else world.bereket
        for state in NeedState.values:
            need = in_state(world, state)
            is_allowed = LEADS_TO[name] in NEED_TRANSITIONS.get(state, ())
            if is_allowed and not (name == "resume" and state != "paused"):
                assert step(actor, need).state == LEADS_TO[name], (name, state)
            else:
                refused(Conflict, lambda step=step, need=need, actor=actor: step(actor, need))


def test_step_is_refused_when_the_person_has_no_part_in_it(world: World) -> None:
    for name, step in STEPS.items():
        for who in world.people.keys() - MAY[name]:
            need = in_state(world, STARTS[name])
            refused(NotAllowed, lambda step=step, need=need, who=who: step(world.people[who], need))


def test_coordinator_is_refused_when_they_belong_to_the_organisation(world: World) -> None:
    need = after_need_submitted(world)
    grant_remit(actor=None, user=world.bereket, country="TN")
    refused(NotAllowed, lambda: STEPS["publish"](world.bereket, need))
    refused(NotAllowed, lambda: STEPS["reject"](world.bereket, need))


def test_counterpart_is_refused_when_writing(world: World) -> None:
    add_member(
        actor=world.bereket, organisation=world.hospital, email=world.dana.email, role="counterpart", position=""
    )
    values = need_values(world.bereket)
    refused(NotAllowed, lambda: needs.draft_need(actor=world.dana, organisation=world.hospital, values=values))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("skills", {"skills": ()}),
        ("languages", {"languages": ()}),
        ("hours", {"hours": 0}),
    ],
)
def test_submitting_names_the_field_when_it_is_missing(world: World, field: str, changes: dict[str, Any]) -> None:
    if field == "hours":
        error = refused(Invalid, lambda: after_need_drafted(world, **changes))
    else:
        need = after_need_drafted(world, **changes)
        error = refused(Invalid, lambda: STEPS["submit"](world.bereket, need))
    assert isinstance(error, Invalid)
    assert set(error.fields) == {field}


def test_submitting_is_refused_when_no_skill_is_required(world: World) -> None:
    skill = make_vocabulary()["cardiology"]
    need = after_need_drafted(world, skills=(NeedSkillEntry(skill, "preferred"),))
    error = refused(Invalid, lambda: STEPS["submit"](world.bereket, need))
    assert isinstance(error, Invalid)
    assert set(error.fields) == {"skills"}


def test_submitting_is_refused_when_the_focal_point_has_left(world: World) -> None:
    add_member(actor=world.bereket, organisation=world.hospital, email=world.dana.email, role="poster", position="")
    need = after_need_drafted(world, focal_point=world.dana)
    world.hospital.memberships.filter(user=world.dana).update(left_at=timezone.now())
    error = refused(Invalid, lambda: STEPS["submit"](world.bereket, need))
    assert isinstance(error, Invalid)
    assert set(error.fields) == {"focal_point"}


def test_submitting_and_publishing_are_refused_when_the_organisation_is_not_verified(world: World) -> None:
    draft, sent = after_need_drafted(world), after_need_submitted(world)
    suspend_organisation(actor=world.chidi, organisation=world.hospital, reason="Letters came back.")
    for need in (draft, sent):
        need.organisation.refresh_from_db()
    refused(Invalid, lambda: STEPS["submit"](world.bereket, draft))
    refused(Conflict, lambda: STEPS["publish"](world.chidi, sent))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": "  "}),
        ("title", {"title": "x" * 141}),
        ("hours", {"hours": 3000}),
        ("places", {"places": 0}),
        ("kind", {"kind": "holiday"}),
        ("languages", {"languages": (("fr", 4), ("fr", 5))}),
        ("languages", {"languages": (("xx", 4),)}),
        ("closes_on", {"closes_on": timezone.localdate().replace(year=2020)}),
    ],
)
def test_drafting_names_the_field_when_a_value_cannot_stand(world: World, field: str, changes: dict[str, Any]) -> None:
    error = refused(Invalid, lambda: after_need_drafted(world, **changes))
    assert isinstance(error, Invalid)
    assert set(error.fields) == {field}


def test_drafting_names_the_field_when_the_focal_point_does_not_speak_for_the_organisation(world: World) -> None:
    error = refused(Invalid, lambda: after_need_drafted(world, focal_point=world.dana))
    assert isinstance(error, Invalid)
    assert set(error.fields) == {"focal_point"}


def test_changing_rewrites_everything_when_it_is_a_draft(world: World) -> None:
    need = after_need_drafted(world)
    skill = make_vocabulary()["cardiology"]
    values = need_values(
        world.bereket, title="Another title", skills=(NeedSkillEntry(skill, "required", 3),), languages=(("ar", 3),)
    )
    needs.change_need(actor=world.bereket, need=need, values=values)
    need.refresh_from_db()
    assert need.title == "Another title"
    assert [(item.tag, item.strength, item.level) for item in need.skill_items.all()] == [(skill, "required", 3)]
    assert [(row.language, row.level) for row in need.languages.all()] == [("ar", 3)]


def test_changing_is_refused_when_it_was_sent(world: World) -> None:
    need = after_need_submitted(world)
    refused(Conflict, lambda: needs.change_need(actor=world.bereket, need=need, values=need_values(world.bereket)))


def test_coordinators_are_told_when_a_need_is_submitted(world: World) -> None:
    need = after_need_submitted(world)
    [news] = Notification.objects.filter(user=world.chidi, verb="engagements.need.submitted")
    assert news.params == {"title": need.title, "organisation": world.hospital.name}
    assert AuditEntry.objects.filter(verb="engagements.need.submitted", object_id=str(need.pk)).count() == 1


def test_writer_and_focal_point_are_told_once_each_when_it_opens(world: World) -> None:
    add_member(actor=world.bereket, organisation=world.hospital, email=world.dana.email, role="poster", position="")
    need = after_need_published(world, focal_point=world.dana)
    told = Notification.objects.filter(verb="engagements.need.published")
    assert sorted(told.values_list("user", flat=True)) == sorted([world.bereket.pk, world.dana.pk])
    [review] = NeedReview.objects.filter(need=need)
    assert (review.decision, review.scope_is_clear, review.urgency_is_known) == ("published", True, True)


def test_publishing_needs_the_whole_checklist_when_there_is_no_note(world: World) -> None:
    need = after_need_submitted(world)
    some = Readiness(scope_is_clear=True, staff_are_ready=True)
    refused(Invalid, lambda: needs.publish_need(actor=world.chidi, need=need, checklist=some))
    needs.publish_need(actor=world.chidi, need=need, checklist=some, note="Urgent after the flood; they report back.")
    assert need.state == "published"
    assert NeedReview.objects.get(need=need).knowledge_stays is False


def test_note_is_needed_when_a_need_is_sent_back_or_refused(world: World) -> None:
    need = after_need_submitted(world)
    refused(Invalid, lambda: needs.request_changes(actor=world.chidi, need=need, note=" "))
    refused(Invalid, lambda: needs.reject_need(actor=world.chidi, need=need, note=""))


def test_terms_exist_only_when_the_need_is_open_or_being_checked(world: World) -> None:
    need = after_need_drafted(world)
    assert not need.terms.exists()
    needs.submit_need(actor=world.bereket, need=need)
    assert need.terms.exists()
    needs.publish_need(actor=world.chidi, need=need, checklist=READY)
    assert need.terms.exists()
    needs.pause_need(actor=world.bereket, need=need)
    assert not need.terms.exists()
    needs.resume_need(actor=world.bereket, need=need)
    assert need.terms.exists()
    needs.close_need(actor=world.bereket, need=need, result="partly")
    assert not need.terms.exists()
    assert (need.result, need.closed_at is not None) == ("partly", True)


def test_closing_is_refused_when_the_result_is_no_result(world: World) -> None:
    need = after_need_published(world)
    refused(Invalid, lambda: needs.close_need(actor=world.bereket, need=need, result="great"))


def test_places_move_the_state_when_they_are_taken_and_released(world: World) -> None:
    need = after_need_published(world, places=2)
    steps = (needs.take_place, needs.take_place, needs.release_place, needs.release_place)
    states = [(step(need=need).state, need.places_taken, need.terms.exists()) for step in steps]
    assert states == [
        ("in_engagement", 1, True),
        ("filled", 2, False),
        ("in_engagement", 1, True),
        ("published", 0, True),
    ]


def test_place_is_refused_when_the_need_is_full_or_not_open(world: World) -> None:
    need = after_need_published(world)
    needs.take_place(need=need)
    refused(Conflict, lambda: needs.take_place(need=need))
    paused = needs.pause_need(actor=world.bereket, need=after_need_published(world))
    refused(Conflict, lambda: needs.take_place(need=paused))


def test_only_the_number_changes_when_a_closed_need_releases_a_place(world: World) -> None:
    need = after_need_published(world)
    needs.take_place(need=need)
    needs.close_need(actor=world.bereket, need=need, result="met")
    needs.release_place(need=need)
    assert (need.state, need.places_taken) == ("closed", 0)


def test_resuming_keeps_what_was_under_way_when_a_place_is_taken(world: World) -> None:
    need = after_need_published(world, places=2)
    needs.take_place(need=need)
    needs.pause_need(actor=world.bereket, need=need)
    assert needs.resume_need(actor=world.bereket, need=need).state == "in_engagement"


def test_withdrawing_is_refused_when_work_is_under_way(world: World) -> None:
    need = after_proposal_accepted(world, places=2).need
    need.refresh_from_db()
    refused(Conflict, lambda: closing.withdraw_need(actor=world.bereket, need=need))


@pytest.mark.parametrize("ending", ["withdraw", "close"])
def test_open_proposals_are_cancelled_when_a_need_ends(world: World, ending: str) -> None:
    proposal = after_proposal_sent(world)
    if ending == "close":
        closing.close_need(actor=world.bereket, need=proposal.need, result="not_met")
    else:
        closing.withdraw_need(actor=world.bereket, need=proposal.need)
    proposal.refresh_from_db()
    assert proposal.state == "cancelled"
    assert Notification.objects.filter(user=world.amina, verb="engagements.proposal.cancelled").exists()


def test_one_gets_the_last_place_when_two_take_it_at_once(transactional_db: None) -> None:
    need = after_need_published(make_world())
    outcomes = at_once([lambda: needs.take_place(need=Need.objects.get(pk=need.pk))] * 4)
    need.refresh_from_db()
    assert sum(isinstance(one, Conflict) for one in outcomes) == 3
    assert (need.state, need.places_taken) == ("filled", 1)
