"""What people write in old lists, in five languages, and what it means; what may mean two things is not guessed."""

from datetime import date

import pytest

from engagements.documents.days import AmbiguousDay, order_told_by, read_day
from engagements.documents.headings import guess_columns, heading_line
from engagements.documents.names import country_of, language_of
from engagements.documents.understanding import Frame, understand
from engagements.documents.values import Bad, Reading, read_cell
from engagements.states.import_columns import COLUMNS, column_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Tunisie", "TN"), ("تونس", "TN"), ("TÚNEZ", "TN"), ("tn", "TN"), ("TUN", "TN"), ("Côte d'Ivoire", "CI"),
        ("Etats-Unis", "US"), ("RDC", "CD"), ("Allemagne", "DE"), ("Cabo Verde", "CV"), ("Atlantis", None), ("", None),
    ],
)  # fmt: skip
def test_countries_are_known_by_their_names(text: str, code: str | None) -> None:
    assert country_of(text) == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Français (courant)", ("fr", 5)), ("English C1", ("en", 5)), ("الفرنسية: جيد", ("fr", 4)),
        ("Arabe langue maternelle", ("ar", 6)), ("anglais b2", ("en", 4)), ("Portugués", ("pt", 4)),
        ("wolof", ("wo", 4)), ("notions d'espagnol", None), ("Klingon", None),
    ],
)  # fmt: skip
def test_languages_are_known_with_how_well(text: str, found: tuple[str, int] | None) -> None:
    assert language_of(text) == found


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-01", date(2024, 3, 1)), ("2024-03-01 10:00", date(2024, 3, 1)), ("2024/3/1", date(2024, 3, 1)),
        ("45352", date(2024, 3, 1)), ("25/03/2024", date(2024, 3, 25)), ("3/25/24", date(2024, 3, 25)),
        ("12 mars 2024", date(2024, 3, 12)), ("March 12th, 2024", date(2024, 3, 12)), ("5 مارس 2024", date(2024, 3, 5)),
        ("12 de marzo de 2024", date(2024, 3, 12)), ("05.05.1998", date(1998, 5, 5)), ("31/02/2024", None),
        ("soon", None), ("2024", None), ("12", None),
    ],
)  # fmt: skip
def test_days_are_read_as_they_are_written(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_a_day_that_may_be_two_days_is_not_guessed() -> None:
    with pytest.raises(AmbiguousDay):
        read_day("03/04/2024")
    assert read_day("03/04/2024", "dmy") == date(2024, 4, 3)
    assert read_day("03/04/2024", "mdy") == date(2024, 3, 4)
    assert read_day("٠٣/٠٤/٢٠٢٤", "dmy") == date(2024, 4, 3)


def test_a_column_tells_the_order_of_its_days_unless_it_tells_both_or_none() -> None:
    assert order_told_by(["03/04/2024", "25/01/2024"]) == ("dmy", False)
    assert order_told_by(["03/04/2024", "01/25/2024"]) == ("mdy", False)
    assert order_told_by(["03/04/2024"]) == ("", True)
    assert order_told_by(["03/04/2024", "25/01/2024", "01/25/2024"]) == ("", True)
    assert order_told_by(["05/05/2024", "2024-03-04", "x"]) == ("", False)


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (["Nom", "Prénom", "Courriel", "Pays d'origine", "Métier actuel"],
         ["last_name", "first_name", "email", "origins", "headline"]),
        (["Full name", "E-mail", "Country", "Skills", "Notes"], ["full_name", "email", "residence", "skills", ""]),
        (["Nombre completo", "Correo electrónico", "País de residencia", "Idiomas"],
         ["full_name", "email", "residence", "languages"]),
        (["Nome completo", "E-mail", "Profissão", "Línguas"], ["full_name", "email", "headline", "languages"]),
        (["الاسم الكامل", "البريد الإلكتروني", "بلد الإقامة", "المهارات"],
         ["full_name", "email", "residence", "skills"]),
    ],
)  # fmt: skip
def test_columns_are_guessed_from_headings_in_five_languages(headings: list[str], columns: list[str]) -> None:
    assert guess_columns("experts", headings, []) == columns


