"""Experts of a list: checked row by row, asked by e-mail, and nobody's business before they have said yes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.imports.files import name_words, run_import
from engagements.actions.imports.mails import forget_old_lists, send_listed_mails
from engagements.actions.imports.people import confirm_listed, delete_listed
from engagements.actions.imports.sweep import work_due_imports
from engagements.models import Import, ImportFile, ImportRow, ImportWord, ListedPerson, ListRefusal
from engagements.payloads.listed import listed_token
from mentors.actions import profiles
from mentors.actions.profiles import SkillEntry
from mentors.models import ExpertProfile, MatchFacts, Posting
from mentors.queries.profiles import visible_profiles
from tests.engagements.imports.lists import EXPERTS, bring, checked, codes, expert_rows, imported, states, table
from tests.factories import make_person, make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]


def test_each_row_says_what_is_wrong_and_only_whole_ones_are_imported(world: World) -> None:
    rows = [
        *expert_rows(2),
        ("", "nowhere", "Atlantis", "", "klingon"),
        ("Amina B.", "AMINA@example.org", "France", "cardiologie", "fr"),
        ("Somebody", "expert1@example.org", "", "", ""),
        ("Amina Ben Salah", "other@example.org", "France", "cardiologie", "fr"),
    ]
    run = checked(world.chidi, "experts", table(EXPERTS, rows))
    assert run.state == "checked"
    assert states(run) == ["ready", "ready", "faulty", "twin", "faulty", "ready"]
    assert set(codes(run, 4)) == {
        ("email", "no_address"),
        ("residence", "unknown_word"),
        ("languages", "unknown_word"),
        ("full_name", "missing"),
        ("skills", "asked_later"),
    }
    assert ("email", "same_as_line") in codes(run, 6)
    assert codes(run, 7) == [("full_name", "same_name")]
    assert not ListedPerson.objects.exists()
    run_import(actor=world.chidi, run=run)
    work_due_imports()
    assert states(run) == ["made", "made", "faulty", "skipped", "faulty", "made"]
    assert sorted(ListedPerson.objects.values_list("email", flat=True)) == [
        "expert0@example.org",
        "expert1@example.org",
        "other@example.org",
    ]


def test_an_account_outside_the_coordinators_sight_is_not_told_of(world: World) -> None:
    """Whoever brings a list of addresses learns of nobody they do not see anyway."""
    make_person("secret@example.org", "Somebody else")
    run = imported(world.chidi, "experts", table(EXPERTS, [("A", "secret@example.org", "France", "", "fr")]))
    unknown = imported(world.chidi, "experts", table(EXPERTS, [("A", "unknown@example.org", "France", "", "fr")]))
    assert states(run) == states(unknown) == ["made"]
    assert codes(run, 2) == codes(unknown, 2)


def test_nobody_is_shown_or_can_sign_in_before_they_confirm(world: World) -> None:
    before = ExpertProfile.objects.count(), Posting.objects.count(), User.objects.count()
    imported(world.chidi, "experts", table(EXPERTS, expert_rows(3)))
    assert (ExpertProfile.objects.count(), Posting.objects.count(), User.objects.count()) == before
    assert visible_profiles(world.bereket).count() == 1


def test_thirty_who_confirm_are_as_thirty_who_came_by_themselves(world: World) -> None:
    concepts = make_vocabulary()
    imported(world.chidi, "experts", table(EXPERTS, expert_rows(30)))
    for person in ListedPerson.objects.order_by("pk"):
        user, was_there = confirm_listed(person=person)
        assert not was_there
        assert not user.has_usable_password()
    by_list = ExpertProfile.objects.filter(user__email__startswith="expert").order_by("pk")
    by_hand = [_alone(number, concepts) for number in range(30)]
    assert len(by_list) == 30
    for listed, alone in zip(by_list, by_hand, strict=True):
        assert _told(listed) == _told(alone)
    assert visible_profiles(world.bereket).count() == 61


def _alone(number: int, concepts: dict[str, object]) -> ExpertProfile:
    user = make_person(f"alone{number}@example.org", f"Expert {number}", time_zone="Europe/Paris")
    profile = profiles.start_profile(actor=user)
    values = {"headline": "", "residence": "FR", "city": "", "origins": ["TN"]}
    profile = profiles.save_identity(actor=user, profile=profile, full_name=user.full_name, **values)
    skills = [SkillEntry(concepts[slug], 2) for slug in ("cardiology", "training-nurses")]
    profiles.save_skills(actor=user, profile=profile, skills=skills)
    profiles.save_languages(actor=user, profile=profile, languages=[("fr", 5), ("ar", 4)])
    profiles.save_giving(
        actor=user,
        profile=profile,
        hours_per_month=4,
        modalities=["remote"],
        kinds=["mentoring", "advisory"],
        capacity=2,
        audience="organisations",
        time_zone="Europe/Paris",
        availability=(),
    )
    return profiles.publish_profile(actor=user, profile=profile)


def _told(profile: ExpertProfile) -> object:
    """Return everything of a profile that does not name it: its rows, what matching reads, its trail, its account."""
    own = {name: getattr(profile, name) for name in ("state", "audience", "headline", "about", "city", "capacity")}
    entries = AuditEntry.objects.filter(noun="mentors.expertprofile", object_id=str(profile.pk)).order_by("pk")
    facts = MatchFacts.objects.get(expert=profile)
    return (
        own,
        str(profile.residence),
        profile.modalities,
        profile.kinds,
        list(profile.origins.values_list("country", "position")),
        list(profile.skill_items.order_by("tag").values_list("tag", "level", "years", "recognition")),
        list(profile.languages.values_list("language", "level")),
        sorted(Posting.objects.filter(expert=profile).values_list("skill", "origin", "flags", "weight")),
        (facts.is_hidden, facts.hours_per_month, facts.languages, facts.origins, facts.skills, facts.hours),
        [(entry.verb, {k: v for k, v in entry.changes.items() if k != "through"}) for entry in entries],
        (profile.user.full_name, profile.user.time_zone, profile.user.is_active),
        list(profile.user.emailaddress_set.values_list("verified", "primary")),
    )


def test_the_mail_says_who_has_what_from_where_and_leads_to_both_answers(world: World, as_person: AsPerson) -> None:
    imported(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    assert send_listed_mails() == 1
    assert send_listed_mails() == 0
    (letter,) = mail.outbox
    assert letter.to == ["expert0@example.org"]
    for words in ("Forum of 2023", "Ministry of Migration", "Chidi Okafor", "They agreed to it", "/listed/"):
        assert words in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    person = ListedPerson.objects.get()
    client, address = Client(), f"/listed/{listed_token(person)}/"
    html = client.get(address).content.decode()
    for words in ("Expert 0", "France", "cardiology", "Forum of 2023"):
        assert words in html
    person.refresh_from_db()
    assert person.state == "waiting"
    assert "Your profile is made" in client.post(address, {"confirm": "1"}).content.decode()
    profile = ExpertProfile.objects.get(user__email="expert0@example.org")
    assert profile.state == "published"
    assert "You have confirmed this already" in client.get(address).content.decode()
    person.refresh_from_db()
    assert (person.details, person.email) == ({}, "")
    assert ImportRow.objects.get().cells == []


def test_what_the_list_leaves_out_is_asked_when_they_confirm(world: World) -> None:
    imported(world.chidi, "experts", table(EXPERTS, [("Amal", "amal@example.org", "", "cardiologie", "")]))
    address = f"/listed/{listed_token(ListedPerson.objects.get())}/"
    answer = Client().post(address, {"confirm": "1"})
    assert answer.status_code == 422
    assert not User.objects.filter(email="amal@example.org").exists()
    Client().post(address, {"confirm": "1", "residence": "DE"})
    profile = ExpertProfile.objects.get(user__email="amal@example.org")
    assert (profile.state, str(profile.residence)) == ("draft", "DE")


@pytest.mark.parametrize("data", [{"delete": "1"}, {"List-Unsubscribe": "One-Click"}])
def test_deleting_deletes_everywhere_and_for_good(world: World, data: dict[str, str]) -> None:
    run = imported(world.chidi, "experts", table(EXPERTS, expert_rows(2)))
    person = ListedPerson.objects.get(email="expert0@example.org")
    address = f"/listed/{listed_token(person)}/"
    assert "no list can name you here again" in Client().post(address, data).content.decode()
    assert "Nothing the list said of you is kept" in Client().get(address).content.decode()
    assert not ListedPerson.objects.filter(pk=person.pk).exists()
    assert not ImportFile.objects.filter(run=run).exists()
    row = ImportRow.objects.get(run=run, number=2)
    assert (row.cells, row.values, row.key, row.state) == ([], {}, "", "made")
    assert ImportRow.objects.get(run=run, number=3).cells != []
    again = checked(world.chidi, "experts", table(EXPERTS, expert_rows(2)))
    assert codes(again, 2) == [("email", "refused_lists")]
    assert "example" not in ListRefusal.objects.get().mark


def test_who_has_an_account_keeps_it_as_it_is(world: World) -> None:
    dana = world.dana
    imported(
        world.chidi, "experts", table(EXPERTS, [("Other name", "DANA@example.org", "France", "cardiologie", "fr")])
    )
    user, was_there = confirm_listed(person=ListedPerson.objects.get())
    dana.refresh_from_db()
    assert (user, was_there, dana.full_name) == (dana, True, "Dana Weiss")
    assert not ExpertProfile.objects.filter(user=dana).exists()
    with pytest.raises(Conflict):
        confirm_listed(person=ListedPerson.objects.get())


def test_who_does_not_answer_is_reminded_once_and_deleted_when_the_time_is_over(world: World) -> None:
    imported(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    send_listed_mails()
    ListedPerson.objects.update(mail_at=timezone.now() - timedelta(seconds=1))
    assert send_listed_mails() == 1
    ListedPerson.objects.filter(mail_at__isnull=False).update(mail_at=timezone.now())
    assert send_listed_mails() == 0
    assert forget_old_lists() == 0
    past = timezone.now() - timedelta(days=31)
    ListedPerson.objects.update(listed_at=past, expires_at=past + timedelta(days=30))
    with pytest.raises(Conflict):
        confirm_listed(person=ListedPerson.objects.get())
    assert forget_old_lists() == 1
    assert not ListedPerson.objects.exists()
    assert ImportRow.objects.get().cells == []
    assert not ListRefusal.objects.exists()


def test_a_file_is_forgotten_after_thirty_days_and_where_it_came_from_stays(world: World) -> None:
    run = imported(world.chidi, "experts", table(EXPERTS, expert_rows(2)))
    assert forget_old_lists() == 0
    Import.objects.update(brought_at=timezone.now() - timedelta(days=30, minutes=1))
    assert forget_old_lists() == 1
    run.refresh_from_db()
    assert (run.source, run.forgotten_at is not None, run.sheets) == ("Forum of 2023", True, [])
    assert not ImportFile.objects.exists()
    assert not ImportWord.objects.exists()
    assert set(ImportRow.objects.values_list("state", flat=True)) == {"made"}
    assert all(row.cells == [] and row.values == {} for row in ImportRow.objects.all())


def test_words_are_named_once_and_remembered_for_the_next_file(world: World) -> None:
    concept = make_vocabulary()["grid-operation"]
    rows = [(f"E{n}", f"e{n}@example.org", "Frankreich", "Stromnetze; cardiologies", "fr") for n in range(3)]
    run = checked(world.chidi, "experts", table(EXPERTS, rows))
    words = {(word.column, word.shown): word for word in run.words.all()}
    assert words["skills", "cardiologies"].skills == [make_vocabulary()["cardiology"].pk]
    assert (words["skills", "Stromnetze"].skills, words["skills", "Stromnetze"].count) == ([], 3)
    assert states(run) == ["faulty"] * 3
    meanings = {words["skills", "Stromnetze"].pk: concept.pk, words["residence", "Frankreich"].pk: "FR"}
    assert name_words(actor=world.chidi, run=run, meanings=meanings) == 2
    work_due_imports()
    assert states(run) == ["ready"] * 3
    run.refresh_from_db()
    run_import(actor=world.chidi, run=run)
    work_due_imports()
    assert all(concept.pk in person.details["skills"] for person in ListedPerson.objects.all())
    other = checked(world.chidi, "experts", table(EXPERTS, [("X", "x@example.org", "Frankreich", "Stromnetze", "fr")]))
    assert states(other) == ["ready"]
    assert other.words.get(column="skills").skills == [concept.pk]


def test_words_of_another_kind_are_refused(world: World) -> None:
    run = checked(world.chidi, "experts", table(EXPERTS, [("X", "x@example.org", "Nowhere", "nothing", "fr")]))
    words = {word.column: word.pk for word in run.words.all()}
    said = {words["skills"]: 987654, words["residence"]: "XX"}
    assert name_words(actor=world.chidi, run=run, meanings=said) == 0


def test_only_coordinators_of_the_country_bring_its_lists(world: World) -> None:
    for actor, country in ((world.chidi, "SN"), (world.bereket, "TN"), (world.dana, "TN")):
        with pytest.raises(NotAllowed):
            bring(actor, "experts", table(EXPERTS, expert_rows(1)), country=country)
    assert not Import.objects.exists()


def test_who_loses_the_remit_imports_nothing_more(world: World) -> None:
    run = checked(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    run_import(actor=world.chidi, run=run)
    world.chidi.remits.update(ended_at=timezone.now())
    work_due_imports()
    run.refresh_from_db()
    assert (run.state, run.problem) == ("failed", "no_longer_allowed")
    assert not ListedPerson.objects.exists()


def test_the_trail_holds_the_file_and_its_hash(world: World, as_person: AsPerson) -> None:
    run = bring(world.chidi, "experts", table(EXPERTS, expert_rows(1)), name="../Liste 2023.csv")
    entry = AuditEntry.objects.get(verb="engagements.import.brought")
    assert (entry.actor, entry.object_id) == (world.chidi, str(run.pk))
    assert entry.changes["file"] == "Liste 2023.csv"
    assert entry.changes["sha256"] == run.file_hash
    assert len(run.file_hash) == 64
    html = as_person(world.chidi).get("/desk/acts/").content.decode()
    assert f'href="/desk/imports/{run.reference}/"' in html
    assert "Liste 2023.csv" in html


def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        bring(world.chidi, "experts", b"%PDF-1.7")
    assert "XLSX or CSV" in refused.value.fields["file"]
    assert not Import.objects.exists()


def test_deleting_twice_does_nothing_more(world: World) -> None:
    imported(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    person = ListedPerson.objects.get()
    delete_listed(person=person)
    delete_listed(person=person)
    assert ListRefusal.objects.count() == 1
