"""The dry run: read the file's lines, say row by row what is wrong, and find what its words mean."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from engagements.documents import Unreadable, rows_of
from engagements.documents.days import order_told_by
from engagements.documents.understanding import Frame, Row, understand
from engagements.documents.values import Reading, finer_parts_of
from engagements.models import Import, ImportFile, ImportRow, ImportWord
from engagements.queries.imports.pages import words_to_decide
from engagements.queries.imports.twins import here_already, key_of, lines_before, place_need, places_of
from engagements.states.import_columns import column_of
from engagements.states.imports import ImportNoun, RowState
from mentors.labels import fold
from mentors.queries.word_lists import concepts_near, concepts_of_words

BATCH = 1000
# So many words get a guess of what comes near; rarer ones are looked for by hand.
MOST_GUESSED = 60
# What a row tells of itself, written at once for a batch.
TOLD = ["values", "words", "problems", "key", "state", "thing", "reason"]
COUNT_WORDS = """
INSERT INTO engagements_importword
    (run_id, "column", text, shown, count, skills, code, is_left_out, is_chosen, suggested)
SELECT %(run)s, told->>0, told->>1, min(told->>2), count(*), '[]', '', false, false, '[]'
FROM engagements_importrow, jsonb_array_elements(words) AS told
WHERE run_id = %(run)s
GROUP BY 1, 2, 3
ON CONFLICT (run_id, "column", text) DO UPDATE SET count = EXCLUDED.count
"""
REMEMBER_WORDS = """
UPDATE engagements_importword AS word
SET skills = before.skills, code = before.code, is_left_out = before.is_left_out, is_chosen = true
FROM (
    SELECT DISTINCT ON (old."column", old.text) old."column", old.text, old.skills, old.code, old.is_left_out
    FROM engagements_importword AS old JOIN engagements_import AS run ON run.id = old.run_id
    WHERE run.country = %(country)s AND run.noun = %(noun)s AND run.id <> %(run)s AND old.is_chosen
    ORDER BY old."column", old.text, old.id DESC
) AS before
WHERE word.run_id = %(run)s AND word."column" = before."column" AND word.text = before.text AND NOT word.is_chosen
"""


# Which column tells that two rows are about the same.
KEYED: dict[str, str] = {
    ImportNoun.EXPERTS: "email",
    ImportNoun.ORGANISATIONS: "name",
    ImportNoun.NEEDS: "title",
    ImportNoun.PROGRAMMES: "name",
}


class Stopped(Exception):
    """The check cannot go on before somebody says more; ``problem`` is what, as a code."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def check_some(run: Import) -> bool:
    """Do the next part of the check; say whether it is finished. The caller holds the import's lock.

    Raises Stopped when the file holds no rows or does not tell which number of its days is the month. Queries: about
    15 for 1,000 rows.
    """
    rows = ImportRow.objects.filter(run=run)
    if not rows.exists():
        _read_lines(run)
        return False
    if batch := list(rows.filter(state=RowState.READ).order_by("number")[:BATCH]):
        _check(run, batch)
        return False
    return _find_words(run)


def _read_lines(run: Import) -> None:
    content = bytes(ImportFile.objects.get(run=run).content)
    try:
        lines = rows_of(content, sheet=run.sheet, encoding=run.encoding)
    except Unreadable as error:
        raise Stopped(error.reason) from None
    found = [(number, cells) for number, cells in lines if number > run.heading_line]
    if not found:
        raise Stopped("no_rows")
    _settle_days(run, [cells for _number, cells in found])
    made = (ImportRow(run=run, number=number, cells=cells) for number, cells in found)
    ImportRow.objects.bulk_create(made, batch_size=2000)


def _settle_days(run: Import, lines: Sequence[Sequence[str]]) -> None:
    """Find out in which order days are written, where it matters and nobody has said it."""
    texts: list[str] = []
    for place, name in enumerate(run.columns):
        column = column_of(run.noun, name) if name else None
        if column is not None and column.kind == "day":
            texts += [cells[place] for cells in lines if place < len(cells) and cells[place]]
    order, is_open = order_told_by(texts)
    if run.day_order and order not in {"", run.day_order}:
        raise Stopped("day_conflict")
    if is_open and not run.day_order:
        raise Stopped("day_order")
    if order:
        Import.objects.filter(pk=run.pk).update(day_order=order)
        run.day_order = order


