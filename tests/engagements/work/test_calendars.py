"""What leaves for people's calendars: invitations that update in place, and the private address."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from diaspora_net.accounts.models import User
from diaspora_net.core.mails import TRIES
from engagements.actions.calendar_feeds import renew_feed, stop_feed
from engagements.actions.invitations import send_due_invitations
from engagements.actions.meeting_ends import cancel_meeting
from engagements.actions.meetings import choose_time, offer_times
from engagements.models import Invitation, Meeting
from engagements.queries.calendar import feed_token
from tests import world as story
from tests.engagements.work.test_costs import cost
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def event_in(text: bytes | str) -> Event:
    (event,) = Calendar.from_ical(text).events
    return event


def sent_to(person: User) -> list[tuple[str, Event, EmailMessage]]:
    """Return method, event and whole mail of what the person got, oldest first."""
    result = []
    for letter in mail.outbox:
        if letter.to == [person.email]:
            whole = letter.message()
            (part,) = [one for one in whole.walk() if one.get_content_type() == "text/calendar"]
            text = part.get_payload(decode=True)
            assert isinstance(text, bytes)
            result.append((str(part.get_param("method")), event_in(text), whole))
    return result


def send() -> int:
    """Send what is due and leave nothing for later."""
    return send_due_invitations()


def test_calendars_are_updated_in_place_when_a_time_is_agreed_moved_and_called_off(world: World) -> None:
    meeting = story.after_time_agreed(world)
    assert [send(), send()] == [2, 0]
    later = timezone.now().replace(microsecond=0) + timedelta(days=6)
    meeting = offer_times(actor=world.bereket, meeting=meeting, times=[later], minutes=90)
    send()
    meeting = choose_time(actor=world.amina, meeting=meeting, starts_at=later)
    send()
    cancel_meeting(actor=world.amina, meeting=meeting, reason="ill")
    send()

    for person in (world.amina, world.bereket):
        mails = sent_to(person)
        assert [(method, int(event["SEQUENCE"]), str(event["STATUS"])) for method, event, _whole in mails] == [
            ("REQUEST", 1, "CONFIRMED"),
            ("REQUEST", 2, "TENTATIVE"),
            ("REQUEST", 3, "CONFIRMED"),
            ("CANCEL", 4, "CANCELLED"),
        ]
        assert {str(event["UID"]) for _method, event, _whole in mails} == {f"session-{meeting.reference}@localhost"}
        assert len({whole["Message-ID"] for _method, _event, whole in mails}) == 4
        event = mails[2][1]
        assert event["DTSTART"].to_ical().endswith(b"Z")
        assert (event.start, event.end) == (later, later + timedelta(minutes=90))
        assert event["ATTENDEE"].params["RSVP"] == "FALSE"


def test_invitations_name_nobody_when_their_reader_has_not_asked_for_names(world: World) -> None:
    meeting = story.after_time_agreed(world)
    send()
    for person in (world.amina, world.bereket):
        ((_method, event, _whole),) = sent_to(person)
        (body,) = [letter.body + letter.subject for letter in mail.outbox if letter.to == [person.email]]
        for secret in (meeting.engagement.need.title, "Amina", "Bereket", "meet.example.org", "Jendouba"):
            assert secret not in body + event.to_ical().decode()

    User.objects.filter(pk=world.amina.pk).update(news_emails="named")
    later = timezone.now() + timedelta(days=6)
    offer_times(actor=world.bereket, meeting=meeting, times=[later], minutes=90, place="https://meet.example.org/ecg")
    send()
    named = sent_to(world.amina)[1][1]
    assert "Jendouba" in str(named["DESCRIPTION"])
    assert meeting.engagement.need.title in str(named["SUMMARY"])
    assert str(named["LOCATION"]) == "https://meet.example.org/ecg"


def test_a_mail_carries_the_calendar_twice_and_a_way_to_stop_when_it_leaves(world: World) -> None:
    story.after_time_agreed(world)
    send()
    ((_method, _event, whole),) = sent_to(world.amina)
    names = [part.get_filename() for part in whole.walk() if part.get_filename()]
    assert names == ["invite.ics"]
    assert "List-Unsubscribe" in whole


def test_nothing_leaves_when_mails_are_off_or_nothing_was_told_before(world: World) -> None:
    User.objects.filter(pk=world.amina.pk).update(news_emails="off")
    meeting = story.after_time_agreed(world)
    Invitation.objects.filter(user=world.bereket).update(mail_at=None)
    cancel_meeting(actor=world.amina, meeting=meeting, reason="ill")
    assert send() == 0
    assert not Invitation.objects.filter(mail_at__isnull=False).exists()


def test_an_invitation_waits_when_it_is_quiet_where_its_reader_is(world: World) -> None:
    here = timezone.now().astimezone(world.amina.zone)
    User.objects.filter(pk=world.amina.pk).update(quiet_from=here.hour, quiet_until=(here.hour + 2) % 24)
    story.after_time_agreed(world)
    assert send() == 1
    row = Invitation.objects.get(user=world.amina)
    assert row.mail_at is not None
    assert row.mail_at > timezone.now()
    assert (row.sent_sequence, row.tries) == (0, 0)


def test_the_same_message_id_leaves_again_when_the_sweep_died_after_sending(world: World) -> None:
    story.after_time_agreed(world)
    assert send() == 2
    Invitation.objects.update(mail_at=timezone.now(), sent_sequence=0, lease_until=None)
    assert send() == 2
    ids = [whole["Message-ID"] for _method, _event, whole in sent_to(world.amina)]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_it_is_tried_again_and_given_up_when_the_mail_server_refuses(
    world: World, monkeypatch: pytest.MonkeyPatch, as_person: SignIn
) -> None:
    story.after_time_agreed(world)

    def refuse(*_args: object, **_values: object) -> None:
        raise OSError("no mail server")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    for tries in (0, TRIES - 1):
        Invitation.objects.update(lease_until=None, tries=tries)
        assert send() == 0
        rows = {(row.mail_at is None, row.tries) for row in Invitation.objects.all()}
        assert rows == {(tries > 0, (tries + 1) % TRIES)}
    assert not Invitation.objects.filter(failed_at=None).exists()
    page = as_person(world.amina).get(reverse("engagements:meeting", args=[Meeting.objects.get().reference]))
    assert "for your calendar could not be delivered" in page.content.decode()
    assert set(Invitation.objects.values_list("sent_sequence", flat=True)) == {0}


def test_the_private_address_opens_the_calendar_until_it_is_renewed_or_stopped(world: World) -> None:
    meeting = story.after_time_agreed(world)
    nobody = Client()

    def address() -> str:
        return reverse("engagements:calendar-feed", args=[feed_token(renew_feed(actor=world.bereket))])

    first = address()
    answer = nobody.get(first)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert event_in(answer.content).start == meeting.starts_at
    assert nobody.get(first, headers={"if-none-match": answer["ETag"]}).status_code == 304
    Meeting.objects.update(minutes=90)
    changed = nobody.get(first, headers={"if-none-match": answer["ETag"]})
    assert (changed.status_code, changed["ETag"] == answer["ETag"]) == (200, False)

    second = address()
    assert [nobody.get(one).status_code for one in (first, second)] == [404, 200]
    stop_feed(actor=world.bereket)
    assert nobody.get(second).status_code == 404
    assert nobody.get(second.replace(".ics", "x.ics")).status_code == 404


def test_the_calendar_of_others_stays_closed_and_costs_the_same_when_there_is_more(world: World) -> None:
    story.after_time_agreed(world)
    for person, events in ((world.amina, 1), (world.chidi, 0), (world.dana, 0)):
        address = reverse("engagements:calendar-feed", args=[feed_token(renew_feed(actor=person))])
        assert len(Calendar.from_ical(Client().get(address).content).events) == events
    address = reverse("engagements:calendar-feed", args=[feed_token(renew_feed(actor=world.amina))])
    one = cost(lambda: Client().get(address))
    story.after_time_agreed(world, title="Another need")
    assert cost(lambda: Client().get(address)) == one == 2


def test_the_page_makes_and_stops_the_address_when_its_buttons_are_pressed(world: World, as_person: SignIn) -> None:
    client, page = as_person(world.amina), reverse("engagements:calendar")
    assert "There is no address" in client.get(page).content.decode()
    client.post(page, {"act": "renew"})
    shown = client.get(page).context["address"]
    assert Client().get(shown.partition("localhost")[2].partition("/")[2].join(["/", ""])).status_code == 200
    client.post(page, {"act": "stop"})
    assert "There is no address" in client.get(page).content.decode()
