"""Fixtures of the messaging tests: two people who talk, and one who has nothing to do with it."""

import pytest

from diaspora_net.accounts.models import User
from messaging.actions.conversations import open_conversation
from messaging.models import Conversation
from tests.factories import make_person


@pytest.fixture
def amina(db: None) -> User:
    return make_person("amina@example.org", "Amina Ben Salah", shares_receipts=True)


@pytest.fixture
def salma(db: None) -> User:
    return make_person("salma@example.org", "Salma Gharbi", shares_receipts=True)


@pytest.fixture
def dana(db: None) -> User:
    """Dana is signed in and has nothing to do with the others."""
    return make_person("dana@example.org", "Dana Weiss")


@pytest.fixture
def talk(amina: User, salma: User) -> Conversation:
    return open_conversation(participants=[amina, salma], topic="Dialysis in Jendouba", state="open")
