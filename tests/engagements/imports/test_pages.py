"""The pages of imports: from the file to the result, without script; what was typed is kept, what is wrong is said."""

import io
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from diaspora_net.accounts.models import User
from diaspora_net.core.models import AuditEntry
from engagements.actions.imports.sweep import work_due_imports
from engagements.models import Import, ListedPerson
from tests.engagements.imports.lists import EXPERTS, bring, checked, expert_rows, imported, states, table
from tests.factories import make_vocabulary
from tests.world import World

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User | None], Client]
FORM = {
    "noun": "experts",
    "country": "TN",
    "source": "Forum",
    "source_owner": "Ministry",
    "purpose": "To ask them",
    "legal_basis": "consent",
}


def sent(client: Client, content: bytes, **changes: str) -> object:
    file = SimpleUploadedFile("list.xlsx", content)
    return client.post("/desk/imports/new/", {**FORM, **changes, "file": file})


def two_sheets() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name, first in (("Forum", "Liste"), ("Autres", "Rien")):
            sheet = book.add_worksheet(name)
            sheet.write(0, 0, first)
            sheet.write_row(2, 0, EXPERTS)
            for line, row in enumerate(expert_rows(3 if name == "Forum" else 1)):
                sheet.write_row(3 + line, 0, row)
    return file.getvalue()


def test_a_file_goes_from_upload_to_result_without_script(world: World, as_person: AsPerson) -> None:
    make_vocabulary()
    client = as_person(world.chidi)
    page = sent(client, two_sheets())["Location"]
    html = client.get(page).content.decode()
    assert "Forum (5)" in html
    assert '<option value="email" selected>' in html
    run = Import.objects.get()
    assert (run.sheet, run.heading_line) == ("Forum", 3)
    client.post(f"{page}sheet/", {"sheet": "Autres", "line": "3"})
    run.refresh_from_db()
    assert run.sheet == "Autres"
    client.post(f"{page}sheet/", {"sheet": "Forum", "line": "3"})
    columns = {f"column_{place}": name for place, name in enumerate(run.columns)}
    client.post(f"{page}columns/", columns)
    assert "The rows are being read." in client.get(page).content.decode()
    work_due_imports()
    html = client.get(page).content.decode()
    assert "Import 3 rows" in html
    client.post(f"{page}run/", {"twins": "skip"})
    assert "0 of 3 rows imported." in client.get(page).content.decode()
    work_due_imports()
    html = client.get(page).content.decode()
    assert "0 people have confirmed, 3 have not answered yet." in html
    client.post(f"{page}take-back/")
    work_due_imports()
    assert "Taken back" in client.get(page).content.decode()
    assert not ListedPerson.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is nothing in this file."),
        (b"%PDF-1.7", "This is not a spreadsheet."),
        (b"PK\x03\x04 cut off", "This file is damaged."),
        (b"x" * (10 * 1024 * 1024 + 1), "at most 10 MB are read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_nothing_typed_is_lost(
    world: World, as_person: AsPerson, content: bytes, words: str
) -> None:
    answer = sent(as_person(world.chidi), content, source="The forum of 2023")
    html = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert words in html
    assert 'value="The forum of 2023"' in html
    assert not Import.objects.exists()


def test_another_country_cannot_be_chosen(world: World, as_person: AsPerson) -> None:
    answer = sent(as_person(world.chidi), table(EXPERTS, expert_rows(1)), country="SN")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert not Import.objects.exists()


