"""Institutions, needs and programmes of a list: what they become is what the ordinary actions make, one by one."""

from datetime import date
from typing import Any

import pytest

from diaspora_net.accounts.actions.organisations import apply_organisation
from diaspora_net.accounts.models import Membership, Organisation, User
from diaspora_net.core.errors import Conflict
from diaspora_net.core.models import AuditEntry
from engagements.actions.imports.people import confirm_listed
from engagements.actions.needs import NeedSkillEntry, NeedValues, draft_need
from engagements.actions.programmes import create_programme
from engagements.models import Cohort, Eligibility, ListedPerson, Need, NeedTerm, Programme
from engagements.queries.needs import visible_needs
from engagements.queries.programme_settings import ProgrammeValues, values_of
from tests.engagements.imports.lists import checked, codes, imported, states, table
from tests.factories import make_person, make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db
PLACES = ("Nom", "Type", "Ville", "Site web", "Matricule", "Secteur public", "Contact", "Email")
NEEDS = ("Structure", "Intitulé", "Contexte", "Type d'aide", "Heures", "Date limite", "Compétences", "Langue")
PROGRAMMES = ("Projet", "Pays d'origine", "Pays de destination", "Début", "Fin", "Bénéficiaires", "Composante")


def plain(thing: Any, *left_out: str) -> dict[str, Any]:
    """Return every column of a row but those that tell it from others."""
    own = {"id", "reference", "created_at", "applied_at", *left_out}
    return {field.attname: str(getattr(thing, field.attname)) for field in thing._meta.fields if field.name not in own}


def trail(thing: Any) -> list[dict[str, Any]]:
    entries = AuditEntry.objects.filter(noun=thing._meta.label_lower, object_id=str(thing.pk)).order_by("pk")
    return [{"verb": one.verb, "actor": one.actor_id, **one.changes} for one in entries]


def test_thirty_institutions_are_as_thirty_that_applied_but_nobody_owns_them(world: World) -> None:
    rows = [(f"Clinique {n}", "clinique", "Tunis", "example.tn", f"M{n}", "oui", "", "") for n in range(30)]
    run = imported(world.chidi, "organisations", table(PLACES, rows))
    assert states(run) == ["made"] * 30
    owner = make_person("owner@example.org", "Olfa")
    for number in range(30):
        applied = apply_organisation(
            actor=owner,
            name=f"Clinique {number}",
            kind="hospital",
            country="TN",
            city="Tunis",
            time_zone="Africa/Tunis",
            website="https://example.tn",
            registration_number=f"M{number}",
            is_government=True,
        )
        listed = Organisation.objects.get(name=applied.name, memberships__isnull=True)
        assert plain(listed) == plain(applied)
        assert trail(listed) == [
            {
                "verb": "accounts.organisation.listed",
                "actor": world.chidi.pk,
                "country": "TN",
                "through": f"import:{run.reference}",
            }
        ]
    assert set(Organisation.objects.filter(name__startswith="Clinique").values_list("state", flat=True)) == {"applied"}


def test_the_contact_of_an_institution_is_asked_and_owns_it_once_they_confirm(world: World) -> None:
    rows = [("CHU La Rabta", "hôpital", "Tunis", "", "", "", "Leïla Trabelsi", "leila@example.org")]
    imported(world.chidi, "organisations", table(PLACES, rows))
    place = Organisation.objects.get(name="CHU La Rabta")
    assert not Membership.objects.filter(organisation=place).exists()
    user, _was_there = confirm_listed(person=ListedPerson.objects.get())
    membership = Membership.objects.get(organisation=place)
    assert (membership.user, membership.role, user.full_name) == (user, "owner", "Leïla Trabelsi")
    place.refresh_from_db()
    assert place.state == "applied"


def test_only_the_first_who_confirms_owns_an_institution(world: World) -> None:
    rows = [("CHU La Rabta", "hôpital", "Tunis", "", "", "", "Leïla", "leila@example.org")]
    imported(world.chidi, "organisations", table(PLACES, rows))
    place = Organisation.objects.get(name="CHU La Rabta")
    Membership.objects.create(organisation=place, user=world.dana, role="owner")
    with pytest.raises(Conflict):
        confirm_listed(person=ListedPerson.objects.get())
    assert not User.objects.filter(email="leila@example.org").exists()


def test_institutions_are_told_from_those_that_are_here_already(world: World) -> None:
    rows = [
        ("HOPITAL REGIONAL DE JENDOUBA", "hôpital", "", "", "", "", "", ""),
        ("Mairie du Kef", "commune", "", "", "", "", "", ""),
        ("mairie du kef", "commune", "", "", "", "", "", ""),
        ("Laboratoire", "laboratoire", "", "", "", "", "", ""),
    ]
    run = checked(world.chidi, "organisations", table(PLACES, rows))
    assert states(run) == ["twin", "ready", "faulty", "faulty"]
    assert ("name", "same_as_line") in codes(run, 4)
    assert ("kind", "unknown_word") in codes(run, 5)


def test_an_import_writes_only_over_what_nobody_has_taken_over(world: World) -> None:
    first = [("Mairie du Kef", "commune", "Kef", "", "", "", "", ""), ("CHU", "hôpital", "Tunis", "", "", "", "", "")]
    imported(world.chidi, "organisations", table(PLACES, first))
    Membership.objects.create(organisation=Organisation.objects.get(name="CHU"), user=world.dana, role="owner")
    rows = [
        ("Mairie du Kef", "commune", "El Kef", "kef.tn", "", "", "", ""),
        ("CHU", "hôpital", "Sousse", "", "", "", "", ""),
        ("Hôpital régional de Jendouba", "ministère", "Sousse", "", "", "", "", ""),
    ]
    run = imported(world.chidi, "organisations", table(PLACES, rows), twins="update")
    assert states(run) == ["changed", "skipped", "skipped"]
    told = dict(Organisation.objects.filter(country="TN").values_list("name", "city"))
    assert told["Mairie du Kef"] == "El Kef"
    assert (told["CHU"], told["Hôpital régional de Jendouba"]) == ("Tunis", "Jendouba")


