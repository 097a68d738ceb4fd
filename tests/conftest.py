"""Fixtures that every test may use."""

import os
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck, settings

from diaspora_net.accounts.models import User
from tests.emptying import empty_tables
from tests.remembered import Remembered
from tests.world import World, make_world

# Property tests run without a clock: a busy machine is no failure, and examples are the same in every run.
settings.register_profile("unhurried", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
remembered_world = Remembered(make_world)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Let a worker's database begin as a copy of the one that has every migration, where it is ours."""
    if template := os.environ.get("TEMPLATE_DATABASE"):
        connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    """Empty the database in our way after tests outside a transaction, where it is ours."""
    with pytest.MonkeyPatch.context() as patch:
        if "TEMPLATE_DATABASE" in os.environ:
            patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield


@pytest.fixture
def world(db: None) -> World:
    """Return the cast: Amina, Bereket, Chidi and Dana."""
    return remembered_world()


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
