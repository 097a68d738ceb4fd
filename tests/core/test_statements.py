"""Statements that the server binds and plans once."""

from datetime import date

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from diaspora_net.core import statements

ODD = ["fr", 'a"b', "c\\d", "e,{f}", ""]


@pytest.mark.django_db
def test_values_arrive_as_they_were_when_the_server_binds_them() -> None:
    params: statements.Params = {"number": 2**40, "flag": False, "day": date(2026, 3, 1), "words": ODD, "ids": {7}}
    statement = """SELECT %(number)s::bigint, %(flag)s::boolean, %(day)s::date, %(words)s::text[], %(ids)s::bigint[],
        %(nothing)s::text"""
    assert statements.rows(statement, {**params, "nothing": None}) == [(2**40, False, date(2026, 3, 1), ODD, [7], None)]


@pytest.mark.django_db
def test_one_plan_serves_small_and_large_numbers(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    statement = "SELECT %(number)s::bigint + 1 AS one_plan"
    with django_assert_num_queries(3):
        for number in (1, 70_000, 2**40):
            assert statements.rows(statement, {"number": number}) == [(number + 1,)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE %s", ["SELECT $1%one_plan"]
        )
        assert cursor.fetchall() == [(2,)]  # prepared by the second run


@pytest.mark.django_db
def test_log_tells_the_statement_when_queries_are_logged() -> None:
    connection.force_debug_cursor = True
    try:
        statements.rows("SELECT %(one)s::int", {"one": 1})
        assert connection.queries[-1]["sql"] == "SELECT %(one)s::int"
    finally:
        connection.force_debug_cursor = False
