"""Organisations that look like another are flagged, whatever letters they use, and nothing is refused for it."""

import pytest
from django.db import connection

from diaspora_net.accounts.actions.organisations import apply_organisation
from diaspora_net.accounts.models import Organisation, User
from diaspora_net.accounts.queries.look_alikes import KINDS, look_alikes_of, near_ones, plainly
from diaspora_net.core.models import AuditEntry
from messaging.models import Notification
from tests.factories import make_person
from tests.world import World

pytestmark = pytest.mark.django_db


def place(owner: User, name: str, website: str = "", country: str = "TN") -> Organisation:
    return apply_organisation(actor=owner, name=name, kind="hospital", country=country, website=website)


def reasons(one: Organisation) -> dict[str, tuple[str, ...]]:
    one.refresh_from_db()
    return {found.organisation.name: found.reasons for found in look_alikes_of(one)}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Hôpital régional de Jendouba", "the same name"),
        ("HOPITAL REGIONAL DE JENDOUBA", "the same name in other letters"),
        ("Hôpitаl régionаl de Jendoubа", "the same name in other letters"),  # three Cyrillic а
        ("Hôpitaι régionaι de Jendouba", "the same name in other letters"),  # two Greek iota
        ("Hôpita1 régional de Jend0uba", "the same name in other letters"),
        ("Hôpital\u200b régional, de Jendouba", "the same name in other letters"),
        ("Hôpital régionnal de Jendoubba", "a similar name"),
        ("Hôpital de Jendouba", "a similar name"),
    ],
)
def test_names_that_look_like_another_are_told_with_the_reason(world: World, name: str, reason: str) -> None:
    assert reasons(place(world.dana, name)) == {"Hôpital régional de Jendouba": (reason,)}


@pytest.mark.parametrize(
    "name", ["Hôpital régional de Kasserine", "Lycée technique de Béja", "Clinique de Tabarka", "Ministère de la santé"]
)
def test_names_that_only_share_what_many_share_are_not_told(world: World, name: str) -> None:
    assert reasons(place(world.dana, name)) == {}


@pytest.mark.parametrize(
    "name", ["مستشفي جندوبه الجهوي", "المستشفى الجهوي بجندوبة", "مستشفى جندوبــة الجهوي", "مُستشفى جندوبة الجهوي"]
)
def test_arabic_forms_are_one(world: World, name: str) -> None:
    first = place(make_person("one@example.org", "One"), "مستشفى جندوبة الجهوي")
    assert first.name in reasons(place(world.dana, name))


@pytest.mark.parametrize(
    ("website", "reason"),
    [
        ("https://sante.tn/en", "the same website"),
        ("http://www.SANTE.tn:8080", "the same website"),
        ("https://sаnte.tn/", "the same website"),  # a Cyrillic а
        ("https://xn--snte-53d.tn/", "the same website"),  # the same, encoded
        ("https://santee.tn", "a website that differs by a letter or two"),
    ],
)
def test_websites_that_look_like_another_are_told(world: World, website: str, reason: str) -> None:
    place(make_person("one@example.org", "One"), "Office of public health", "https://www.sante.tn/fr/")
    assert reasons(place(world.dana, "Quite another thing", website)) == {"Office of public health": (reason,)}


def test_nothing_is_refused_and_the_coordinator_is_told(world: World) -> None:
    twin = place(world.dana, "Hôpital régional de Jendоuba")
    entry = AuditEntry.objects.get(verb="accounts.organisation.applied", object_id=str(twin.pk))
    assert entry.changes["look_alikes"] == [world.hospital.pk]
    told = Notification.objects.get(user=world.chidi, event_key=f"organisation-applied:{twin.pk}")
    assert "looks like another" in told.text


def test_case_page_tells_it(world: World, as_person) -> None:  # type: ignore[no-untyped-def]
    twin = place(world.dana, "Hopital regional de Jendouba")
    html = as_person(world.chidi).get(f"/desk/organisations/{twin.reference}/").content.decode()
    assert "the same name in other letters" in html


def test_words_of_kinds_are_written_as_the_database_writes_them() -> None:
    with connection.cursor() as cursor:
        for word in ("hospital", "municipal", "1nternat10nal", "vvest", "modern"):
            cursor.execute("SELECT accounts_likeness(%s)", [word])
            assert cursor.fetchone() == (plainly(word),)
        assert plainly("hospital") in KINDS


def test_look_alikes_are_found_by_the_indexes(world: World) -> None:
    """Among thousands the plan reads neither the whole table nor anything twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_organisation (reference, name, kind, country, city, time_zone, website, "
            "registration_number, about, is_government, state, created_at, applied_at) SELECT 'many' || n, "
            "md5(n::text) || ' ' || md5((n * 7)::text), 'ngo', 'TN', '', 'UTC', 'https://' || md5(n::text) || '.org', "
            "'', '', false, 'applied', now(), now() FROM generate_series(1, 40000) n"
        )
        cursor.execute("ANALYZE accounts_organisation")
    twin = place(world.dana, "Hopital regional de Jendouba", "https://sante.tn")
    twin.refresh_from_db()
    plan = near_ones(twin).explain()
    assert "organisation_name_likeness" in plan
    assert "organisation_host_likeness" in plan
    assert "Seq Scan" not in plan
    assert [found.organisation for found in look_alikes_of(twin)] == [world.hospital]
