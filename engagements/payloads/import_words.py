"""What imports say in words: why a file cannot be read, what is wrong with a row and what to do, why one was left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from engagements.states.import_columns import column_of
from engagements.states.imports import ImportNoun

_UNREADABLE: dict[str, Promise] = {
    "empty": gettext_lazy("There is nothing in this file."),
    "unknown": gettext_lazy("This is not a spreadsheet. Save it as XLSX or CSV, then bring it again."),
    "encrypted": gettext_lazy("This file is locked by a password. Save it without one, then bring it again."),
    "damaged": gettext_lazy("This file is damaged. Open it, save it anew as XLSX, then bring it again."),
    "bomb": gettext_lazy(
        "This file holds far more than its size tells, so it is not opened. Copy the rows into a new file."
    ),
    "encoding": gettext_lazy("The letters of this file are not written this way. Choose another one."),
    "too_long": gettext_lazy("This sheet has more than 50,000 rows. Bring it in several files."),
    "too_wide": gettext_lazy("This sheet has more than 120 columns. Delete those that are not needed."),
    "too_heavy": gettext_lazy(
        "This file takes too much to be read: more than 10 MB, or a cell far away from all others. Copy the rows into "
        "a new file."
    ),
    "no_rows": gettext_lazy("There is no row under the headings. Choose the line with the headings again."),
    "day_order": gettext_lazy(
        "Nothing in this file tells whether 03/04 is the 3rd of April or the 4th of March. Say it below."
    ),
    "day_conflict": gettext_lazy(
        "Days in this file are written the other way than you say: one of them has a number above 12 where you put the "
        "month. Choose again."
    ),
    "uncomputed": gettext_lazy(
        "Some cells hold formulas without a result. Open the file in a spreadsheet program, save it there, then bring "
        "it again; or they are read as empty."
    ),
    "no_longer_allowed": gettext_lazy("Whoever brought this file no longer coordinates its country."),
    "broken": gettext_lazy("Something went wrong three times. What was imported stays; try to go on, or take it back."),
}

_PROBLEMS: dict[str, Promise] = {
    "missing": gettext_lazy("There is nothing here. Fill it in."),
    "too_long": gettext_lazy("This has %(length)s characters; at most %(most)s fit. Shorten it."),
    "too_many": gettext_lazy("These are %(given)s; at most %(most)s fit. Keep those that matter most."),
    "two_addresses": gettext_lazy("There are several addresses. Keep one."),
    "no_address": gettext_lazy("“%(shown)s” is no e-mail address. Correct it."),
    "no_url": gettext_lazy("“%(shown)s” is no web address. Correct it or leave it empty."),
    "unknown_word": gettext_lazy(
        "We do not know “%(shown)s”. Say once under “Words” what it means, or correct it in the file."
    ),
    "no_number": gettext_lazy("“%(shown)s” is not one number. Write a number."),
    "out_of_range": gettext_lazy("“%(shown)s” is not between 1 and %(most)s."),
    "no_day": gettext_lazy("“%(shown)s” is no day. Write it as 2026-03-31."),
    "ambiguous_day": gettext_lazy("“%(shown)s” may be two days. Write it as 2026-03-31."),
    "no_yes": gettext_lazy("“%(shown)s” is neither yes nor no."),
    "no_mail_language": gettext_lazy(
        "We write in English, French, Spanish, Portuguese and Arabic, not in “%(shown)s”."
    ),
    "other_country": gettext_lazy(
        "This row is not of %(country)s. Bring rows of other countries as a list of their own."
    ),
    "asked_later": gettext_lazy("Not in the file; they can add it when they confirm."),
    "nobody_to_invite": gettext_lazy("Nobody is asked to speak for this institution, as there is no address."),
    "day_gone": gettext_lazy("This day has passed, so it is left out."),
    "ends_before_start": gettext_lazy("The end is before the beginning."),
    "both_sides": gettext_lazy("%(country)s stands on both sides. Keep it on one."),
    "no_organisation": gettext_lazy(
        "There is no institution “%(shown)s” here. Import it first, or write its name as it stands here."
    ),
    "nobody_speaks": gettext_lazy("Nobody speaks for “%(shown)s” here yet. Its contact person confirms first."),
    "no_speaker": gettext_lazy("This person does not speak for the institution, so its owner is named instead."),
    "same_as_line": gettext_lazy("The same stands in line %(line)s. Keep one of them."),
    "same_name": gettext_lazy(
        "Somebody of this name who lives there is here already, with another address. Look whether it is the "
        "same person."
    ),
    "refused_lists": gettext_lazy("This person asked that no list name them here. Take them out of your list."),
}

_REASONS: dict[str, Promise] = {
    "twin": gettext_lazy("is here already"),
    "taken_over": gettext_lazy("is looked after by its own people here, so it stays as it is"),
    "refused_lists": gettext_lazy("asked that no list name them here"),
    "no_organisation": gettext_lazy("its institution is no longer here"),
    "no_longer_fits": gettext_lazy("no longer fits what is here; check the file again"),
    "pathway_right": gettext_lazy("labour pathways need a right of their own"),
    "gone": gettext_lazy("was gone already"),
    "gone_on_with": gettext_lazy("people have changed it since"),
    "confirmed": gettext_lazy("has confirmed and has an account"),
    "has_people": gettext_lazy("somebody speaks for it now"),
    "has_needs": gettext_lazy("it has needs here"),
}


def why_unreadable(reason: str) -> str:
    """Return in a sentence why a file cannot be read, or not further."""
    return str(_UNREADABLE.get(reason, _UNREADABLE["damaged"]))


def reason_in_words(noun: str, reason: str) -> str:
    """Return why a row was left, kept or refused; empty for no reason."""
    if noun == ImportNoun.EXPERTS and reason == "taken_over":
        return _("has a profile here, which is theirs to change")
    return str(_REASONS.get(reason, ""))


@dataclass(frozen=True)
class Told:
    """A problem of a row in words. ``place`` is the heading of its column as the file has it, else our name for it."""

    column: str
    words: str
    is_error: bool


def problems_in_words(noun: str, headings: Sequence[str], problems: Sequence[Sequence[Any]]) -> list[Told]:
    """Return the stored problems of a row in the active language, errors first."""
    told = []
    for place, name, code, params, is_error in problems:
        column = column_of(noun, name)
        heading = headings[place] if 0 <= place < len(headings) else ""
        words = str(_PROBLEMS.get(code, "")) % _filled(params)
        told.append(Told(heading or (str(column.label) if column else name), words, is_error))
    return sorted(told, key=lambda one: not one.is_error)


def _filled(params: Mapping[str, Any]) -> dict[str, Any]:
    code = params.get("country")
    return {**params, "country": str(countries.name(code))} if code else dict(params)


def letter_of(place: int) -> str:
    """Return the name of a column as spreadsheets show it: A, B … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def faulty_headings(headings: Sequence[str]) -> list[str]:
    """Return the headings of the file of faulty rows: those of the file itself, after two of ours."""
    return [_("Line"), _("What is wrong"), *headings]
