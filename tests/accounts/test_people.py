"""Joining, signing in and settings, as people do it: through the pages."""

import re

import pytest
from django.core import mail
from django.test import Client, override_settings

from diaspora_net.accounts.actions.people import end_remit, grant_remit, suspend_person, update_person
from diaspora_net.accounts.models import Remit, User
from diaspora_net.core.errors import Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from tests.factories import PASSWORD, make_person
from tests.world import World

MEMORY_MAIL = override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
JOIN = {
    "join_role": "expert",
    "full_name": "Nadia Haddad",
    "email": "nadia@example.org",
    "password1": "a-long-password-for-nadia",
}


def code_in(message: str) -> str:
    """Return the code a mail carries."""
    found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", message, re.MULTILINE)
    assert found, message
    return found.group(1)


@MEMORY_MAIL
@pytest.mark.django_db
def test_joining_leads_into_the_first_step_when_the_mailed_code_is_right(client: Client) -> None:
    answer = client.post("/account/signup/", JOIN)
    assert answer.status_code == 302
    assert not User.objects.get(email="nadia@example.org").emailaddress_set.filter(verified=True).exists()
    answer = client.post(answer["Location"], {"code": code_in(mail.outbox[-1].body)}, follow=True)
    assert answer.redirect_chain[-1][0] == "/start/expert/identity/"
    user = User.objects.get(email="nadia@example.org")
    assert user.full_name == "Nadia Haddad"
    assert user.join_role == "expert"
    assert user.emailaddress_set.get().verified


@MEMORY_MAIL
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "first_step"),
    [("organisation", "/org/new/"), ("coordinator", "/home/"), ("expert", "/start/expert/identity/")],
)
def test_role_chosen_when_joining_decides_the_first_step(client: Client, role: str, first_step: str) -> None:
    answer = client.post("/account/signup/", {**JOIN, "join_role": role})
    answer = client.post(answer["Location"], {"code": code_in(mail.outbox[-1].body)}, follow=True)
    assert answer.redirect_chain[-1][0] == first_step
    assert answer.status_code == 200


@MEMORY_MAIL
@pytest.mark.django_db
def test_joining_keeps_what_was_typed_when_the_password_is_too_short(client: Client) -> None:
    answer = client.post("/account/signup/", {**JOIN, "password1": "short"})
    assert answer.status_code == 422
    assert "Nadia Haddad" in answer.content.decode()
    assert "form-errors-title" in answer.content.decode()
    assert not User.objects.exists()


@MEMORY_MAIL
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "kept"), [("America/Toronto", "America/Toronto"), ("Etc/Unknown", "UTC"), ("", "UTC")]
)
def test_joining_takes_the_zone_a_browser_tells_when_it_exists(client: Client, told: str, kept: str) -> None:
    assert client.post("/account/signup/", {**JOIN, "time_zone": told}).status_code == 302
    assert User.objects.get().time_zone == kept


@MEMORY_MAIL
@pytest.mark.django_db
def test_new_code_can_be_asked_for_and_asking_too_often_is_answered_with_a_page(client: Client) -> None:
    place = client.post("/account/signup/", JOIN)["Location"]
    assert "Send a new code" in client.get(place).content.decode()
    answer = client.post(place, {"action": "resend"})
    assert answer.status_code == 429
    assert "wait a minute" in answer.content.decode()


@MEMORY_MAIL
@pytest.mark.django_db
def test_joining_answers_alike_when_the_address_is_known(client: Client) -> None:
    fresh = client.post("/account/signup/", JOIN)
    make_person("known@example.org", "Known Person")
    known = Client().post("/account/signup/", {**JOIN, "email": "known@example.org"})
    assert (known.status_code, known["Location"]) == (fresh.status_code, fresh["Location"])


