"""Understand one row: what it says, what is wrong with it, and which words have to be looked up. No database here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engagements.documents.values import Bad, Reading, read_cell
from engagements.states.import_columns import column_of
from engagements.states.imports import ImportNoun

# A spreadsheet of ours puts this before what would be a formula, and so do people.
_APOSTROPHE, _SIGNS = "'", ("=", "+", "-", "@")


@dataclass(frozen=True)
class Problem:
    """Something about one cell: ``place`` of its column (from 0, -1 for a column that is not there), what it is named,
    a code and what fills its sentence. A row with an error is not imported; a warning tells what is done instead.
    """

    place: int
    column: str
    code: str
    params: dict[str, str | int] = field(default_factory=dict)
    is_error: bool = True

    def to_list(self) -> list[Any]:
        """Return the problem as it is stored."""
        return [self.place, self.column, self.code, self.params, self.is_error]


@dataclass
class Row:
    """What was understood of a row: values by name of column, its problems, and what must not be there twice."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    key: str = ""

    def add(
        self, columns: Sequence[str], column: str, code: str, *, is_error: bool = True, **params: str | int
    ) -> None:
        """Note a problem of the row."""
        place = list(columns).index(column) if column in columns else -1
        self.problems.append(Problem(place, column, code, params, is_error))


@dataclass(frozen=True)
class Frame:
    """What holds for every row of a file: what the rows are, their country, what the columns are, and today."""

    noun: str
    country: str
    columns: Sequence[str]
    today: date


def understand(frame: Frame, cells: Sequence[str], reading: Reading) -> Row:
    """Return what a row says. Everything that needs other rows or the database is left to the caller."""
    row = Row()
    for place, name in enumerate(frame.columns):
        column = column_of(frame.noun, name) if name else None
        text = cells[place].strip() if place < len(cells) else ""
        if text[:1] == _APOSTROPHE and text[1:2] in _SIGNS:
            text = text[1:]
        if column is None:
            continue
        if text:
            try:
                row.values[name] = read_cell(column, text, reading)
            except Bad as bad:
                row.problems.append(Problem(place, name, bad.code, bad.params))
        elif column.is_required:
            row.problems.append(Problem(place, name, "missing"))
    _RULES[frame.noun](frame, row)
    return row


def _has(row: Row, column: str) -> bool:
    """Say whether a problem of the column is known already, so that nothing is said twice."""
    return any(one.column == column for one in row.problems)


def _expert(frame: Frame, row: Row) -> None:
    values = row.values
    parts = [values.pop(name, "") for name in ("first_name", "last_name")]
    values["full_name"] = values.get("full_name") or " ".join(part for part in parts if part)
    if not values["full_name"] and not _has(row, "full_name"):
        row.add(frame.columns, "full_name", "missing")
    if not _has(row, "origins"):
        origins = values.setdefault("origins", [frame.country])
        if frame.country not in origins:
            row.add(frame.columns, "origins", "other_country", country=frame.country)
    for name in ("residence", "skills", "languages"):
        if name not in values and not _has(row, name):
            row.add(frame.columns, name, "asked_later", is_error=False)


def _organisation(frame: Frame, row: Row) -> None:
    if not _has(row, "country") and row.values.setdefault("country", frame.country) != frame.country:
        row.add(frame.columns, "country", "other_country", country=frame.country)
    if "contact_email" not in row.values and not _has(row, "contact_email"):
        row.add(frame.columns, "contact_email", "nobody_to_invite", is_error=False)


def _need(frame: Frame, row: Row) -> None:
    starts, closes = row.values.get("starts_on"), row.values.get("closes_on")
    if closes and closes < frame.today.isoformat():
        row.add(frame.columns, "closes_on", "day_gone", is_error=False)
        del row.values["closes_on"]
    elif starts and closes and starts > closes:
        row.add(frame.columns, "closes_on", "ends_before_start")


def _programme(frame: Frame, row: Row) -> None:
    starts, ends = row.values.get("starts_on"), row.values.get("ends_on")
    if starts and ends and starts > ends:
        row.add(frame.columns, "ends_on", "ends_before_start")
    origins, destinations = row.values.setdefault("origins", [frame.country]), row.values.get("destinations", [])
    if twice := sorted(set(origins) & set(destinations)):
        row.add(frame.columns, "destinations", "both_sides", country=twice[0])


_RULES: dict[str, Callable[[Frame, Row], None]] = {
    ImportNoun.EXPERTS: _expert,
    ImportNoun.ORGANISATIONS: _organisation,
    ImportNoun.NEEDS: _need,
    ImportNoun.PROGRAMMES: _programme,
}
