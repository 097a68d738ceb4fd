"""Counterparts and mentees answer by the link of their mail, without an account, and see nothing else."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.mails import TRIES
from diaspora_net.core.models import AuditEntry
from engagements.actions import engagements as work
from engagements.actions.outcome_clocks import send_participant_mails
from engagements.actions.outcomes import Level, give_outcome, give_participant_outcome
from engagements.actions.participants import remove_participant, set_email, stop_mails
from engagements.models import Engagement, Outcome, Participant
from engagements.payloads.answer_links import Claim, address_mark, person_key
from engagements.tasks import ask_outcomes
from tests import world as story
from tests.engagements.answers.letters import html_of, links, sent
from tests.engagements.outcomes.test_asking import named
from tests.factories import make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db


def asked(world: World) -> tuple[Engagement, str]:
    """Return work that wraps up and the path of Leïla's link about its end."""
    engagement = story.after_engagement_started(world)
    named(world, engagement)
    ecg = make_vocabulary()["interpret-ecg"].pk
    give_outcome(actor=world.amina, engagement=engagement, levels=[Level(ecg, 3, 0, "Secret proof")], **SAID)
    work.wrap_up_engagement(actor=world.amina, engagement=engagement)
    ask_outcomes()
    return engagement, next(iter(links(mail.outbox[-1]).values()))  # type: ignore[arg-type]


SAID = {
    "result": "partly",
    "text": "The expert's own words",
    "feedback": "The expert's private word",
    "feedback_to": "other_side",
}


def test_mail_says_why_it_comes_and_how_to_end_it(world: World) -> None:
    asked(world)
    letter = mail.outbox[-1]
    assert letter.to == ["leila@example.org"]
    for words in ("You take part in", world.hospital.name, "Amina Ben Salah", "We use your address for nothing else"):
        assert words in letter.body
    stop = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop in letter.body
    assert stop in html_of(letter)  # type: ignore[arg-type]
    assert "/settings/" not in letter.body


def test_page_asks_and_shows_nothing_that_others_said(world: World) -> None:
    engagement, path = asked(world)
    answer = Client().get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Leïla T." in page
    assert engagement.need.title in page
    for secret in ("own words", "private word</", "Secret proof", "Bereket", "/engagements/", engagement.reference):
        assert secret not in page
    assert len(answer.content) < 15_000


def test_answer_is_written_once_with_levels_and_a_private_word(world: World) -> None:
    _engagement, path = asked(world)
    ecg = make_vocabulary()["interpret-ecg"].pk
    refused = sent(path, text="Kept words", **{f"evidence_{ecg}": "I read ten a day"})
    assert refused.status_code == 422
    for kept in ("Kept words", "I read ten a day"):
        assert kept in refused.content.decode()
    values = {
        "result": "achieved",
        f"before_{ecg}": "0",
        f"level_{ecg}": "2",
        f"evidence_{ecg}": "I read ten a day",
        "feedback": "She explains well",
        "feedback_to": "other_side",
    }
    assert sent(path, **values).status_code == 200
    outcome = Outcome.objects.get(respondent="counterpart", moment="end")
    assert (outcome.state, outcome.result, outcome.given_by) == ("answered", "achieved", None)
    level = outcome.levels.get()
    assert (level.before, level.level) == (0, 2)
    entry = AuditEntry.objects.filter(verb="engagements.outcome.given").latest("pk")
    assert (entry.actor, entry.changes["through"]) == (None, "link")
    again = sent(path, **{**values, "result": "partly"})
    assert again.status_code == 409
    assert Outcome.objects.get(respondent="counterpart", moment="end").result == "achieved"


def test_page_does_not_tell_what_was_said_at_the_start_but_counts_it(world: World) -> None:
    engagement = story.after_engagement_started(world)
    leila = named(world, engagement)
    ecg = make_vocabulary()["interpret-ecg"].pk
    ask_outcomes()
    give_participant_outcome(participant=leila, moment="start", levels=[Level(ecg, 1)])
    work.wrap_up_engagement(actor=world.amina, engagement=engagement)
    ask_outcomes()
    path = next(iter(links(mail.outbox[-1]).values()))  # type: ignore[arg-type]
    page = Client().get(path).content.decode()
    assert f"level_{ecg}" in page
    assert f"before_{ecg}" not in page
    assert sent(path, result="partly", **{f"level_{ecg}": "2"}).status_code == 200
    level = Outcome.objects.get(participant=leila, moment="end").levels.get()
    assert (level.before, level.level) == (1, 2)


def test_link_ends_with_the_address_the_part_and_its_moment(world: World) -> None:
    _engagement, path = asked(world)
    leila = Participant.objects.get()
    set_email(actor=world.bereket, participant=leila, email="other@example.org", has_consented=True)
    assert Client().get(path).status_code == 404
    set_email(actor=world.bereket, participant=leila, email="leila@example.org", has_consented=True)
    assert Client().get(path).status_code == 200
    remove_participant(actor=world.bereket, participant=leila)
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("key", ["outcome:{other}:end", "session:{session}", "proposal:{proposal}", "outcome:{own}:x"])
def test_participant_answers_for_nothing_else(world: World, key: str) -> None:
    engagement, _path = asked(world)
    other = story.after_session_logged(world, title="Another need")
    names = {"other": other.engagement.reference, "session": other.reference, "own": engagement.reference}
    leila = Participant.objects.get()
    claim = Claim(
        person_key(leila),
        "report",
        key.format(**names, proposal=engagement.proposal.reference),
        "",
        True,
        address_mark(leila.email),
    )
    assert Client().get(f"/answer/{claim.token()}/").status_code == 404


