"""What the skill picker is answered."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_person, make_vocabulary

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    client = Client()
    person = make_person("amina@example.org", "Amina")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(browser: Client, query: str, **more: str) -> str:
    answer = browser.get(reverse("mentors:skill-search"), {"q": query, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def test_suggestions_are_buttons_in_the_asked_language(browser) -> None:
    heart = make_vocabulary()["cardiology"]
    page = ask(browser, "cardiol", lang="fr")
    assert f'data-id="{heart.pk}" data-label="cardiologie"' in page
    assert "<html" not in page


def test_new_words_are_offered_last_without_an_id(browser) -> None:
    make_vocabulary()
    page = ask(browser, "cardio")
    assert page.rstrip().endswith("</li>")
    assert '<button type="button" data-label="cardio">' in page
    assert "data-label" not in ask(browser, "")
    assert '<button type="button" data-label' not in ask(browser, "CARDIOLOGY")


@pytest.mark.parametrize("query", ['"><script>alert(1)</script>', "\x00", "'; drop", "%", "١٢٣", "12", "a" * 4000])
def test_odd_queries_are_answered_safely(query, browser) -> None:
    assert "<script" not in ask(browser, query)


def test_odd_languages_fall_back(browser) -> None:
    make_vocabulary()
    assert 'data-label="cardiology"' in ask(browser, "cardiology", lang="\x00'x" * 9)


def test_only_signed_in_people_may_ask() -> None:
    assert Client().get(reverse("mentors:skill-search"), {"q": "x"}).status_code == 302
