"""What the coordinator's pages ask of the database: the same for one thing of each kind, three, and some thousands."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.models import User
from engagements.models import ClosedPeriod, DonorReport
from tests.bench.desk import load

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]
PAGES = {
    "/desk/": 9,
    "/desk/?only=check": 9,
    "/desk/news/?since=2020-01-01T00:00:00Z": 4,
    "/desk/pipeline/": 13,
    "/desk/pipeline/?of=needs": 13,
    "/desk/pipeline/?of=organisations": 13,
    "/desk/pipeline/?as=board": 13,
    "/desk/pipeline/?of=needs&as=board": 14,
    "/desk/pipeline/?as=calendar": 12,
    "/desk/donor-reports/": 9,
    "/desk/donor-reports/numbers/?about=TN&starts_on=2020-01-01&ends_on=2040-12-31": 28,
}


def write_reports(chidi: User, number: int) -> None:
    """Write reports and closed periods straight into the tables."""
    ClosedPeriod.objects.create(
        country="TN",
        starts_on=date(2020, 1, 1),
        ends_on=date(2020, 3, 31),
        figures={},
        definitions={},
        closed_by=chidi,
    )
    DonorReport.objects.bulk_create(
        DonorReport(title=f"Report {one}", country="TN", created_by=chidi) for one in range(number)
    )


@pytest.mark.parametrize("items", [3, 9, 5000], ids=["one of each", "three of each", "5,000"])
def test_pages_of_coordinators_ask_the_same_however_much_there_is(
    as_person: AsPerson, django_assert_num_queries: DjangoAssertNumQueries, items: int
) -> None:
    chidi = load(items)
    write_reports(chidi, items // 3)
    client = as_person(chidi)
    for page, queries in PAGES.items():
        assert client.get(page).status_code == 200, page
        with django_assert_num_queries(queries, info=page):
            client.get(page)
