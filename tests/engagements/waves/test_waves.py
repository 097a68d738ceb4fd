"""Mapping waves: who may run them, who is told, what is kept, taken back, counted and deleted."""

import csv
import gzip
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from diaspora_net.accounts.models import Organisation, User
from diaspora_net.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from diaspora_net.core.mails import TRIES
from diaspora_net.core.models import AuditEntry
from diaspora_net.core.suppression import TOTAL, Dim, Published
from engagements.actions import waves as actions
from engagements.actions.wave_answers import Given, begin_profile, change_answers, give_answers, withdraw_answers
from engagements.actions.wave_sweeps import close_due_waves, erase_due_waves, send_wave_mails, tell_due_waves
from engagements.forms.waves import new_key, parts_of
from engagements.models import MappingAnswer, MappingWave
from engagements.payloads.published_wave import NO_ANSWER, Offered, publish_wave
from engagements.queries.waves import answer_token
from engagements.states.wave_questions import BANK
from engagements.states.waves import DataType
from messaging.models import Notification
from tests.core.attacker import Attacker
from tests.engagements.waves.story import answer, answered_by, closed_survey, open_survey, today, wave_values
from tests.factories import make_expert, make_person
from tests.threads import at_once
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def url(name: str, *args: object) -> str:
    return reverse(f"engagements:{name}", args=args)


def sent(**answers: Any) -> dict[str, Any]:
    """Return a form as a browser sends it."""
    return {"key": new_key(), "agree_results": "on", **{f"q_{code}": value for code, value in answers.items()}}


# The bank


def test_the_bank_covers_the_five_data_types() -> None:
    assert {question.data_type for question in BANK.values()} == set(DataType)
    for question in BANK.values():
        codes = [code for code, _label in question.choices]
        assert len(codes) == len(set(codes))
        assert (not codes) == (question.code == "residence")
        assert len(question.code) <= 20


def test_own_questions_are_blocks_of_lines() -> None:
    text = "Which region?\n North \nSouth\n\n\nWhich year?\r\n1990\r\n2000"
    assert parts_of(text) == [("Which region?", ["North", "South"]), ("Which year?", ["1990", "2000"])]


# Preparing and opening


