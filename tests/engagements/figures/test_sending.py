"""Reports that go to somebody outside: who may send one, what they get, and when the link opens nothing any more."""

import io
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.mails import TRIES
from diaspora_net.core.models import AuditEntry
from engagements.actions import report_sending
from engagements.actions.donor_reports import begin_report, set_report
from engagements.actions.report_sending import send_due_report_mails, send_report, take_back_report
from engagements.models import SentReport
from engagements.payloads.report_links import link_of, token_of
from engagements.queries.donor_reports import document_of
from engagements.queries.sent_reports import get_opened
from engagements.reports.paper import pdf_file
from engagements.states.donor_reports import Readers
from tests.engagements.figures.sending import after_reported, after_sent
from tests.engagements.work.refusals import refused
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


def test_a_donor_gets_one_mail_with_a_link_to_the_report_as_it_was_sent(world: World) -> None:
    sent = after_sent(world, message="With thanks.", days=30)
    assert (send_due_report_mails(), send_due_report_mails()) == (1, 0)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["dora@donor.example"], "Report: The first quarter")
    assert link_of(sent) in letter.body
    assert "With thanks." in letter.body
    entry = AuditEntry.objects.get(verb="engagements.donor_report.sent")
    assert "dora" not in str(entry.changes)
    path = reverse("engagements:sent-report", args=[token_of(sent)])
    page = Client().get(path)
    assert "The first quarter" in page.content.decode()
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("no-store, private", "noindex, nofollow")
    document = document_of(sent.report, Readers.DONORS)
    set_report(actor=world.chidi, report=sent.report, title="Renamed", period=sent.report.period)
    got = Client().get(f"{path}report.pdf").content
    told = "".join(part.extract_text() for part in PdfReader(io.BytesIO(got)).pages)
    assert told == "".join(
        part.extract_text() for part in PdfReader(io.BytesIO(pdf_file(document, language="en"))).pages
    )
    assert "Renamed" not in told


@pytest.mark.parametrize("who", ["amina", "bereket", "dana"])
def test_only_coordinators_of_the_country_send(world: World, who: str) -> None:
    report = after_reported(world)
    with refused(NotAllowed):
        send_report(
            actor=world.people[who], report=report, email="a@b.example", readers="donors", language="en", days=9
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "dora"}, "email"),
        ({"readers": "coordinators"}, "readers"),
        ({"language": "tlh"}, "language"),
        ({"days": 0}, "days"),
        ({"days": 731}, "days"),
        ({"message": "x" * 1001}, "message"),
    ],
)
def test_what_cannot_be_sent_is_named_and_nothing_leaves(world: World, changes: dict[str, Any], field: str) -> None:
    report = after_reported(world)
    values = {"email": "dora@donor.example", "readers": "donors", "language": "en", "days": 30}
    with pytest.raises(Invalid) as error:
        send_report(actor=world.chidi, report=report, **{**values, **changes})
    assert list(error.value.fields) == [field]
    assert not SentReport.objects.exists()
    assert send_due_report_mails() == 0


def test_numbers_that_can_still_change_are_not_sent(world: World) -> None:
    report = begin_report(actor=world.chidi, title="Today", country="TN", programme=None)
    with refused(Conflict):
        send_report(
            actor=world.chidi, report=report, email="dora@donor.example", readers="donors", language="en", days=30
        )


def test_the_database_lets_no_exact_numbers_out(world: World) -> None:
    sent = after_sent(world)
    with pytest.raises(IntegrityError, match="sent_report_for_outsiders"), transaction.atomic():
        SentReport.objects.filter(pk=sent.pk).update(readers=Readers.COORDINATORS)


