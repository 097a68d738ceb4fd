"""Signing in at a computer that several people use: short, and nothing stays on it."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.sessions import SHARED_FOR
from tests.factories import make_person

PASSWORD = "a long enough phrase"


@pytest.fixture
def amina(db: None) -> User:
    user = make_person("amina@example.org", "Amina Ben Salah")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def sign_in(client: Client, **values: str) -> str:
    """Sign in by password and return the session's key."""
    answer = client.post("/account/login/", {"login": "amina@example.org", "password": PASSWORD, **values})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def lives_for(key: str) -> timedelta:
    return Session.objects.get(session_key=key).expire_date - timezone.now()


def test_session_is_short_and_ends_with_the_browser_when_the_computer_is_shared(amina: User, client: Client) -> None:
    assert "This is a shared computer" in client.get("/account/login/").content.decode()
    key = sign_in(client, is_shared="on")
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""
    assert lives_for(key) <= SHARED_FOR
    html = client.get("/settings/").content.decode()
    assert "data-shared" in html
    assert "js/shared.js" in html
    assert html.count('action="/account/logout/"') == 2  # in the menu and beside it


def test_session_is_long_when_the_computer_is_ones_own(amina: User, client: Client) -> None:
    key = sign_in(client)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] != ""
    assert lives_for(key) > timedelta(days=13)
    html = client.get("/settings/").content.decode()
    assert "data-shared" not in html
    assert html.count('action="/account/logout/"') == 1


def test_code_brings_a_short_session_when_the_tick_was_set(amina: User, client: Client) -> None:
    client.post("/account/login/code/", {"email": amina.email, "is_shared": "on"})
    code = next(word for word in str(mail.outbox[0].body).split() if word.isupper() and len(word.strip("-")) >= 6)
    assert client.post("/account/login/code/confirm/", {"code": code}).status_code == 302
    assert lives_for(client.cookies[settings.SESSION_COOKIE_NAME].value) <= SHARED_FOR


def test_pages_renew_the_session_and_polling_does_not(amina: User, client: Client) -> None:
    key = sign_in(client, is_shared="on")
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    store["used_at"] = 0
    store.save()
    soon = timezone.now() + timedelta(minutes=5)
    Session.objects.filter(session_key=key).update(expire_date=soon)
    client.get("/api/v1/conversations")
    client.get("/settings/", headers={"X-Polled": "yes"})
    assert Session.objects.get(session_key=key).expire_date == soon
    client.get("/settings/")
    assert lives_for(key) > timedelta(minutes=29)


@pytest.mark.parametrize(("values", "cleared"), [({"is_shared": "on"}, '"cache", "storage"'), ({}, '"storage"')])
def test_browser_is_told_to_forget_when_one_signs_out(
    values: dict[str, str], cleared: str, amina: User, client: Client
) -> None:
    sign_in(client, **values)
    answer = client.post("/account/logout/")
    assert (answer.status_code, answer["Clear-Site-Data"]) == (302, cleared)
    assert client.get("/settings/").status_code == 302
