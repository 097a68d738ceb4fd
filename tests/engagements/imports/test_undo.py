"""Taking an import back: what nobody has gone on with goes, the rest is kept and says why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from diaspora_net.accounts.models import Membership, Organisation
from diaspora_net.core.errors import Conflict, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.casework import write_note
from engagements.actions.imports.files import discard, run_import, take_back
from engagements.actions.imports.mails import forget_old_lists
from engagements.actions.imports.people import confirm_listed
from engagements.actions.imports.sweep import work_due_imports
from engagements.actions.needs import draft_need, submit_need
from engagements.actions.programmes import change_programme
from engagements.models import Cohort, Import, ImportFile, ImportRow, ListedPerson, Need, NeedSkill, Programme
from engagements.queries.programme_settings import ProgrammeValues, values_of
from mentors.models import ExpertProfile
from tests.engagements.imports.lists import EXPERTS, bring, checked, expert_rows, imported, states, table
from tests.factories import need_values
from tests.world import World

pytestmark = pytest.mark.django_db
PLACES = ("Nom", "Type", "Ville", "Email")
NEEDS = ("Structure", "Intitulé", "Contexte", "Compétences", "Langue", "Date limite")


def taken_back(world: World, run: Import) -> list[tuple[str, str]]:
    take_back(actor=world.chidi, run=run)
    work_due_imports()
    run.refresh_from_db()
    assert run.state == "undone"
    return list(ImportRow.objects.filter(run=run).order_by("number").values_list("state", "reason"))


def test_experts_who_have_confirmed_stay_and_the_others_go(world: World) -> None:
    run = imported(world.chidi, "experts", table(EXPERTS, expert_rows(3)))
    confirm_listed(person=ListedPerson.objects.get(email="expert1@example.org"))
    assert taken_back(world, run) == [("undone", ""), ("kept", "confirmed"), ("undone", "")]
    assert ListedPerson.objects.filter(state="waiting").count() == 0
    assert ExpertProfile.objects.filter(user__email="expert1@example.org").exists()
    assert AuditEntry.objects.filter(verb="engagements.import.person_removed").count() == 2


def test_institutions_that_people_have_gone_on_with_stay(world: World) -> None:
    rows = [(f"CHU {n}", "hôpital", "Tunis", f"c{n}@example.org") for n in range(4)]
    run = imported(world.chidi, "organisations", table(PLACES, rows))
    places = list(Organisation.objects.filter(name__startswith="CHU").order_by("name"))
    write_note(actor=world.chidi, thing=places[0], text="Called them.")
    confirm_listed(person=ListedPerson.objects.get(organisation=places[1]), told={"full_name": "Leïla"})
    Membership.objects.create(organisation=places[2], user=world.bereket, role="owner")
    draft_need(actor=world.bereket, organisation=places[2], values=need_values(world.bereket))
    assert taken_back(world, run) == [
        ("kept", "gone_on_with"),
        ("kept", "has_people"),
        ("kept", "has_needs"),
        ("undone", ""),
    ]
    assert Organisation.objects.filter(name__startswith="CHU").count() == 3
    assert not ListedPerson.objects.filter(email="c3@example.org").exists()


def test_needs_that_were_sent_stay_and_drafts_go(world: World) -> None:
    rows = [(world.hospital.name, f"Need {n}", "", "cardiologie", "fr", "") for n in range(2)]
    run = imported(world.chidi, "needs", table(NEEDS, rows))
    submit_need(actor=world.bereket, need=Need.objects.get(title="Need 0"))
    assert taken_back(world, run) == [("kept", "gone_on_with"), ("undone", "")]
    assert Need.objects.get().state == "submitted"


def test_programmes_that_were_changed_stay_and_the_others_go_with_their_cohorts(world: World) -> None:
    run = imported(world.chidi, "programmes", table(("Projet", "Pays"), [("A", "Tunisie"), ("B", "Tunisie")]))
    kept = Programme.objects.get(name="A")
    values = ProgrammeValues(name="A", sides={"TN": "origin"}, summary="Ours now")
    change_programme(actor=world.chidi, programme=kept, values=values)
    assert taken_back(world, run) == [("kept", "gone_on_with"), ("undone", "")]
    assert [one.programme for one in Cohort.objects.all()] == [kept]


def test_what_an_import_changed_becomes_again_what_it_was(world: World) -> None:
    imported(world.chidi, "organisations", table(PLACES, [("CHU", "hôpital", "Tunis", "")]))
    first = (world.hospital.name, "One", "Before", "cardiologie", "fr", "31/12/2030")
    imported(world.chidi, "needs", table(NEEDS, [first]))
    imported(world.chidi, "programmes", table(("Projet", "Pays", "Début"), [("P", "Tunisie", "2026-01-01")]))
    imported(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    before = _everything()
    second = (world.hospital.name, "One", "After", "train nurses; negotiation", "ar", "30/11/2030")
    changes = [
        imported(world.chidi, "organisations", table(PLACES, [("CHU", "clinique", "Sfax", "")]), twins="update"),
        imported(world.chidi, "needs", table(NEEDS, [second]), twins="update"),
        imported(
            world.chidi,
            "programmes",
            table(("Projet", "Pays", "Début"), [("P", "Tunisie, Maroc", "2026-02-01")]),
            twins="update",
        ),
        imported(
            world.chidi, "experts", table(EXPERTS, [("New name", "expert0@example.org", "DE", "", "")]), twins="update"
        ),
    ]
    assert [states(run) for run in changes] == [["changed"]] * 4
    after = _everything()
    assert all(one != other for one, other in zip(before, after, strict=True))
    for run in reversed(changes):
        assert taken_back(world, run) == [("undone", "")]
    assert _everything() == before


def _everything() -> list[object]:
    need = Need.objects.get()
    skills = list(NeedSkill.objects.filter(content_object=need).values_list("tag__slug", "strength", "position"))
    return [
        Organisation.objects.filter(name="CHU").values("name", "kind", "city").get(),
        (need.context, need.closes_on, skills, list(need.languages.values_list("language", "level"))),
        values_of(Programme.objects.get()),
        ListedPerson.objects.values("email", "details", "run").get(),
    ]


def test_an_older_change_is_not_taken_back_over_a_newer_one(world: World) -> None:
    run = imported(world.chidi, "organisations", table(PLACES, [("CHU", "hôpital", "Tunis", "")]))
    later = imported(world.chidi, "organisations", table(PLACES, [("CHU", "hôpital", "Sfax", "")]), twins="update")
    assert taken_back(world, run) == [("kept", "gone_on_with")]
    assert taken_back(world, later) == [("undone", "")]
    assert Organisation.objects.get(name="CHU").city == "Tunis"


def test_an_import_is_taken_back_for_thirty_days_only(world: World) -> None:
    run = imported(world.chidi, "organisations", table(PLACES, [("CHU", "hôpital", "Tunis", "")]))
    Import.objects.update(brought_at=timezone.now() - timedelta(days=30, minutes=1))
    forget_old_lists()
    run.refresh_from_db()
    with pytest.raises(Conflict):
        take_back(actor=world.chidi, run=run)
    assert Organisation.objects.filter(name="CHU").exists()


def test_what_was_not_run_cannot_be_taken_back_but_thrown_away(world: World) -> None:
    run = checked(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    with pytest.raises(Conflict):
        take_back(actor=world.chidi, run=run)
    discard(actor=world.chidi, run=run)
    run.refresh_from_db()
    assert (run.state, run.sheets) == ("discarded", [])
    assert not ImportRow.objects.exists()
    assert not ImportFile.objects.exists()
    with pytest.raises(Conflict):
        run_import(actor=world.chidi, run=run)


def test_nobody_else_takes_an_import_back(world: World) -> None:
    run = imported(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    for actor in (world.dana, world.bereket):
        with pytest.raises(NotAllowed):
            take_back(actor=actor, run=run)
    with pytest.raises(Conflict):
        discard(actor=world.chidi, run=run)
    run.refresh_from_db()
    assert run.state == "done"


def test_an_unread_file_is_thrown_away_by_itself_after_thirty_days(world: World) -> None:
    run = bring(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    Import.objects.update(brought_at=timezone.now() - timedelta(days=31))
    assert forget_old_lists() == 1
    run.refresh_from_db()
    assert run.state == "discarded"
    assert not ImportFile.objects.exists()