def test_a_link_opens_nothing_when_it_is_over_taken_back_or_forged(world: World) -> None:
    sent = after_sent(world)
    token = token_of(sent)
    assert get_opened(token) == sent
    for values in ({"revoked_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(seconds=1)}):
        before = {name: getattr(sent, name) for name in values}
        SentReport.objects.filter(pk=sent.pk).update(sent_at=sent.sent_at - timedelta(days=40), **values)
        with pytest.raises(Http404):
            get_opened(token)
        SentReport.objects.filter(pk=sent.pk).update(**before)
    for forged in (sent.reference, f"{sent.reference}~{token[-20:]}", "~", token + "x"):
        with pytest.raises(Http404):
            get_opened(forged)


def test_what_is_taken_back_before_its_mail_is_not_mailed(world: World) -> None:
    sent = after_sent(world)
    for _twice in range(2):
        take_back_report(actor=world.chidi, sent=sent)
    assert send_due_report_mails() == 0
    assert mail.outbox == []
    assert AuditEntry.objects.filter(verb="engagements.donor_report.taken_back").count() == 1
    with refused(NotAllowed):
        take_back_report(actor=world.bereket, sent=sent)


def test_a_mail_that_did_not_leave_is_tried_again_and_given_up_at_last(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = after_sent(world)

    def fail(*_ignored: object) -> int:
        raise OSError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", fail)
        assert send_due_report_mails() == 0
        sent.refresh_from_db()
        assert (sent.mailed_at, sent.tries, sent.mail_at is None) == (None, 1, False)
        SentReport.objects.update(tries=TRIES - 1, lease_until=None)
        assert send_due_report_mails() == 0
    sent.refresh_from_db()
    assert (sent.mail_at, sent.mailed_at) == (None, None)


def test_what_a_dead_worker_or_a_clock_that_was_ahead_left_behind_leaves_or_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read as they stand, the moments of that clock would hold the mail for a year."""
    sent = after_sent(world)
    ahead = timezone.now() + timedelta(days=365)

    def refuse(_backend: EmailBackend, letters: list[EmailMessage]) -> int:
        raise SMTPRecipientsRefused({letters[0].to[0]: (550, b"No such user")})

    def err(_sent: SentReport) -> EmailMessage:
        raise ValueError("an error of ours")

    with monkeypatch.context() as broken:
        broken.setattr(report_sending, "report_mail", err)
        with pytest.raises(ValueError, match="ours"):
            send_due_report_mails()
        assert send_due_report_mails() == 0  # leased, so that others may leave
        SentReport.objects.update(lease_until=None, tries=TRIES)
        assert send_due_report_mails() == 0
    sent.refresh_from_db()
    assert (sent.mail_at, sent.failed_at is None) == (None, False)
    SentReport.objects.update(mail_at=ahead, lease_until=ahead)
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert send_due_report_mails() == 0
    sent.refresh_from_db()
    assert (sent.mail_at, sent.tries) == (None, 0)
    SentReport.objects.update(mail_at=ahead, lease_until=ahead)
    assert [send_due_report_mails(), send_due_report_mails()] == [1, 0]
    sent.refresh_from_db()
    assert (sent.failed_at, sent.mailed_at is None) == (None, False)


def test_the_page_keeps_what_was_typed_and_lists_who_got_it(world: World, as_person: AsPerson) -> None:
    sent = after_sent(world)
    page = reverse("engagements:donor-report-send", args=[sent.report.reference])
    client = as_person(world.chidi)
    refused_page = client.post(
        page, {"email": "dora", "readers": "donors", "language": "fr", "days": 5, "message": "Hi"}
    )
    assert refused_page.status_code == 422
    assert 'value="dora"' in refused_page.content.decode()
    values = {"email": "don@donor.example", "readers": "public", "language": "fr", "days": 5}
    assert client.post(page, values).status_code == 302
    told = client.get(page).content.decode()
    assert "dora@donor.example" in told
    assert "don@donor.example" in told
    answer = client.post(reverse("engagements:sent-report-take-back", args=[sent.reference]), follow=True)
    assert "taken back" in answer.content.decode()