def test_only_coordinators_of_the_country_run_its_surveys(world: World) -> None:
    wave = actions.draft_wave(actor=world.chidi, country="TN", values=wave_values())
    for actor, country in ((world.chidi, "GH"), (world.amina, "TN"), (world.bereket, "TN")):
        with pytest.raises(NotAllowed):
            actions.draft_wave(actor=actor, country=country, values=wave_values())
    with pytest.raises(NotAllowed):
        actions.open_wave(actor=world.amina, wave=wave)
    assert MappingWave.objects.count() == 1
    wave.refresh_from_db()
    assert wave.state == "draft"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closes_on": today() - timedelta(days=1)}, "closes_on"),
        ({"keep_until": today()}, "keep_until"),
        ({"keep_until": today() + timedelta(days=2000)}, "keep_until"),
        ({"questions": ["nonsense"]}, "questions"),
        ({"asks": []}, "asks"),
        ({"consent": "  "}, "consent"),
        ({"title": ""}, "title"),
        ({"own_questions": [("One?", ["only"])]}, "own_questions"),
        ({"own_questions": [("Twice?", ["a", "a"])]}, "own_questions"),
        ({"own_questions": [(f"{number}?", ["a", "b"]) for number in range(4)]}, "own_questions"),
    ],
)
def test_a_wave_that_makes_no_sense_is_refused(world: World, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.draft_wave(actor=world.chidi, country="TN", values=wave_values(**changes))
    assert field in refused.value.fields
    assert not MappingWave.objects.exists()


def test_an_open_wave_keeps_its_questions_and_each_consent_text(world: World) -> None:
    wave = open_survey(world)
    first = answer(wave, residence="FR")
    with pytest.raises(Conflict):
        actions.change_wave(actor=world.chidi, wave=wave, values=wave_values(questions=["visits"]))
    later = today() + timedelta(days=30)
    wave = actions.amend_wave(actor=world.chidi, wave=wave, consent="Clearer words.", closes_on=later)
    second = answer(wave, residence="DE")
    assert (first.consent_version, second.consent_version, wave.consent_version) == (1, 2, 2)
    assert [one["text"] for one in wave.consents][1] == "Clearer words."
    assert wave.closes_on == later


def test_experts_and_associations_are_told_once(world: World) -> None:
    Organisation.objects.filter(pk=world.hospital.pk).update(kind="ngo")
    gifty = make_person("gifty@example.org", "Gifty", join_role="expert")
    make_expert(gifty, skills={"cardiology": (3, 3)}, origins=("GH",))
    wave = open_survey(world)
    assert tell_due_waves() == 2
    assert tell_due_waves() == 0
    told = Notification.objects.filter(verb="engagements.wave.asked")
    assert {(one.user_id, one.url) for one in told} == {
        (world.amina.pk, f"{url('wave-answer', wave.reference)}?by=experts"),
        (world.bereket.pk, f"{url('wave-answer', wave.reference)}?by=associations"),
    }


def test_experts_are_told_part_by_part(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engagements.actions.wave_sweeps.TOLD_AT_ONCE", 2)
    for number in range(4):
        person = make_person(f"more{number}@example.org", f"More {number}", join_role="expert")
        make_expert(person, skills={"cardiology": (4, 9)})
    open_survey(world, asks=["experts"])
    assert [tell_due_waves() for _ in range(4)] == [2, 2, 1, 0]
    assert Notification.objects.filter(verb="engagements.wave.asked").count() == 5


def test_nobody_is_told_of_a_survey_for_the_link_or_of_one_to_come(world: World) -> None:
    open_survey(world, asks=["link"])
    open_survey(world, opens_on=today() + timedelta(days=2))
    assert tell_due_waves() == 0


# Answering


def test_answers_are_kept_as_codes_that_the_wave_offers(world: World) -> None:
    wave = open_survey(world)
    kept = answer(wave, residence="FR", willing=["training", "nonsense"], age="25_49", own_1="1", hours=["3_5", "6_10"])
    assert kept.answers == {"residence": ["FR"], "willing": ["training"], "own_1": ["1"], "hours": ["3_5"]}
    assert not AuditEntry.objects.filter(verb__startswith="engagements.wave.answer").exists()


def test_nothing_is_kept_without_consent_or_answers(world: World) -> None:
    wave = open_survey(world)
    with pytest.raises(Invalid):
        answer(wave, agreed=(), residence="FR")
    with pytest.raises(Invalid):
        answer(wave, agreed=("again",), residence="FR")
    with pytest.raises(Invalid):
        answer(wave, residence="")
    assert not MappingAnswer.objects.exists()


def test_the_database_refuses_an_answer_without_consent_or_to_a_closed_wave(world: World) -> None:
    wave = open_survey(world)
    with pytest.raises(DatabaseError), transaction.atomic():
        MappingAnswer.objects.create(wave=wave, answers={}, agreed=["again"], consent_version=1)
    actions.close_wave(actor=world.chidi, wave=wave)
    with pytest.raises(DatabaseError, match="only while it is open"), transaction.atomic():
        MappingAnswer.objects.create(wave=wave, answers={}, agreed=["results"], consent_version=1)


def test_a_form_that_comes_twice_and_an_address_that_comes_again_count_once(world: World) -> None:
    wave, key = open_survey(world), uuid4()
    given = Given({"residence": ["FR"]}, ["results"], "Samia@Example.org")
    first = give_answers(wave=wave, given=given, form_key=key)
    assert give_answers(wave=wave, given=given, form_key=key).pk == first.pk
    again = answer(wave, email="samia@example.org ", residence="DE")
    assert (again.pk, again.answers) == (first.pk, {"residence": ["FR"]})
    assert MappingAnswer.objects.count() == 1
    other = open_survey(world)
    assert answer(other, email="samia@example.org", residence="DE").mark != first.mark


@pytest.mark.django_db(transaction=True)
def test_two_forms_of_one_address_at_once_count_once(world: World) -> None:
    wave = open_survey(world)
    assert set(at_once([lambda: answer(wave, email="samia@example.org", residence="FR")] * 4)) == {
        MappingAnswer.objects.get()
    }


@pytest.mark.django_db(transaction=True)
def test_no_answer_gets_lost_between_counting_and_closing(world: World) -> None:
    wave = open_survey(world)
    closed, *sent_in = at_once(
        [lambda: actions.close_wave(actor=world.chidi, wave=wave), *[lambda: answer(wave, residence="FR")] * 4]
    )
    refused = [one for one in sent_in if isinstance(one, Conflict)]
    assert closed.results["answers"] == MappingAnswer.objects.count() == 4 - len(refused)  # type: ignore[attr-defined]


def test_the_link_leaves_by_mail_and_the_address_is_forgotten(world: World) -> None:
    wave = open_survey(world)
    forgotten = answer(wave, email="samia@example.org", residence="FR")
    kept = answer(wave, email="nour@example.org", agreed=("results", "again"), residence="FR")
    assert send_wave_mails() == 2
    assert send_wave_mails() == 0
    assert {one.to[0] for one in mail.outbox} == {"samia@example.org", "nour@example.org"}
    for one in (forgotten, kept):
        one.refresh_from_db()
    assert (forgotten.email, kept.email) == ("", "nour@example.org")
    assert forgotten.mark
    first = next(one for one in mail.outbox if one.to == ["samia@example.org"])
    path = re.search(r"/survey/mine/\S+/", str(first.body))
    assert path is not None
    assert Client().get(path.group()).status_code == 200


def test_nobody_can_flood_an_address_with_links(world: World) -> None:
    wave = open_survey(world)
    for _ in range(12):
        answer(wave, email="samia@example.org", residence="FR")
        send_wave_mails()
    assert len(mail.outbox) == 5


def test_a_mail_that_does_not_leave_stays_due_and_the_address_goes_when_it_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> int:
        raise OSError

    wave = open_survey(world)
    kept = answer(wave, email="samia@example.org", residence="FR")
    monkeypatch.setattr(EmailBackend, "send_messages", broken)
    assert send_wave_mails() == 0
    kept.refresh_from_db()
    assert kept.mail_at is not None
    assert kept.email
    MappingAnswer.objects.update(lease_until=None, tries=TRIES - 1)
    assert send_wave_mails() == 0
    kept.refresh_from_db()
    assert (kept.mail_at, kept.email, kept.failed_at is None) == (None, "", False)


# Taking back


def test_withdrawal_deletes_and_the_results_do_not_know(world: World) -> None:
    wave = open_survey(world)
    answered_by(wave, 12, residence="FR", visits="yearly")
    gone = answer(wave, email="samia@example.org", residence="FR", visits="never")
    withdraw_answers(answer=gone)
    assert not MappingAnswer.objects.filter(pk=gone.pk).exists()
    closed = actions.close_wave(actor=world.chidi, wave=wave)
    assert closed.results["answers"] == 12
    assert closed.results["questions"]["visits"]["by"] == {"yearly": 12}


def test_results_equal_those_of_a_wave_in_which_who_withdrew_never_answered(world: World) -> None:
    one, other = open_survey(world), open_survey(world)
    for wave in (one, other):
        answered_by(wave, 6, residence="FR", family="health", willing=["training"])
    gone = answer(one, residence="CA", family="law", willing=["return", "invest"])
    withdraw_answers(answer=gone)
    results = [actions.close_wave(actor=world.chidi, wave=wave).results for wave in (one, other)]
    assert results[0] == results[1]


def test_withdrawal_after_closing_deletes_and_leaves_the_results(world: World) -> None:
    wave = closed_survey(world)
    before = wave.results
    withdraw_answers(answer=wave.answers.first())
    wave.refresh_from_db()
    assert wave.answers.count() == 34
    assert wave.results == before


def test_dead_links_look_alike(world: World) -> None:
    """Withdrawn, closed, not yet open, erased, cut off or invented: nobody learns which."""
    wave = open_survey(world)
    withdrawn = answer(wave, residence="FR")
    token = answer_token(withdrawn)
    withdraw_answers(answer=withdrawn)
    draft = actions.draft_wave(actor=world.chidi, country="TN", values=wave_values())
    coming = open_survey(world, opens_on=today() + timedelta(days=1))
    closed = closed_survey(world)
    pages = [
        url("wave-mine", token),
        url("wave-mine", token[:-3]),
        url("wave-mine", "nonsense"),
        url("wave-change", token),
        url("wave-change", answer_token(closed.answers.first())),
        url("wave-answer", draft.reference),
        url("wave-answer", coming.reference),
        url("wave-answer", closed.reference),
        url("wave-answer", "nothing"),
    ]
    client = Client()
    answers = [client.get(page) for page in pages] + [client.post(url("wave-withdraw", token))]
    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    assert not any(one.cookies for one in answers)


def test_answers_can_be_changed_while_the_wave_is_open(world: World) -> None:
    wave = open_survey(world)
    kept = answer(wave, residence="FR")
    changed = change_answers(answer=kept, given=Given({"residence": ["DE"]}, ["results"]))
    assert changed.answers == {"residence": ["DE"]}
    actions.close_wave(actor=world.chidi, wave=wave)
    with pytest.raises(Conflict):
        change_answers(answer=kept, given=Given({"residence": ["CA"]}, ["results"]))


# A profile


def test_answers_begin_a_profile(world: World) -> None:
    kept = answer(
        open_survey(world), residence="BE", languages=["fr", "ar"], willing=["training", "invest"], hours="6_10"
    )
    nour = make_person("nour@example.org", "Nour Haddad", join_role="expert")
    profile = begin_profile(actor=nour, answer=kept)
    profile.refresh_from_db()
    assert (profile.state, str(profile.residence), profile.hours_per_month) == ("draft", "BE", 8)
    assert [str(one.country) for one in profile.origins.all()] == ["TN"]
    assert {one.language for one in profile.languages.all()} == {"fr", "ar"}
    assert profile.kinds == ["training"]
    with pytest.raises(Conflict):
        begin_profile(actor=world.amina, answer=kept)
    world.profile.refresh_from_db()
    assert str(world.profile.residence) == "FR"


# Closing, results, deleting


def test_waves_close_by_themselves_and_once(world: World) -> None:
    wave = open_survey(world)
    answer(wave, residence="FR")
    assert close_due_waves() == 0
    MappingWave.objects.filter(pk=wave.pk).update(
        opens_on=today() - timedelta(days=9), closes_on=today() - timedelta(days=1)
    )
    assert close_due_waves() == 1
    assert close_due_waves() == 0
    wave.refresh_from_db()
    assert (wave.state, wave.results["answers"]) == ("closed", 1)
    with pytest.raises(InvalidTransition):
        actions.close_wave(actor=world.chidi, wave=wave)


def test_the_database_refuses_to_change_results(world: World) -> None:
    wave = closed_survey(world)
    for changes in (
        {"results": {"answers": 1}},
        {"state": "open", "results": None, "closed_at": None},
        {"consents": []},
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            MappingWave.objects.filter(pk=wave.pk).update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        wave.delete()


def test_answers_are_deleted_after_their_day_and_results_stay(world: World, as_person: SignIn) -> None:
    wave = closed_survey(world)
    client = as_person(world.chidi)
    before = client.get(url("wave-results-file", wave.reference, "csv")).content
    assert erase_due_waves() == 0
    MappingWave.objects.filter(pk=wave.pk).update(
        opens_on=today() - timedelta(days=9),
        closes_on=today() - timedelta(days=5),
        keep_until=today() - timedelta(days=1),
    )
    MappingWave.objects.filter(pk=wave.pk).update(opens_on=wave.opens_on - timedelta(days=90))
    assert erase_due_waves() == 35
    assert erase_due_waves() == 0
    assert not MappingAnswer.objects.exists()
    after = client.get(url("wave-results-file", wave.reference, "csv")).content
    assert after.splitlines()[3:] == before.splitlines()[3:]  # but for the days, which this test moved


def test_no_small_number_of_a_wave_leaves_the_house(world: World, as_person: SignIn) -> None:
    wave = closed_survey(world)
    client = as_person(world.chidi)
    page = client.get(url("wave-results", wave.reference), {"readers": "donors"}).content.decode()
    assert "Tuvalu" not in page
    assert "not shown" in page
    for readers in ("donors", "public"):
        files = {
            kind: client.get(url("wave-results-file", wave.reference, kind), {"readers": readers}).content
            for kind in ("csv", "xlsx", "pdf", "svg")
        }
        sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
        told = str([[cell.value for cell in row] for one in sheet for row in one.iter_rows()])
        printed = "".join(one.extract_text() for one in PdfReader(io.BytesIO(files["pdf"])).pages)
        for text in (told, files["csv"].decode("utf-8-sig"), printed, files["svg"].decode()):
            assert "Tuvalu" not in text
            assert "France" in text
    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    told_rows = {row[1]: row[3] for row in rows if row[0] == "How would you like to contribute?"}
    assert told_rows["Train people"] == "30"  # of 33 of 35, so that the two who did not stay uncertain
    assert told_rows["Move back"] == "not shown"


@pytest.mark.parametrize("k", [5, 10])
@pytest.mark.parametrize("chosen", range(1, 13))
def test_one_answer_of_a_question_stays_uncertain(chosen: int, k: int) -> None:
    results = {
        "answers": 40,
        "questions": {"visits": {"answered": 38, "by": {"yearly": 38 - chosen, "never": chosen}}},
        "where": [],
    }
    told = publish_wave(results, [Offered("visits", ["yearly", "never"], is_several=False)], k)
    numbers = {(code or "none", TOTAL): one.value for code, one in told.questions["visits"].items()}
    numbers[TOTAL, TOTAL] = told.answers.value
    dims = [Dim("visits", ("yearly", "never", "none"))]
    attacker = Attacker().reads("visits", Published(numbers, k), dims, k)  # type: ignore[arg-type]
    for code, true in (("yearly", 38 - chosen), ("never", chosen), ("none", 2)):
        low, high = attacker.bounds("visits", (code, TOTAL))
        assert low <= true <= high
        assert high - low >= (k - 1) // 2, (code, low, high)
    assert told.questions["visits"][NO_ANSWER].value is None


def test_waves_stand_beside_each_other(world: World, as_person: SignIn) -> None:
    first, second = closed_survey(world, title="The first"), closed_survey(world, title="The second", own_questions=())
    client = as_person(world.chidi)
    page = client.get(
        url("wave-results", second.reference), {"readers": "donors", "beside": first.reference}
    ).content.decode()
    assert "The first" in page
    assert "beside “The first”" in page
    again = client.get(
        url("wave-results", first.reference), {"readers": "donors", "beside": second.reference}
    ).content.decode()
    assert "not asked" in again


def test_results_are_for_everybody_only_when_shown(world: World) -> None:
    wave = closed_survey(world)
    nobody = Client()
    assert nobody.get(url("wave-shown", wave.reference)).status_code == 404
    actions.show_wave(actor=world.chidi, wave=wave, is_shown=True)
    page = nobody.get(url("wave-shown", wave.reference))
    assert page.status_code == 200
    assert "Tuvalu" not in page.content.decode()
    assert nobody.get(url("wave-shown-file", wave.reference, "csv")).status_code == 200
    actions.show_wave(actor=world.chidi, wave=wave, is_shown=False)
    assert nobody.get(url("wave-shown", wave.reference)).status_code == 404


# Pages


def test_a_phone_answers_without_account_cookie_or_script(world: World) -> None:
    wave = open_survey(world)
    client = Client()
    page = client.get(url("wave-answer", wave.reference), {"by": "experts"})
    assert page.status_code == 200
    assert not page.cookies
    assert len(gzip.compress(page.content, 6)) <= 20_000
    done = client.post(
        url("wave-answer", wave.reference), {**sent(residence="FR", willing=["training"]), "by": "experts"}
    )
    assert done.status_code == 200
    kept = MappingAnswer.objects.get()
    assert (kept.came_by, kept.answers) == ("experts", {"residence": ["FR"], "willing": ["training"]})
    assert not done.cookies
    link = url("wave-mine", answer_token(kept))
    assert link in done.content.decode()
    mine = client.get(link).content.decode()
    assert "France" in mine
    gone = client.post(url("wave-withdraw", answer_token(kept)))
    assert gone.status_code == 200
    assert not MappingAnswer.objects.exists()


def test_what_was_typed_stays_when_something_is_missing(world: World) -> None:
    wave = open_survey(world)
    answers = sent(residence="FR", willing=["training"], visits="yearly")
    answers.pop("agree_results")
    page = Client().post(url("wave-answer", wave.reference), answers)
    assert page.status_code == 422
    text = page.content.decode()
    assert re.search(r'value="FR"[^>]*selected', text)
    assert len(re.findall(r"checked", text)) == 2
    stale = Client().post(url("wave-answer", wave.reference), {**sent(residence="FR"), "key": "old"})
    assert stale.status_code == 422
    fresh = re.search(r'name="key" value="([^"]+)"', stale.content.decode())
    assert fresh is not None
    assert (
        Client().post(url("wave-answer", wave.reference), {**sent(residence="FR"), "key": fresh.group(1)}).status_code
        == 200
    )


@pytest.mark.parametrize(
    "answers",
    [
        {"residence": "XX"},
        {"residence": ["FR", "DE"]},
        {"willing": "nonsense"},
        {"visits": "\x00"},
        {"own_1": "99"},
    ],
)
def test_answers_that_nobody_offered_are_not_kept(world: World, answers: dict[str, Any]) -> None:
    wave = open_survey(world)
    Client().post(url("wave-answer", wave.reference), sent(**answers))
    for kept in MappingAnswer.objects.all():
        assert kept.answers in ({"residence": ["DE"]},)


def test_programs_that_fill_in_everything_are_thanked_and_forgotten(world: World) -> None:
    wave = open_survey(world)
    answers = {**sent(residence="FR"), "homepage": "https://spam.example"}
    assert Client().post(url("wave-answer", wave.reference), answers).status_code == 200
    assert not MappingAnswer.objects.exists()


def test_one_place_cannot_send_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engagements.views.mapping.MOST_SENT", 2)
    wave = open_survey(world)
    statuses = [Client().post(url("wave-answer", wave.reference), sent(residence="FR")).status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]
    assert MappingAnswer.objects.count() == 2


def test_an_address_that_answered_reads_the_same_as_one_that_did_not(world: World) -> None:
    wave = open_survey(world)
    pages = [
        Client().post(url("wave-answer", wave.reference), {**sent(residence="FR"), "email": email}).content
        for email in ("samia@example.org", "samia@example.org", "nour@example.org")
    ]
    assert len(set(pages)) == 1
    assert MappingAnswer.objects.count() == 2


def test_the_desk_prepares_opens_and_closes(world: World, as_person: SignIn) -> None:
    client = as_person(world.chidi)
    data = {
        "title": "Who are we?",
        "country": "TN",
        "purpose": "To plan.",
        "legal_basis": "The ministry.",
        "consent": "I agree.",
        "asks": ["link"],
        "opens_on": today().isoformat(),
        "closes_on": (today() + timedelta(days=9)).isoformat(),
        "keep_until": (today() + timedelta(days=90)).isoformat(),
        "place": ["residence"],
        "ties": ["willing", "visits"],
        "own_questions": "Which region?\nNorth\nSouth",
    }
    assert client.post(url("wave-new"), {**data, "closes_on": ""}).status_code == 422
    client.post(url("wave-new"), data)
    wave = MappingWave.objects.get()
    assert wave.questions == ["residence", "visits", "willing"]
    edited = client.get(url("wave-edit", wave.reference)).content.decode()
    assert "Which region?" in edited
    client.post(url("wave-edit", wave.reference), {**data, "title": "Who are we now?"})
    client.post(url("wave-step", wave.reference, "open"))
    page = client.get(url("wave", wave.reference)).content.decode()
    assert url("wave-answer", wave.reference) in page
    assert "Nobody has answered yet." in page
    answered_by(MappingWave.objects.get(), 7, residence="FR")
    assert "About 5 answers" in client.get(url("wave", wave.reference)).content.decode()
    client.post(url("wave-step", wave.reference, "close"))
    wave.refresh_from_db()
    assert (wave.state, wave.title) == ("closed", "Who are we now?")
    assert client.get(url("wave-results", wave.reference)).status_code == 200
    verbs = AuditEntry.objects.filter(verb__startswith="engagements.wave.").values_list("verb", flat=True)
    assert sorted(verb.rpartition(".")[2] for verb in verbs) == ["changed", "closed", "drafted", "opened"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(world: World, as_person: SignIn, count: int) -> None:
    for _ in range(count):
        open_survey(world)
    client = as_person(world.chidi)
    client.get(url("waves"))
    with CaptureQueriesContext(connection) as queries:
        client.get(url("waves"))
    assert len(queries) == 8, [one["sql"][:90] for one in queries]


@pytest.mark.parametrize("count", [1, 3])
def test_answering_costs_the_same_whatever_was_answered(world: World, count: int) -> None:
    wave = open_survey(world)
    answered_by(wave, count, residence="FR")
    client = Client()
    client.get(url("wave-answer", wave.reference))
    with CaptureQueriesContext(connection) as queries:
        client.post(url("wave-answer", wave.reference), sent(residence="FR"))
    own = [one["sql"] for one in queries if "mapping" in one["sql"]]
    assert len(own) == 5, own
