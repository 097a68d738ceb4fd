"""Bring a spreadsheet: the file, its columns, what the check found, the run, its result, and taking it back."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.errors import Conflict, Invalid
from diaspora_net.core.forms import refusals_on
from diaspora_net.core.uploads.answers import sealed
from diaspora_net.core.uploads.kinds import KINDS
from engagements.actions.exports import note_export
from engagements.actions.imports import files as actions
from engagements.forms.imports import ColumnsForm, FileForm, RunForm, SheetForm, WordsForm
from engagements.models import Import, ImportRow, ImportWord
from engagements.payloads.import_words import faulty_headings, problems_in_words, reason_in_words, why_unreadable
from engagements.queries.imports import pages as queries
from engagements.reports.import_sheets import sheet_of
from engagements.rules.imports import can_take_back
from engagements.states.import_columns import COLUMNS
from engagements.states.imports import WORKED_STATES, ImportNoun, ImportState, RowState
from mentors.queries.skills import search_skills, skill_labels

PER_PAGE = 20
FOUND, SHOWN = 6, 3


@signed_in
def imports(request: SignedInRequest) -> HttpResponse:
    """List the files that coordinators of the viewer's countries have brought."""
    if not remit_countries(request.user):
        raise Http404
    page = Paginator(queries.visible_imports(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "engagements/imports.html", {"page": page, "nouns": ImportNoun.choices})


@signed_in
def import_new(request: SignedInRequest) -> HttpResponse:
    """Take a file and where it comes from."""
    remit = remit_countries(request.user)
    if not remit:
        raise Http404
    is_sent = request.method == "POST"
    form = FileForm(request.POST if is_sent else None, request.FILES if is_sent else None, remit=remit)
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_on(form):
            run = actions.bring_file(
                actor=request.user,
                noun=form.cleaned_data["noun"],
                country=form.cleaned_data["country"],
                name=file.name or "",
                content=file.read(),
                origin=form.origin(),
            )
            return redirect("engagements:import", reference=run.reference)
    return render(request, "engagements/import_new.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
def import_page(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show how far an import is, and what comes next."""
    return _page(request, queries.get_import(request.user, reference))


def _page(request: SignedInRequest, run: Import, **refused: Form) -> HttpResponse:
    context: dict[str, Any] = {
        "run": run,
        "counts": queries.counts_of(run),
        "is_moving": run.state in WORKED_STATES,
        "problem": why_unreadable(run.problem) if run.problem else "",
        "may_take_back": can_take_back(run),
        "form_errors": bool(refused),
    }
    if run.state == ImportState.MAPPING and not run.forgotten_at:
        context |= {
            "before": queries.same_file_before(run),
            "sheet_form": SheetForm(run=run),
            "columns_form": ColumnsForm(run=run, below=_below(run)),
        }
    elif run.state not in WORKED_STATES:
        context |= {"run_form": RunForm(), **_rows(request, run)}
        if run.state == ImportState.CHECKED and "words_form" not in refused:
            context["words_form"] = _words_form(run)
    return render(request, "engagements/import.html", {**context, **refused}, status=422 if refused else 200)


def _below(run: Import) -> list[list[str]]:
    first: list[Any] = next((one["first"] for one in run.sheets if one["name"] == run.sheet), [])
    return [cells for number, cells in first if number > run.heading_line]


def _rows(request: SignedInRequest, run: Import) -> dict[str, Any]:
    """Return a page of rows in words, in the state the address asks for."""
    shown = request.GET.get("show", "")
    page = Paginator(queries.rows_to_show(run, shown), queries.ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "row": row,
            "cells": [cell for cell in row.cells if cell][:SHOWN],
            "told": _told(run, row),
            "reason": reason_in_words(run.noun, row.reason),
        }
        for row in page.object_list
    ]
    query = f"show={shown}&" if shown in RowState.values else ""
    return {"page": page, "rows": rows, "shown": shown, "query": query}


def _told(run: Import, row: ImportRow) -> list[Any]:
    return problems_in_words(run.noun, run.headings, row.problems)


def _words_form(
    run: Import, data: Any = None, words: Sequence[ImportWord] | None = None, looked: dict[int, str] | None = None
) -> WordsForm:
    """Return the form of words that mean nothing yet; ``looked`` is what somebody looks for instead of some of them."""
    language = get_language() or "en"
    words = list(queries.words_to_decide(run)[: queries.WORDS_PER_PAGE]) if words is None else words
    found = {
        pk: [hit.skill_id for hit in search_skills(text, language=language, limit=FOUND)]
        for pk, text in (looked or {}).items()
    }
    ids = {pk for word in words for pk in word.suggested} | {pk for hits in found.values() for pk in hits}
    return WordsForm(data, words=words, labels=skill_labels(ids, language), found=found, noun=run.noun)


@signed_in
@require_POST
def import_sheet(request: SignedInRequest, reference: str) -> HttpResponse:
    """Choose the sheet and the line with the headings."""
    run = queries.get_import(request.user, reference)
    form = SheetForm(request.POST, run=run)
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.choose_sheet(
                actor=request.user,
                run=run,
                sheet=told.get("sheet", "") or run.sheet,
                line=told["line"],
                encoding=told.get("encoding", ""),
            )
        except Invalid as error:
            form.add_error("encoding" if "encoding" in form.fields else None, error.message)
        else:
            return redirect("engagements:import", reference=reference)
    return _page(request, run, sheet_form=form)


@signed_in
@require_POST
def import_columns(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say what the columns are, and have the rows checked."""
    run = queries.get_import(request.user, reference)
    form = ColumnsForm(request.POST, run=run, below=_below(run))
    if form.is_valid():
        with refusals_on(form):
            told = form.cleaned_data["day_order"]
            actions.name_columns(actor=request.user, run=run, columns=form.columns(), day_order=told)
            return redirect("engagements:import", reference=reference)
    return _page(request, run, columns_form=form)


@signed_in
@require_POST
def import_words(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say what words mean; those somebody looks for are found first."""
    run = queries.get_import(request.user, reference)
    words = list(queries.words_to_decide(run)[: queries.WORDS_PER_PAGE])
    looked = {word.pk: text for word in words if (text := request.POST.get(f"find_{word.pk}", "").strip()[:80])}
    form = _words_form(run, request.POST, words, looked)
    if not form.is_valid():
        return _page(request, run, words_form=form)
    said = actions.name_words(actor=request.user, run=run, meanings=form.meanings()) if form.meanings() else 0
    if wanted := form.wanted():
        run.refresh_from_db()
        return _page(request, run, words_form=_words_form(run, None, None, wanted))
    if said:
        messages.success(request, _("Noted. It holds for every row of the file."))
    return redirect("engagements:import", reference=reference)


@signed_in
@require_POST
def import_run(request: SignedInRequest, reference: str) -> HttpResponse:
    """Import the rows that are ready."""
    run = queries.get_import(request.user, reference)
    form = RunForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.run_import(actor=request.user, run=run, twins=form.cleaned_data["twins"])
            return redirect("engagements:import", reference=reference)
    return _page(request, run, run_form=form)


@signed_in
@require_POST
def import_back(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take an import back."""
    run = queries.get_import(request.user, reference)
    try:
        actions.take_back(actor=request.user, run=run)
    except Conflict as error:
        messages.warning(request, error.message)
    return redirect("engagements:import", reference=reference)


@signed_in
@require_POST
def import_discard(request: SignedInRequest, reference: str) -> HttpResponse:
    """Throw a file away that was not imported."""
    run = queries.get_import(request.user, reference)
    try:
        actions.discard(actor=request.user, run=run)
    except Conflict as error:
        messages.warning(request, error.message)
        return redirect("engagements:import", reference=reference)
    messages.success(request, _("Thrown away. Nothing of it is kept."))
    return redirect("engagements:imports")


@signed_in
@require_POST
def import_faulty(request: SignedInRequest, reference: str) -> HttpResponse:
    """Answer with the faulty rows alone, each with what is wrong, to be corrected and brought again."""
    run = queries.get_import(request.user, reference)
    rows = list(queries.faulty_rows(run))
    note_export(actor=request.user, of="import", count=len(rows))
    lines = (
        (row.number, " ".join(f"{one.column}: {one.words}" for one in _told(run, row) if one.is_error), *row.cells)
        for row in rows
    )
    content = sheet_of(faulty_headings(run.headings), lines, is_rtl=get_language_bidi())
    return sealed(content, KINDS["xlsx"].media_type, f"to-correct-{run.reference}.xlsx")


@signed_in
def import_template(request: SignedInRequest, noun: str) -> HttpResponse:
    """Answer with an empty workbook whose headings are known."""
    if noun not in COLUMNS or not remit_countries(request.user):
        raise Http404
    content = sheet_of([str(one.label) for one in COLUMNS[noun]], [], is_rtl=get_language_bidi())
    return sealed(content, KINDS["xlsx"].media_type, f"{noun}.xlsx")


Page = Callable[..., HttpResponse]
ACTS: tuple[tuple[str, Page], ...] = (
    ("sheet", import_sheet),
    ("columns", import_columns),
    ("words", import_words),
    ("run", import_run),
    ("take-back", import_back),
    ("discard", import_discard),
    ("faulty", import_faulty),
)
