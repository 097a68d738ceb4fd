"""The weekly e-mail: new needs only, once, in the reader's morning and language, to nobody who does not want it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail, signing
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from diaspora_net.accounts.actions.people import suspend_person
from diaspora_net.core.errors import NotAllowed
from diaspora_net.core.mails import TRIES
from engagements import tasks
from engagements.actions.digests import choose_digest, plan_digests, send_due_digests
from engagements.actions.interest import dismiss_need
from engagements.models import Digest, DigestNeed
from mentors.actions.profiles import pause_profile
from messaging.models import Notification
from tests.engagements.feedback.test_effects import AsPerson, page
from tests.threads import at_once
from tests.world import World, after_need_published, make_world

# Amina's clock is Paris: the Monday morning begins at 7 UTC in winter.
SUNDAY = datetime(2027, 1, 10, 12, tzinfo=UTC)
MONDAY = datetime(2027, 1, 11, 7, 5, tzinfo=UTC)
NEXT_MONDAY = MONDAY + timedelta(days=7)


def plan(world: World) -> None:
    with time_machine.travel(SUNDAY, tick=False):
        plan_digests()
    assert Digest.objects.get(expert=world.profile).mail_at == datetime(2027, 1, 11, 7, tzinfo=UTC)


def sweep(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return tasks.send_digests()


@pytest.mark.django_db
def test_new_needs_are_told_once_in_the_readers_morning(world: World, settings: object) -> None:
    settings.BASE_URL = "https://network.example.org"  # type: ignore[attr-defined]
    plan(world)
    for number in range(7):
        after_need_published(world, title=f"Secret topic {number}")
    assert sweep(MONDAY - timedelta(minutes=10)) == 0
    assert sweep(MONDAY) == 1
    assert sweep(MONDAY + timedelta(minutes=10)) == 0
    [message] = mail.outbox
    assert message.to == ["amina@example.org"]
    assert "5 new needs fit what you can give." in message.body
    assert "https://network.example.org/for-you/\n" in message.body
    assert "https://network.example.org/for-you/email/" in message.body
    assert not any(word in message.body for word in ("Secret", "Amina", "Bereket", world.hospital.name))
    assert DigestNeed.objects.count() == 5
    news = Notification.objects.get(verb="engagements.digest.sent")
    assert (news.text % news.params, news.email_due_at) == ("New needs that fit what you can give: 5", None)
    assert sweep(NEXT_MONDAY) == 1
    assert "2 new needs fit" in mail.outbox[1].body
    assert sweep(NEXT_MONDAY + timedelta(days=7)) == 0
    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_mail_is_in_the_readers_language(world: World) -> None:
    plan(world)
    after_need_published(world)
    world.amina.language = "fr"
    world.amina.save(update_fields=["language"])
    assert sweep(MONDAY) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["paused", "pausing", "suspended", "no e-mail", "off", "full"])
def test_nobody_is_mailed_when_they_are_paused_suspended_or_opted_out(world: World, state: str) -> None:
    plan(world)
    need, other = after_need_published(world, title="One"), after_need_published(world, title="Other")
    if state == "paused":
        pause_profile(actor=world.amina, profile=world.profile)
    elif state == "suspended":
        suspend_person(actor=None, user=world.amina, reason="A report.")
    elif state == "no e-mail":
        world.amina.news_emails = "off"
        world.amina.save(update_fields=["news_emails"])
    elif state == "off":
        choose_digest(actor=world.amina, is_wanted=False)
    elif state == "full":
        world.profile.open_engagements = world.profile.capacity
        world.profile.save(update_fields=["open_engagements"])
    else:
        with time_machine.travel(SUNDAY, tick=False):
            dismiss_need(actor=world.amina, need=need, reason="no_time", pauses_until=NEXT_MONDAY.date())
    assert other
    assert sweep(MONDAY) == 0
    assert mail.outbox == []
    # It waits for the next Monday rather than leaving at some odd hour.
    assert Digest.objects.get(expert=world.profile).mail_at == datetime(2027, 1, 18, 7, tzinfo=UTC)


@pytest.mark.django_db
def test_mail_waits_for_the_next_morning_when_the_sweep_was_down(world: World) -> None:
    plan(world)
    after_need_published(world)
    assert sweep(MONDAY + timedelta(hours=12)) == 0
    assert sweep(MONDAY + timedelta(hours=20)) == 0
    assert sweep(MONDAY + timedelta(days=1)) == 1
    assert Digest.objects.get(expert=world.profile).mail_at == datetime(2027, 1, 18, 7, tzinfo=UTC)


@pytest.mark.django_db
def test_mail_is_tried_again_and_given_up_when_it_does_not_leave(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> int:
        raise OSError("no mail server")

    plan(world)
    after_need_published(world)
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert sweep(MONDAY) == 0
        assert sweep(MONDAY + timedelta(seconds=4)) == 0
        assert Digest.objects.get(expert=world.profile).tries == 1
    assert not DigestNeed.objects.exists()
    assert sweep(MONDAY + timedelta(minutes=11)) == 1
    assert Digest.objects.get(expert=world.profile).tries == 0
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        after_need_published(world, title="Another")
        Digest.objects.update(tries=TRIES - 1)
        assert sweep(NEXT_MONDAY) == 0
    given_up = Digest.objects.get(expert=world.profile)
    assert (given_up.mail_at, given_up.failed_at) == (datetime(2027, 1, 25, 7, tzinfo=UTC), NEXT_MONDAY)


@pytest.mark.django_db(transaction=True)
def test_one_mail_leaves_when_eight_sweeps_run_at_once(transactional_db: None) -> None:
    world = make_world()
    plan(world)
    after_need_published(world)
    with time_machine.travel(MONDAY, tick=True):
        results = at_once([send_due_digests] * 8)
    assert sum(int(str(result)) for result in results) == 1
    assert len(mail.outbox) == 1
    assert Notification.objects.filter(verb="engagements.digest.sent").count() == 1


@pytest.mark.django_db
def test_setting_turns_the_mail_off_and_on(world: World, as_person: AsPerson) -> None:
    client = as_person(world.amina)
    assert "checked" in page(client, "/for-you/email/")
    client.post("/for-you/email/", {})
    assert not Digest.objects.get().is_wanted
    assert "checked" not in page(client, "/for-you/email/")
    client.post("/for-you/email/", {"is_wanted": "on"})
    assert Digest.objects.get().is_wanted
    with pytest.raises(NotAllowed):
        choose_digest(actor=world.dana, is_wanted=True)


@pytest.mark.django_db
def test_needs_of_this_weeks_mail_are_marked_in_the_list(world: World, as_person: AsPerson) -> None:
    need = after_need_published(world)
    assert "New this week" not in page(as_person(world.amina), "/for-you/")
    DigestNeed.objects.create(expert=world.profile, need=need)
    assert "New this week" in page(as_person(world.amina), "/for-you/")


@pytest.mark.django_db
def test_one_click_in_the_mail_stops_it_and_looking_changes_nothing(world: World) -> None:
    plan(world)
    after_need_published(world)
    assert sweep(MONDAY) == 1
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/" + headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    client = Client(enforce_csrf_checks=True)
    assert "weekly e-mail about new needs?" in client.get(path).content.decode()
    assert Digest.objects.get(expert=world.profile).is_wanted
    for _time in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not Digest.objects.get(expert=world.profile).is_wanted
    other = signing.dumps(str(world.amina.public_id), salt="another")
    for forged in (other, "x", signing.dumps("x", salt="engagements.digest_off")):
        assert client.post(f"/for-you/email/stop/{forged}/").status_code == 404
