"""Fixtures that every test may use."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from diaspora_net.accounts.models import User
from tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """Return the cast: Amina, Bereket, Chidi and Dana."""
    return make_world()


def without_tokens(answer: HttpResponse) -> bytes:
    """Return a page without the masked form tokens, which differ in every answer to the same person."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", answer.content)


@pytest.fixture
def as_person() -> object:
    """Return a function that gives a client signed in as somebody."""

    def signed_in(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