def test_columns_without_a_known_heading_are_guessed_from_what_stands_in_them() -> None:
    sample = [["Amina", "a@example.org", "France"], ["Bilal", "b@example.org", "DE"], ["C", "", "Italie"]]
    assert guess_columns("experts", ["A", "B", "C"], sample) == ["", "email", "residence"]


def test_the_line_with_the_headings_is_found_under_a_title() -> None:
    first = [(1, ["Liste des experts de 2019"]), (3, ["Nom", "Mail", "Pays"]), (4, ["Amina", "a@b.org", "France"])]
    assert heading_line("experts", first) == 3


def test_every_list_of_headings_and_codes_names_what_there_is() -> None:
    for noun, columns in COLUMNS.items():
        for column in columns:
            found = guess_columns(noun, [str(column.label)], [])
            assert found == [column.name]
            for value in column.choices.values if column.choices else ():
                is_list = column.kind == "choices"
                assert read_cell(column, value.replace("_", " "), Reading()) == ([value] if is_list else value)


@pytest.mark.parametrize(
    ("noun", "name", "text", "code"),
    [
        ("experts", "email", "nobody", "no_address"), ("experts", "email", "a@b.org, c@d.org", "two_addresses"),
        ("experts", "hours_per_month", "a few", "no_number"), ("experts", "hours_per_month", "2-4", "no_number"),
        ("experts", "hours_per_month", "900", "out_of_range"), ("experts", "headline", "x" * 121, "too_long"),
        ("experts", "origins", "Tunisie, Maroc, Mali, Niger", "too_many"), ("organisations", "website", "??", "no_url"),
        ("organisations", "is_government", "perhaps", "no_yes"), ("needs", "closes_on", "32/01/2030", "no_day"),
        ("experts", "mail_language", "Klingon", "no_mail_language"), ("needs", "kind", "a miracle", "unknown_word"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_stand_says_why(noun: str, name: str, text: str, code: str) -> None:
    column = column_of(noun, name)
    assert column is not None
    with pytest.raises(Bad) as refused:
        read_cell(column, text, Reading())
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("email", "Amina <mailto:amina@example.org>;", "amina@example.org"),
        ("hours_per_month", "8 h/mois", 8), ("hours_per_month", "7,5", 8),
        ("origins", "Tunisie / Algérie", ["TN", "DZ"]), ("origins", "Bosnie-Herzégovine", ["BA"]),
        ("languages", "français, anglais et arabe (langue maternelle)", [["fr", 4], ["en", 4], ["ar", 6]]),
        ("modalities", "à distance, sur place", ["remote", "on_site"]),
        ("skills", "C++; Réseaux électriques • C++", ["cplusplus", "reseaux electriques"]),
    ],
)  # fmt: skip
def test_cells_are_read_as_people_fill_them_in(name: str, text: str, value: object) -> None:
    column = column_of("experts", name)
    assert column is not None
    assert read_cell(column, text, Reading()) == value


def test_all_unknown_words_of_a_cell_are_asked_for_at_once() -> None:
    reading = Reading()
    column = column_of("experts", "origins")
    assert column is not None
    with pytest.raises(Bad):
        read_cell(column, "Atlantis, Tunisie, Lemuria", reading)
    assert [word for _column, word, _shown in reading.words] == ["atlantis", "lemuria"]
    named = Reading(meanings={("origins", "atlantis"): "TN", ("origins", "lemuria"): "ML"})
    assert read_cell(column, "Atlantis, Tunisie, Lemuria", named) == ["TN", "ML"]


def test_a_row_of_another_country_is_not_taken() -> None:
    frame = Frame("experts", "TN", ["email", "full_name", "origins"], date(2026, 1, 1))
    row = understand(frame, ["a@b.org", "'=Amina", "Mali"], Reading())
    assert [problem.code for problem in row.problems if problem.is_error] == ["other_country"]
    assert row.values["full_name"] == "=Amina"