def test_one_click_forgets_the_address_and_asks_no_more(world: World) -> None:
    _engagement, _path = asked(world)
    stop = urlsplit(str(mail.outbox[-1].extra_headers["List-Unsubscribe"]).strip("<>")).path
    assert "No more e-mails about this work?" in Client().get(stop).content.decode()
    assert Participant.objects.get().email
    assert sent(stop).status_code == 200
    leila = Participant.objects.get()
    assert (leila.email, leila.consented_at) == ("", None)
    assert Outcome.objects.get(participant=leila, moment="end").state == "closed"
    assert Client().get(stop).status_code == 404


def test_mail_that_cannot_leave_is_seen_and_leaves_once_to_another_address(
    world: World, monkeypatch: pytest.MonkeyPatch, as_person: Callable[[User], Client]
) -> None:
    engagement = story.after_engagement_started(world)
    named(world, engagement)

    def fail(self: object, fail_silently: bool = False) -> int:
        raise OSError("the server is away")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
        ask_outcomes()
        Outcome.objects.filter(respondent="counterpart").update(lease_until=None, tries=TRIES - 1)
        ask_outcomes()
    assert mail.outbox == []
    page = reverse("engagements:participants", args=[engagement.reference])
    assert "e-mails to them do not arrive" in as_person(world.bereket).get(page).content.decode()
    set_email(actor=world.bereket, participant=Participant.objects.get(), email="new@example.org", has_consented=True)
    ask_outcomes()
    ask_outcomes()
    assert [letter.to for letter in mail.outbox] == [["new@example.org"]]
    assert "e-mails to them do not arrive" not in as_person(world.bereket).get(page).content.decode()
    assert re.match(r"<outcome-\d+-0@", str(mail.outbox[0].extra_headers["Message-ID"]))


def in_two_months() -> time_machine.travel:
    """Let a link of a mail of today be over."""
    return time_machine.travel(timezone.now() + timedelta(days=61), tick=True)


def test_who_comes_late_is_sent_a_new_link_to_the_address_that_is_known(world: World) -> None:
    _engagement, path = asked(world)
    first = mail.outbox[-1]
    with in_two_months():
        offer = Client().get(path)
        assert offer.status_code == 410
        assert "Send me a new link" in offer.content.decode()
        assert "leila" not in offer.content.decode()
        mail.outbox.clear()
        assert sent(path, email="mallory@example.org", text="Answered").status_code == 200
        send_participant_mails()
        [letter] = mail.outbox
        assert letter.to == ["leila@example.org"]
        assert letter.extra_headers["Message-ID"] != first.extra_headers["Message-ID"]
        assert not Outcome.objects.filter(text="Answered").exists()
        new = next(iter(links(letter).values()))  # type: ignore[arg-type]
        assert new != path
        assert sent(new, result="partly", text="Ten strips a day.").status_code == 200
    assert Outcome.objects.get(respondent="counterpart", moment="end").text == "Ten strips a day."


@pytest.mark.parametrize("why", ["here", "left", "moved", "answered", "stopped"])
def test_whether_somebody_takes_part_still_cannot_be_told_from_a_link_that_is_over(world: World, why: str) -> None:
    """The pages are the same byte for byte; a mail leaves only when the link's own address is asked something still."""
    _engagement, path = asked(world)
    leila = Participant.objects.get()
    if why == "left":
        remove_participant(actor=world.bereket, participant=leila)
    elif why == "moved":
        set_email(actor=world.bereket, participant=leila, email="leila@example.net", has_consented=True)
    elif why == "stopped":
        stop_mails(participant=leila)
    elif why == "answered":
        give_participant_outcome(participant=leila, moment="end", result="achieved")
    mail.outbox.clear()
    with in_two_months():
        pages = [(answer.status_code, answer.content) for answer in (Client().get(path), sent(path))]
        send_participant_mails()
    assert [status for status, _content in pages] == [410, 200]
    assert pages == [
        (status, render_to_string(f"engagements/answers/{name}.html", {"days": 60}).encode())
        for status, name in ((410, "over"), (200, "renewed"))
    ]
    assert len([letter for letter in mail.outbox if letter.to == ["leila@example.org"]]) == (why == "here")


def test_nobody_fills_a_mailbox_with_new_links(world: World) -> None:
    """Three a day, and the fourth is refused in the same words whoever the link was for."""
    _engagement, path = asked(world)
    with in_two_months():
        mail.outbox.clear()
        answers = []
        for _press in range(5):
            answers.append(sent(path).status_code)
            send_participant_mails()
        Participant.objects.update(email="", consented_at=None)
        assert answers == [200, 200, 200, 429, 429]
        assert sent(path).status_code == 429
    assert len(mail.outbox) == 3
    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == 3
