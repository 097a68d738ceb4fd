"""Arrays reach the database as they were, whatever stands in them."""

import uuid

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from messaging.queries.arrays import bytes_array, plain_array, text_array

TEXTS = some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(some.lists(some.none() | TEXTS | some.sampled_from(["NULL", "", '"', "\\", "{}", ",", "'", "%s", " x "])))
@pytest.mark.django_db
def test_texts_arrive_as_they_were(texts: list[str | None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [text_array(texts)])
        assert cursor.fetchall() == [(texts,)]


@pytest.mark.django_db
def test_numbers_ids_and_bytes_arrive_as_they_were() -> None:
    ids, data = [uuid.uuid4(), None], [b"", b'\x00\xff"\\']
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::bigint[], %s::boolean[], %s::uuid[], %s::bytea[]",
            [plain_array([1, None, -(2**60)]), plain_array([True, False]), plain_array(ids), bytes_array(data)],
        )
        [(numbers, truths, back, content)] = cursor.fetchall()
    assert (numbers, truths, back) == ([1, None, -(2**60)], [True, False], ids)
    assert [bytes(one) for one in content] == data
