"""What a coordinator does with an import: bring the file, say what its columns and words are, run it, take it back."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.limits import check_pace
from diaspora_net.core.transitions import advance, lock
from diaspora_net.core.uploads.names import clean_name
from engagements.documents import Overview, Unreadable, overview_of
from engagements.documents.headings import guess_columns, heading_line
from engagements.documents.values import codes_of
from engagements.models import Import, ImportFile, ImportRow, ImportWord
from engagements.payloads.import_words import why_unreadable
from engagements.queries.imports.pages import remembered_columns
from engagements.rules.imports import can_import, can_take_back
from engagements.states import IMPORT_TRANSITIONS, ImportState
from engagements.states.import_columns import COLUMNS, column_of
from engagements.states.imports import DayOrder, ImportNoun, LegalBasis, RowState, Twins
from mentors.models import Skill
from mentors.states import SkillStatus
from messaging.actions.pokes import poke

SWEEP = "engagements.tasks.work_imports"
MOST_FILES, FILES_PERIOD = 60, 3600


@dataclass(frozen=True)
class Origin:
    """Where a list comes from, why it is brought here, and on which ground (``LegalBasis``)."""

    source: str
    source_owner: str
    purpose: str
    legal_basis: str


def bring_file(*, actor: User, noun: str, country: str, name: str, content: bytes, origin: Origin) -> Import:
    """Take a file of rows of one country; its first sheet, headings and columns are guessed.

    Raises NotAllowed outside the remit, Invalid for a file that cannot be read or what the origin leaves open,
    SlowDown. Effects: import with its file, audit entry with the file's name and hash. Cost: another process reads the
    file, before the transaction.
    """
    _require(actor, country)
    problems = {
        field: _("Say this, too: whoever is on the list reads it.")
        for field in ("source", "source_owner", "purpose")
        if not getattr(origin, field).strip()
    }
    if noun not in ImportNoun.values or origin.legal_basis not in LegalBasis.values:
        problems["legal_basis"] = _("Choose from the list.")
    if problems:
        raise Invalid(_("Please look at the marked fields again."), fields=problems)
    check_pace("import", str(actor.pk), most=MOST_FILES, seconds=FILES_PERIOD)
    overview = _read(content)
    largest = max(overview.sheets, key=lambda sheet: sheet.count)
    run = Import(
        noun=noun,
        country=country,
        file_name=clean_name(name) or _("without a name"),
        file_hash=hashlib.sha256(content).hexdigest(),
        source=origin.source.strip(),
        source_owner=origin.source_owner.strip(),
        purpose=origin.purpose.strip(),
        legal_basis=origin.legal_basis,
        brought_by=actor,
    )
    _take_in(run, overview, largest.name)
    with transaction.atomic():
        run.save()
        ImportFile.objects.create(run=run, content=content)
        told = {"file": run.file_name, "sha256": run.file_hash, "noun": noun, "country": country}
        audit.record(actor=actor, verb="engagements.import.brought", obj=run, **told, basis=origin.legal_basis)
    return run


def _require(actor: User, country: str) -> None:
    if not can_import(actor, country):
        raise NotAllowed(_("Only coordinators of the country bring its lists."))


def _read(content: bytes, encoding: str = "") -> Overview:
    try:
        return overview_of(content, encoding=encoding)
    except Unreadable as error:
        problem = why_unreadable(error.reason)
        raise Invalid(problem, fields={"file": problem}, code=error.reason) from None


def _take_in(run: Import, overview: Overview, sheet: str, line: int | None = None) -> None:
    """Note what the file holds, and guess what the columns of one sheet are."""
    chosen = next((one for one in overview.sheets if one.name == sheet), overview.sheets[0])
    run.sheets = [{"name": one.name, "count": one.count, "first": one.first} for one in overview.sheets]
    run.encoding, run.sheet = overview.encoding, chosen.name
    run.problem = "uncomputed" if overview.uncomputed else ""
    numbers = [number for number, _cells in chosen.first]
    run.heading_line = line if line in numbers else heading_line(run.noun, chosen.first)
    lines = dict(chosen.first)
    below = [cells for number, cells in chosen.first if number > run.heading_line]
    width = max(len(cells) for cells in [lines[run.heading_line], *below])
    run.headings = (lines[run.heading_line] + [""] * width)[:width]
    run.columns, run.day_order = guess_columns(run.noun, run.headings, below), ""
    if before := remembered_columns(run):
        run.columns, run.day_order = before.columns, before.day_order


@transaction.atomic
def choose_sheet(*, actor: User, run: Import, sheet: str, line: int | None, encoding: str = "") -> Import:
    """Say which sheet is meant, where its headings stand, and how the letters of a text file are written.

    What the columns are is guessed anew. Raises NotAllowed, Conflict once it is checked or run, Invalid for letters
    that are not in the file. Effects: import.
    """
    present = _open(actor, run, {ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED})
    present.state = _back_to_mapping(present)
    file = ImportFile.objects.get(run=present)
    _take_in(present, _read(bytes(file.content), encoding or present.encoding), sheet, line)
    present.save()
    return present


def _open(actor: User, run: Import, states: set[ImportState]) -> Import:
    """Lock the import, hold it against the rule and the states in which the act is possible."""
    present = lock(run)
    _require(actor, str(present.country))
    if present.state not in states or present.forgotten_at:
        raise Conflict(_("This import has gone on meanwhile. Reload the page and look again."))
    if present.state == ImportState.FAILED and ImportRow.objects.filter(run=present, thing__isnull=False).exists():
        raise Conflict(_("Some rows are imported already. Go on with it, or take it back."))
    return present


def _back_to_mapping(present: Import) -> str:
    """Forget what was read and checked, and return the state in which columns are named."""
    ImportRow.objects.filter(run=present).delete()
    ImportWord.objects.filter(run=present).delete()
    return ImportState.MAPPING


@transaction.atomic
def name_columns(*, actor: User, run: Import, columns: Sequence[str], day_order: str = "") -> Import:
    """Say what each column is, in the order of the headings, and have every row checked; nothing is imported yet.

    Raises NotAllowed, Conflict once it is run, Invalid for columns named twice or required ones left out. Effects:
    import, state, audit entry; after commit the sweep runs.
    """
    present = _open(actor, run, {ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED})
    known = {one.name: one for one in COLUMNS[present.noun]}
    chosen = [name for name in columns if name]
    problems = {}
    if set(chosen) - set(known) or len(columns) != len(present.headings):
        problems["__all__"] = _("Choose from the list.")
    elif len(set(chosen)) != len(chosen):
        twice = next(name for name in chosen if chosen.count(name) > 1)
        problems["__all__"] = _("Two columns are both “%(label)s”. Choose one.") % {"label": known[twice].label}
    missing = [str(one.label) for one in known.values() if one.is_required and one.name not in chosen]
    if missing and not problems:
        problems["__all__"] = _("Say which column holds: %(labels)s.") % {"labels": ", ".join(missing)}
    if day_order not in {"", *DayOrder.values}:
        problems["day_order"] = _("Choose from the list.")
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    _back_to_mapping(present)
    Import.objects.filter(pk=run.pk).update(
        columns=list(columns), day_order=day_order, problem="", tries=0, state=ImportState.MAPPING
    )
    _begin(run, ImportState.CHECKING)
    audit.record(actor=actor, verb="engagements.import.checked", obj=run, columns=chosen)
    return run


def _begin(run: Import, state: ImportState) -> None:
    """Move on to what the sweep works on, and wake it after commit."""
    advance(run, state, IMPORT_TRANSITIONS, tries=0, problem="")

    def begin() -> None:
        poke(SWEEP)

    transaction.on_commit(begin, robust=True)


@transaction.atomic
def name_words(*, actor: User, run: Import, meanings: Mapping[int, Any]) -> int:
    """Say once what words of the file mean; it holds for all of its rows. Return how many were said.

    ``meanings`` maps ids of ``ImportWord`` to the id of a concept, to a code of the word's column, or to None for a
    word that is left out. Rows are checked again where a code was missing. Raises NotAllowed, Conflict once it is run.
    Effects: words, state where rows are checked again, audit entry.
    """
    present = _open(actor, run, {ImportState.CHECKED})
    words = list(ImportWord.objects.filter(run=present, pk__in=list(meanings)))
    concepts = [value for value in meanings.values() if isinstance(value, int)]
    accepted = set(Skill.objects.filter(pk__in=concepts, status=SkillStatus.ACCEPTED).values_list("pk", flat=True))
    changed = []
    for word in words:
        meaning = meanings[word.pk]
        if word.column == "skills" and meaning in accepted:
            word.skills = [meaning]
        elif word.column == "skills" and meaning is None:
            word.is_left_out = True
        elif meaning in _codes(present.noun, word.column):
            word.code = meaning
        else:
            continue
        word.is_chosen = True
        changed.append(word)
    ImportWord.objects.bulk_update(changed, ["skills", "code", "is_left_out", "is_chosen"])
    if any(word.code for word in changed):
        ImportRow.objects.filter(run=present).update(state=RowState.READ)
        _begin(run, ImportState.CHECKING)
    audit.record(actor=actor, verb="engagements.import.words_named", obj=run, count=len(changed))
    return len(changed)


def _codes(noun: str, name: str) -> set[str]:
    column = column_of(noun, name)
    return {code for code, _label in codes_of(column)} if column else set()


@transaction.atomic
def run_import(*, actor: User, run: Import, twins: str = Twins.SKIP) -> Import:
    """Import the rows that are ready; those that are faulty stay behind. ``twins`` says what becomes of rows that are
    here already.

    Raises NotAllowed, Conflict unless it is checked or was stopped, Invalid without a row to import. Effects: state,
    audit entry; after commit the sweep runs.
    """
    present = lock(run)
    _require(actor, str(present.country))
    if present.state not in {ImportState.CHECKED, ImportState.FAILED} or present.forgotten_at:
        raise Conflict(_("This import has gone on meanwhile. Reload the page and look again."))
    if twins not in Twins.values:
        raise Invalid(_("Choose from the list."))
    wanted = [RowState.READY, *([RowState.TWIN] if twins == Twins.UPDATE else [])]
    if not ImportRow.objects.filter(run=present, state__in=wanted).exists():
        raise Invalid(_("There is no row to import. Correct the file and bring it again."))
    Import.objects.filter(pk=run.pk).update(twins=twins)
    _begin(run, ImportState.RUNNING)
    audit.record(actor=actor, verb="engagements.import.run", obj=run, file=present.file_name, twins=twins)
    return run


@transaction.atomic
def take_back(*, actor: User, run: Import) -> Import:
    """Take an import back: what nobody has gone on with is removed or becomes again what it was.

    Raises NotAllowed, Conflict when it was not run or is older than thirty days. Effects: state, audit entry; after
    commit the sweep runs.
    """
    present = lock(run)
    _require(actor, str(present.country))
    if not can_take_back(present):
        raise Conflict(_("This import can no longer be taken back."))
    if present.done_at is None:
        Import.objects.filter(pk=run.pk).update(done_at=present.brought_at)
    _begin(run, ImportState.UNDOING)
    audit.record(actor=actor, verb="engagements.import.taken_back", obj=run, file=present.file_name)
    return run


@transaction.atomic
def discard(*, actor: User, run: Import) -> None:
    """Throw a file away that was not imported. Raises NotAllowed, Conflict. Effects: state, file and rows deleted,
    audit entry.
    """
    _open(actor, run, {ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED})
    advance(run, ImportState.DISCARDED, IMPORT_TRANSITIONS, sheets=[], problem="")
    ImportFile.objects.filter(run=run).delete()
    ImportRow.objects.filter(run=run).delete()
    ImportWord.objects.filter(run=run).delete()
    audit.record(actor=actor, verb="engagements.import.discarded", obj=run, file=run.file_name)
