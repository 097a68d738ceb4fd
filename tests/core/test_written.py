"""Statements that the ORM writes once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, DateTimeField, Exists, ExpressionWrapper, OuterRef, Value

from diaspora_net.accounts.models import User
from diaspora_net.core import statements
from diaspora_net.core.written import NOW, Asked, among, written
from tests.factories import make_person

pytestmark = pytest.mark.django_db
ODD = "100% 'of' %s, {x} and %(now)s"


def test_a_written_statement_says_what_the_query_says_with_other_values() -> None:
    people = [make_person(f"{name}@example.org", f"{name} {ODD}", language=name) for name in ("en", "fr", "ar")]

    def rows(languages: object, odd: object) -> object:
        same = User.objects.filter(among("language", languages), pk=OuterRef("pk"), joined_at__lt=NOW)
        joined = User.objects.filter(Exists(same), full_name__endswith=ODD).order_by("pk")
        first = ExpressionWrapper(NOW - Value(timedelta(days=1)), DateTimeField())
        return joined.annotate(odd=odd, first=first).values_list("pk", "odd", "first")

    text = written(rows(Asked("languages", ArrayField(CharField())), Asked("odd", CharField())))
    for languages, days in ((["en"], 0), (["ar", "fr"], 2), ([], 3)):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=False):
            params: statements.Params = {"languages": languages, "odd": ODD, "now": datetime.now(UTC)}
            found = statements.rows(text, params)
            assert found == list(rows(languages, Value(ODD)))
            assert [pk for pk, *_ in found] == [one.pk for one in people if one.language in languages]