def _check(run: Import, batch: Sequence[ImportRow]) -> None:
    frame = Frame(run.noun, str(run.country), run.columns, timezone.localdate())
    said = ImportWord.objects.filter(run=run).exclude(code="").values_list("column", "text", "code")
    meanings = {(column, text): code for column, text, code in said}
    places = places_of(run) if run.noun == ImportNoun.NEEDS else {}
    understood = []
    for row in batch:
        reading = Reading(run.day_order, meanings)
        found = understand(frame, row.cells, reading)
        if run.noun == ImportNoun.NEEDS:
            place_need(found, run.columns, places)
        found.key = key_of(run.noun, found.values)
        row.words = [list(word) for word in reading.words]
        understood.append((row, found))
    _find_twins(run, understood)
    for row, found in understood:
        row.values, row.key = found.values, found.key
        row.problems = [problem.to_list() for problem in found.problems]
    ImportRow.objects.bulk_create(
        batch, update_conflicts=True, unique_fields=["run", "number"], update_fields=TOLD, batch_size=1000
    )


def _find_twins(run: Import, understood: Sequence[tuple[ImportRow, Row]]) -> None:
    """Note which rows say the same as one further up, or as what is here, and decide what each row is."""
    keys = {found.key for _row, found in understood}
    first, here = lines_before(run, keys), here_already(run, keys)
    named = KEYED[run.noun]
    for row, found in understood:
        row.thing, row.reason = None, ""
        if found.key and first.setdefault(found.key, row.number) < row.number:
            found.add(run.columns, named, "same_as_line", line=first[found.key])
        if found.key in here.refused:
            found.add(run.columns, named, "refused_lists")
        name = fold(found.values.get("full_name", "")), str(found.values.get("residence", ""))
        if name in here.names and found.key not in here.twins:
            found.add(run.columns, "full_name", "same_name", is_error=False)
        twin = here.twins.get(found.key)
        if any(problem.is_error for problem in found.problems):
            row.state = RowState.FAULTY
        elif twin is None:
            row.state = RowState.READY
        else:
            found.problems.clear()  # they are warnings, and nothing new comes of this row
            row.state, row.thing, row.reason = RowState.TWIN, twin.pk, "" if twin.is_open else "taken_over"


def _find_words(run: Import) -> bool:
    """Count the words of the file, find which concepts they name, and guess what comes near the others."""
    params: dict[str, Any] = {"run": run.pk, "country": str(run.country), "noun": run.noun}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_WORDS, params)
        cursor.execute(REMEMBER_WORDS, params)
    waiting = list(words_to_decide(run))
    skills = [word for word in waiting if word.column == "skills"]
    pieces = {word.text: [fold(part) for part in finer_parts_of(word.shown)] for word in skills}
    found = concepts_of_words({*pieces, *(part for parts in pieces.values() for part in parts)})
    guessed = 0
    for word in skills:
        parts = pieces[word.text]
        if word.text in found:
            word.skills = [found[word.text]]
        elif len(parts) > 1 and all(part in found for part in parts):
            word.skills = list(dict.fromkeys(found[part] for part in parts))
        elif guessed < MOST_GUESSED:
            guessed += 1
            word.suggested = concepts_near(word.shown, language=run.brought_by.language)
    ImportWord.objects.bulk_update(skills, ["skills", "suggested"], batch_size=1000)
    # Codes that were remembered make rows right that were faulty.
    remembered = ImportWord.objects.filter(run=run).exclude(code="").exclude(pk__in=[word.pk for word in waiting])
    return not _check_again(run, remembered.exists())


def _check_again(run: Import, is_told: bool) -> bool:
    """Have rows checked again whose words have got a meaning since; say whether there are any."""
    if not is_told:
        return False
    said = {tuple(pair) for pair in ImportWord.objects.filter(run=run).exclude(code="").values_list("column", "text")}
    faulty = ImportRow.objects.filter(run=run, state=RowState.FAULTY).exclude(words=[])
    again = [row.pk for row in faulty if any((word[0], word[1]) in said for word in row.words)]
    ImportRow.objects.filter(pk__in=again).update(state=RowState.READ)
    return bool(again)