@pytest.mark.django_db
def test_signing_in_works_when_the_address_is_written_in_capitals(client: Client, world: World) -> None:
    answer = client.post("/account/login/", {"login": "AMINA@example.org", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/for-you/"


@MEMORY_MAIL
@pytest.mark.django_db
def test_signing_in_works_by_mailed_code(client: Client, world: World) -> None:
    answer = client.post("/account/login/code/", {"email": "chidi@example.org"})
    answer = client.post(answer["Location"], {"code": code_in(mail.outbox[-1].body)}, follow=True)
    assert answer.redirect_chain[-1][0] == "/desk/"


@pytest.mark.django_db
def test_signing_in_says_what_is_wrong_and_keeps_the_address_when_the_password_is_wrong(
    client: Client, world: World
) -> None:
    answer = client.post("/account/login/", {"login": "amina@example.org", "password": "wrong"})
    assert answer.status_code == 422
    assert "amina@example.org" in answer.content.decode()


@MEMORY_MAIL
@pytest.mark.django_db
def test_password_reset_mail_goes_out_when_it_is_asked_for(client: Client, world: World) -> None:
    answer = client.post("/account/password/reset/", {"email": "amina@example.org"})
    assert answer.status_code == 302
    assert mail.outbox[-1].to == ["amina@example.org"]


@pytest.mark.django_db
def test_settings_are_saved_with_audit_when_they_change(world: World, client: Client) -> None:
    client.force_login(world.amina, backend="django.contrib.auth.backends.ModelBackend")
    values = {"full_name": "Amina B. Salah", "language": "en", "time_zone": "Africa/Tunis", "news_emails": "neutral"}
    values |= {"message_emails": "named", "quiet_from": "22", "quiet_until": "6"}
    assert client.post("/settings/", values).status_code == 302
    world.amina.refresh_from_db()
    assert (world.amina.full_name, world.amina.time_zone) == ("Amina B. Salah", "Africa/Tunis")
    entry = AuditEntry.objects.get(verb="accounts.person.updated")
    assert entry.changes == {"fields": ["full_name", "message_emails", "quiet_from", "quiet_until", "time_zone"]}
    for wrong in ({"quiet_until": ""}, {"quiet_until": "22"}):
        assert client.post("/settings/", {**values, **wrong}).status_code == 422
    bad = client.post("/settings/", {**values, "full_name": "", "time_zone": "Mars/Olympus"})
    assert bad.status_code == 422


@pytest.mark.django_db
def test_update_person_refuses_an_empty_name_and_writes_nothing(world: World) -> None:
    with pytest.raises(Invalid):
        update_person(actor=world.amina, full_name=" ", language="en", time_zone="UTC", shares_receipts=False)
    assert not AuditEntry.objects.filter(verb="accounts.person.updated").exists()


@pytest.mark.django_db
def test_remit_is_granted_by_an_operator_only_and_once(world: World) -> None:
    with pytest.raises(NotAllowed):
        grant_remit(actor=world.chidi, user=world.dana, country="SN")
    grant_remit(actor=None, user=world.dana, country="SN")
    grant_remit(actor=None, user=world.dana, country="SN")
    assert Remit.objects.filter(user=world.dana).count() == 1
    before = world.dana.auth_epoch
    end_remit(actor=None, user=world.dana, country="SN")
    world.dana.refresh_from_db()
    assert world.dana.auth_epoch == before + 1


@pytest.mark.django_db
def test_suspended_person_is_signed_out_at_once(world: World, client: Client) -> None:
    client.post("/account/login/", {"login": "amina@example.org", "password": PASSWORD})
    assert client.get("/settings/").status_code == 200
    suspend_person(actor=None, user=world.amina, reason="reported twice")
    assert client.get("/settings/").status_code == 302


@pytest.mark.django_db
def test_demo_sign_in_does_not_exist_when_demo_mode_is_off(world: World, client: Client) -> None:
    assert client.post("/demo/sign-in/", {"email": "amina@demo.example"}).status_code == 404


@pytest.mark.django_db
def test_demo_sign_in_takes_demo_people_only(world: World, client: Client) -> None:
    make_person("amina@demo.example", "Amina of the demo")
    with override_settings(DEMO=True):
        assert client.post("/demo/sign-in/", {"email": "amina@example.org"}).status_code == 404
        assert client.post("/demo/sign-in/", {"email": "amina@demo.example"}).status_code == 302
        assert client.get("/demo/sign-in/").status_code == 405


@pytest.mark.django_db
def test_page_follows_the_persons_language_and_direction(world: World, client: Client) -> None:
    User.objects.filter(pk=world.amina.pk).update(language="ar")
    client.force_login(world.amina, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/settings/").content.decode()
    assert '<html lang="ar" dir="rtl"' in page


@pytest.mark.django_db
def test_page_travels_compressed_when_the_browser_takes_it(client: Client) -> None:
    plain, packed = client.get("/"), client.get("/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
