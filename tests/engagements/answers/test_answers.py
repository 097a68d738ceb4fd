"""Each answer from an e-mail: what the mail offers, what the page shows, and what the button does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from diaspora_net.core.models import AuditEntry
from engagements.actions.engagements import wrap_up_engagement
from engagements.actions.invitations import send_due_invitations
from engagements.actions.meeting_reminders import send_due_reminders
from engagements.actions.meetings import propose_meeting
from engagements.actions.outcomes import give_outcome
from engagements.actions.proposals import invite_expert
from engagements.actions.reminders import remind_waiting
from engagements.models import Engagement, Meeting, Outcome, Proposal, Session
from engagements.tasks import ask_outcomes
from messaging.models import Notification
from tests import world as story
from tests.engagements.answers.letters import html_of, links, mail_to, named, sent
from tests.engagements.work.days import later
from tests.world import World

pytestmark = pytest.mark.django_db


def through_links() -> set[str]:
    return set(AuditEntry.objects.filter(changes__through="link").values_list("verb", flat=True))


def test_mail_offers_the_answers_in_both_forms_and_still_stops_with_one_click(world: World) -> None:
    named(world.bereket)
    proposal = story.after_proposal_sent(world)
    letter = mail_to(world.bereket)
    offered = links(letter)
    assert list(offered) == ["Accept", "Tell me more", "No thanks"]
    assert all(f"{path}" in html_of(letter) for path in offered.values())
    assert "List-Unsubscribe" in letter.extra_headers
    assert "I have trained nurses" in letter.body
    assert proposal.need.title in letter.body
    page = Client().get(offered["Accept"])
    assert page.status_code == 200
    body = page.content.decode()
    assert "You answer as <b><bdi>Bereket A.</bdi></b>" in body
    assert proposal.need.title in body


def test_neutral_mail_and_its_page_name_nobody_and_nothing(world: World) -> None:
    proposal = story.after_proposal_sent(world)
    letter = mail_to(world.bereket)
    offered = links(letter)
    pages = [Client().get(path).content.decode() for path in offered.values()]
    assert list(offered) == ["Accept", "Tell me more", "No thanks"]
    for text in (letter.body, html_of(letter), *pages):
        for secret in (proposal.need.title, "Amina", "trained nurses", world.hospital.name):
            assert secret not in text
    assert sent(offered["Accept"]).status_code == 200
    assert Engagement.objects.get().state == "agreeing"


def test_yes_makes_the_engagement_and_its_trail_says_how(world: World) -> None:
    story.after_proposal_sent(world)
    path = links(mail_to(world.bereket))["Accept"]
    answer = sent(path)
    assert answer.status_code == 200
    assert "You are introduced" in answer.content.decode()
    assert Proposal.objects.get().state == "converted"
    entry = AuditEntry.objects.get(verb="engagements.proposal.accepted")
    assert entry.actor_id == world.bereket.pk
    assert entry.changes["through"] == "link"


def test_no_takes_a_reason_and_pauses_the_profile_in_one_step(world: World) -> None:
    need = story.after_need_published(world)
    invite_expert(actor=world.bereket, need=need, expert=world.profile, message="Could you teach our nurses?")
    path = links(mail_to(world.amina))["No thanks"]
    refused = sent(path, note="I have too much to do", pause_until="2031-02-30")
    assert refused.status_code == 422
    assert "I have too much to do" in refused.content.decode()
    assert Proposal.objects.get().state == "sent"
    until = timezone.localdate() + timedelta(days=30)
    assert sent(path, reason="no_time", pause_until=until.isoformat()).status_code == 200
    world.profile.refresh_from_db()
    assert Proposal.objects.get().decline_reason == "no_time"
    assert (world.profile.state, world.profile.resumes_on) == ("paused", until)


def test_a_question_and_its_answer_go_from_mailbox_to_mailbox(world: World) -> None:
    named(world.amina, world.bereket)
    proposal = story.after_proposal_sent(world)
    first = links(mail_to(world.bereket))
    assert sent(first["Tell me more"], text="Which machines do you know?").status_code == 200
    asked = mail_to(world.amina)
    assert "Which machines do you know?" in asked.body
    assert list(links(asked)) == ["Answer the question"]
    assert sent(links(asked)["Answer the question"], text="All of them.").status_code == 200
    proposal.refresh_from_db()
    assert proposal.state == "viewed"
    second = links(mail_to(world.bereket))
    old = Client().get(first["Accept"])
    assert "This has changed since the e-mail" in old.content.decode()
    assert sent(second["Accept"]).status_code == 200


def test_agreement_is_offered_only_where_the_mail_shows_it(world: World) -> None:
    story.after_proposal_accepted(world)
    assert links(mail_to(world.amina)) == {}
    named(world.amina, world.bereket)
    other = story.after_proposal_accepted(world, title="Another need")
    letter = mail_to(world.amina)
    assert "Six nurses who read an electrocardiogram within five minutes." in letter.body
    assert sent(links(letter)["Agree to the plan"]).status_code == 200
    assert sent(links(mail_to(world.bereket))["Agree to the plan"]).status_code == 200
    other.refresh_from_db()
    assert other.state == "scheduled"


def test_time_is_chosen_by_the_button_that_names_it(world: World) -> None:
    meeting = story.after_times_proposed(world)
    offered = links(mail_to(world.bereket))
    assert len(offered) == 2
    second = meeting.times.all()[1].starts_at
    path = list(offered.values())[1]
    page = Client().get(path).content.decode()
    assert f'value="{second.isoformat()}" required id="id_starts_at_1" checked' in page or "checked" in page
    assert sent(path, starts_at="2030-01-01T10:00:00+00:00").status_code == 422
    assert sent(path, starts_at=second.isoformat()).status_code == 200
    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts_at, meeting.agreed_by) == ("confirmed", second, world.bereket)


def over(meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=timezone.now() - timedelta(minutes=90), changed_at=timezone.now() - timedelta(days=3)
    )


def test_session_is_said_to_be_held_and_its_hours_confirmed_by_the_other_side(world: World) -> None:
    over(story.after_time_agreed(world))
    send_due_reminders()
    offered = links(mail_to(world.amina))
    assert list(offered) == ["Yes, it was held", "No, somebody did not come"]
    log = {"minutes": "60", "kind": "training", "people_present": "6", "summary": "Strips read."}
    assert sent(offered["Yes, it was held"], **{**log, "people_present": "0"}).status_code == 422
    assert sent(offered["Yes, it was held"], **log).status_code == 200
    session = Session.objects.get()
    assert (session.minutes, session.logged_by, session.meeting.state) == (60, world.amina, "held")
    letter = mail_to(world.bereket)
    assert "A session of 1 h on" in letter.body
    assert sent(links(letter)["Confirm the hours"]).status_code == 200
    session.refresh_from_db()
    assert session.state == "confirmed"
    done = {"engagements.meeting.held", "engagements.session.logged", "engagements.session.confirmed"}
    assert done <= through_links()


def test_missed_session_and_wrong_hours_are_said_by_link(world: World) -> None:
    meeting = story.after_time_agreed(world)
    over(meeting)
    send_due_reminders()
    assert sent(links(mail_to(world.amina))["No, somebody did not come"], absent="institution").status_code == 200
    meeting.refresh_from_db()
    assert meeting.absent_side == "institution"
    session = story.after_session_logged(world, title="Another need")
    path = links(mail_to(world.bereket))["Not right"]
    assert sent(path, note="").status_code == 422
    assert sent(path, note="It was one hour.").status_code == 200
    session.refresh_from_db()
    assert (session.state, session.dispute_note) == ("disputed", "It was one hour.")


def test_several_asks_stand_in_one_mail(world: World) -> None:
    engagement = story.after_engagement_started(world)
    now = timezone.now().replace(microsecond=0)
    for days in (1, 2):
        times = [now + timedelta(days=days)]
        propose_meeting(actor=world.amina, engagement=engagement, times=times, minutes=60)
    letter = mail_to(world.bereket)
    assert len(links(letter)) == 2
    assert html_of(letter).count("<section>") == 2
    assert send_due_invitations() == 0


def waits_for_a_report(world: World) -> Engagement:
    """Let work be done, Amina have told what came of it, and Bereket be reminded to tell it, too."""
    engagement = wrap_up_engagement(actor=world.amina, engagement=story.after_engagement_started(world))
    give_outcome(actor=world.amina, engagement=engagement, result="achieved", effects=["knowledge"], text="It works.")
    Engagement.objects.update(wrapping_up_at=timezone.now() - timedelta(days=9))
    Notification.objects.all().delete()
    remind_waiting()
    return engagement


@pytest.mark.parametrize("is_named", [True, False])
def test_missing_report_is_given_from_the_mail_that_reminds_of_it(world: World, is_named: bool) -> None:
    """A neutral mail leads to a page that names neither the work nor its skills."""
    if is_named:
        named(world.bereket)
    need = waits_for_a_report(world).need
    letter = mail_to(world.bereket)
    [(label, path)] = links(letter).items()
    page = Client().get(path).content.decode()
    assert label == "Answer in two minutes"
    assert [secret in page for secret in (need.title, "How well do the people there do this?")] == [is_named, is_named]
    assert "Amina" not in page
    assert sent(path, result="partly").status_code == 422
    assert sent(path, result="partly", text="Nine of ten strips are read right.").status_code == 200
    assert need.engagements.get().outcomes.get(moment="end", respondent="institution").result == "partly"
    assert through_links() == {"engagements.outcome.given"}
    assert sent(path, result="partly", text="Again.").status_code == 409


@pytest.mark.parametrize("is_named", [True, False])
def test_question_a_year_later_is_answered_from_its_mail(world: World, is_named: bool) -> None:
    if is_named:
        named(world.bereket)
    story.after_completion(world)
    with later(366):
        Notification.objects.all().delete()
        ask_outcomes()
        [(_label, path)] = links(mail_to(world.bereket)).items()
        assert sent(path, still_in_use="yes").status_code == 200
    assert Outcome.objects.get(moment="later", respondent="institution").still_in_use == "yes"


def test_neutral_mail_asks_nothing_at_the_start_where_only_skills_are_asked(world: World) -> None:
    story.after_engagement_started(world)
    Notification.objects.all().delete()
    ask_outcomes()
    assert links(mail_to(world.bereket)) == {}