def test_columns_that_are_needed_or_named_twice_are_asked_for(world: World, as_person: AsPerson) -> None:
    run = bring(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    client, page = as_person(world.chidi), f"/desk/imports/{run.reference}/columns/"
    nothing = {f"column_{place}": "-" for place in range(5)}
    answer = client.post(page, nothing)
    assert answer.status_code == 422
    assert "Say which column holds: E-mail address." in answer.content.decode()
    answer = client.post(page, {**nothing, "column_0": "email", "column_1": "email"})
    assert "Two columns are both “E-mail address”." in answer.content.decode()
    run.refresh_from_db()
    assert run.state == "mapping"


def test_named_columns_are_remembered_for_the_next_file_with_the_same_headings(world: World) -> None:
    headings = ("A", "B")
    run = bring(world.chidi, "experts", table(headings, [("x", "y")]))
    assert run.columns == ["", ""]
    Import.objects.filter(pk=run.pk).update(columns=["full_name", "email"], state="checking")
    assert bring(world.chidi, "experts", table(headings, [("v", "w")])).columns == ["full_name", "email"]
    assert bring(world.chidi, "organisations", table(headings, [("v", "w")])).columns == ["", ""]


def test_faulty_rows_come_back_alone_with_what_is_wrong_and_go_in_again(world: World, as_person: AsPerson) -> None:
    rows = [*expert_rows(1), ("=1+1", "@nowhere", "France", "", "fr")]
    run = checked(world.chidi, "experts", table(EXPERTS, rows))
    answer = as_person(world.chidi).post(f"/desk/imports/{run.reference}/faulty/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[0] == ["Line", "What is wrong", *EXPERTS]
    assert lines[1][0] == 3
    assert lines[1][1].startswith("Courriel: “@nowhere” is no e-mail address.")
    # What a spreadsheet would run has an apostrophe, and no cell is a formula.
    assert lines[1][2:4] == ["'=1+1", "'@nowhere"]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert AuditEntry.objects.filter(verb="engagements.pipeline.exported", changes__of="import").count() == 1
    sheet["D2"], sheet["C2"] = "mended@example.org", "'-Amal"
    file = io.BytesIO()
    sheet.parent.save(file)
    again = checked(world.chidi, "experts", file.getvalue())
    assert states(again) == ["ready"]
    assert again.rows.get().values["full_name"] == "-Amal"


def test_an_empty_sheet_has_headings_that_are_known(world: World, as_person: AsPerson) -> None:
    client = as_person(world.chidi)
    for noun in ("experts", "organisations", "needs", "programmes"):
        content = client.get(f"/desk/imports/templates/{noun}/").content
        headings = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content)).active[1]]
        run = bring(world.chidi, noun, table(headings, [["x"] * len(headings)]))
        assert all(run.columns), dict(zip(headings, run.columns, strict=True))


def test_words_are_looked_for_by_another_word_and_chosen(world: World, as_person: AsPerson) -> None:
    make_vocabulary()
    run = checked(world.chidi, "experts", table(EXPERTS, [("A", "a@example.org", "France", "Herzlehre", "fr")]))
    word, client, page = run.words.get(column="skills"), as_person(world.chidi), f"/desk/imports/{run.reference}/words/"
    html = client.post(page, {f"find_{word.pk}": "cardiolog"}).content.decode()
    concept = make_vocabulary()["cardiology"].pk
    assert f'<option value="{concept}">cardiology</option>' in html
    client.post(page, {f"word_{word.pk}": str(concept), f"find_{word.pk}": "cardiolog"})
    word.refresh_from_db()
    assert (word.skills, word.is_chosen) == ([concept], True)


def test_a_word_can_be_left_out(world: World, as_person: AsPerson) -> None:
    run = checked(world.chidi, "experts", table(EXPERTS, [("A", "a@example.org", "France", "voir CV", "fr")]))
    word = run.words.get(column="skills")
    as_person(world.chidi).post(f"/desk/imports/{run.reference}/words/", {f"word_{word.pk}": "-"})
    word.refresh_from_db()
    assert (word.is_left_out, word.skills) == (True, [])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    world: World, as_person: AsPerson, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _number in range(count):
        bring(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    client = as_person(world.chidi)
    client.get("/desk/imports/")
    with django_assert_num_queries(10):
        client.get("/desk/imports/")


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_for_one_and_three_rows(
    world: World, as_person: AsPerson, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    make_vocabulary()
    broken = [(f"A{n}", "nowhere", "France", f"unheard of {n}", "fr") for n in range(count)]
    run = checked(world.chidi, "experts", table(EXPERTS, broken))
    client, page = as_person(world.chidi), f"/desk/imports/{run.reference}/"
    client.get(page)
    with django_assert_num_queries(14):
        client.get(page)


@pytest.mark.parametrize("count", [1, 3])
def test_a_result_costs_the_same_for_one_and_three_rows(
    world: World, as_person: AsPerson, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    run = imported(world.chidi, "experts", table(EXPERTS, expert_rows(count)))
    client, page = as_person(world.chidi), f"/desk/imports/{run.reference}/"
    client.get(page)
    with django_assert_num_queries(13):
        client.get(page)