def test_thirty_needs_are_as_thirty_drafts_of_their_institution(world: World) -> None:
    concepts = make_vocabulary()
    rows = [
        ("hopital regional de jendouba", f"Need {n}", "Why", "formation", "12", "31/12/2030", "cardiologie", "français")
        for n in range(30)
    ]
    run = imported(world.chidi, "needs", table(NEEDS, rows))
    assert states(run) == ["made"] * 30
    for number in range(30):
        listed = Need.objects.get(title=f"Need {number}")
        values = NeedValues(
            title=f"Need {number}",
            focal_point=world.bereket,
            context="Why",
            kind="training",
            hours=12,
            closes_on=date(2030, 12, 31),
            skills=(NeedSkillEntry(concepts["cardiology"]),),
            languages=(("fr", 4),),
        )
        drafted = draft_need(actor=world.bereket, organisation=world.hospital, values=values)
        assert plain(listed, "created_by") == plain(drafted, "created_by")
        for lists in ("skill_items", "languages"):
            rows_of = [
                [plain(one, "content_object", "need") for one in getattr(need, lists).all()]
                for need in (listed, drafted)
            ]
            assert rows_of[0] == rows_of[1]
        (entry,) = trail(listed)
        assert entry == {
            "verb": "engagements.need.drafted",
            "actor": world.chidi.pk,
            "through": f"import:{run.reference}",
        }
    assert not NeedTerm.objects.exists()
    assert not visible_needs(world.amina).exists()
    assert visible_needs(world.bereket).count() == 60


def test_needs_say_which_institution_is_missing_and_who_does_not_speak(world: World) -> None:
    imported(world.chidi, "organisations", table(PLACES, [("CHU", "hôpital", "", "", "", "", "", "")]))
    rows = [
        ("Nowhere", "One", "", "", "", "", "", ""),
        ("CHU", "Two", "", "", "", "", "", ""),
        (world.hospital.reference, "Three", "", "", "0", "01/01/2001", "", ""),
        ("Hôpital régional de Jendouba", "Four", "", "", "", "", "", ""),
    ]
    run = checked(world.chidi, "needs", table(NEEDS, rows))
    assert states(run) == ["faulty", "faulty", "faulty", "ready"]
    assert codes(run, 2) == [("organisation", "no_organisation")]
    assert codes(run, 3) == [("organisation", "nobody_speaks")]
    assert codes(run, 4) == [("hours", "out_of_range"), ("closes_on", "day_gone")]


def test_days_that_may_be_two_days_are_asked_for_once(world: World) -> None:
    rows = [("Hôpital régional de Jendouba", "One", "", "", "", "03/04/2030", "", "")]
    run = checked(world.chidi, "needs", table(NEEDS, rows))
    assert (run.state, run.problem) == ("mapping", "day_order")
    run = checked(world.chidi, "needs", table(NEEDS, rows), day_order="mdy")
    assert run.rows.get().values["closes_on"] == "2030-03-04"
    rows[0] = (*rows[0][:5], "25/04/2030", "", "")
    assert checked(world.chidi, "needs", table(NEEDS, rows), day_order="mdy").problem == "day_conflict"
    rows[0] = (*rows[0][:5], "03/04/2030", "", "")
    # The answer is kept for the next file with the same headings.
    assert checked(world.chidi, "needs", table(NEEDS, rows)).rows.get().values["closes_on"] == "2030-03-04"


def test_thirty_programmes_are_as_thirty_that_were_set_up(world: World) -> None:
    rows = [
        (f"P{n}", "Tunisie", "Allemagne, France", "2026-01-01", "2027-01-01", "jeunes; femmes", "formation")
        for n in range(30)
    ]
    run = imported(world.chidi, "programmes", table(PROGRAMMES, rows))
    assert states(run) == ["made"] * 30
    for number in range(30):
        listed = Programme.objects.get(name=f"P{number}")
        values = ProgrammeValues(
            name=f"P{number}",
            sides={"DE": "destination", "FR": "destination", "TN": "origin"},
            starts_on=date(2026, 1, 1),
            ends_on=date(2027, 1, 1),
            beneficiary_types=("youth", "women"),
            component="training",
        )
        created = create_programme(actor=world.chidi, country="TN", values=values)
        assert plain(listed) == plain(created)
        assert values_of(listed) == values_of(created)
        assert [plain(one, "programme") for one in Cohort.objects.filter(programme=listed)] == [
            plain(one, "programme") for one in Cohort.objects.filter(programme=created)
        ]
        assert Eligibility.objects.filter(programme=listed).count() == 1
        through = {"through": f"import:{run.reference}"}
        assert trail(listed) == [{**entry, **through} for entry in trail(created)]


def test_labour_pathways_need_their_right_in_a_file_too(world: World) -> None:
    headings = ("Projet", "Type de programme", "Pays")
    run = imported(world.chidi, "programmes", table(headings, [("Nurses", "labour pathway", "Tunisie")]))
    assert states(run) == ["skipped"]
    assert run.rows.get().reason == "pathway_right"
    assert not Programme.objects.exists()
