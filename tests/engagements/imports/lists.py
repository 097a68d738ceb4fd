"""Files that a coordinator brings, and what follows, step by step; built through the actions."""

import csv
import io
from collections.abc import Iterable, Sequence

from diaspora_net.accounts.models import User
from engagements.actions.imports.files import Origin, bring_file, name_columns, run_import
from engagements.actions.imports.sweep import work_due_imports
from engagements.models import Import, ImportRow, ListedPerson
from engagements.payloads.listed import listed_token
from tests.world import World

ORIGIN = Origin("Forum of 2023", "Ministry of Migration", "To ask experts whether they take part", "consent")
EXPERTS = ("Nom complet", "Courriel", "Pays de résidence", "Compétences", "Langues")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as a CSV file with semicolons, as spreadsheets in French write it."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([headings, *rows])
    return text.getvalue().encode("utf-8-sig")


def bring(actor: User, noun: str, content: bytes, country: str = "TN", name: str = "list.csv") -> Import:
    return bring_file(actor=actor, noun=noun, country=country, name=name, content=content, origin=ORIGIN)


def checked(actor: User, noun: str, content: bytes, day_order: str = "") -> Import:
    """Bring a file, take the columns as they were guessed, and have it checked."""
    run = bring(actor, noun, content)
    name_columns(actor=actor, run=run, columns=run.columns, day_order=day_order or run.day_order)
    work_due_imports()
    run.refresh_from_db()
    return run


def imported(actor: User, noun: str, content: bytes, twins: str = "skip") -> Import:
    """Have a file checked and its rows imported."""
    run = checked(actor, noun, content)
    run_import(actor=actor, run=run, twins=twins)
    work_due_imports()
    run.refresh_from_db()
    return run


def states(run: Import) -> list[str]:
    return list(ImportRow.objects.filter(run=run).order_by("number").values_list("state", flat=True))


def codes(run: Import, number: int) -> list[tuple[str, str]]:
    """Return what is said about a line: column and code."""
    return [(problem[1], problem[2]) for problem in ImportRow.objects.get(run=run, number=number).problems]


def expert_rows(count: int) -> list[tuple[str, ...]]:
    return [
        (f"Expert {number}", f"expert{number}@example.org", "France", "cardiologie; train nurses", "français C1, arabe")
        for number in range(count)
    ]


def import_things(world: World) -> dict[str, list[object]]:
    """Return what the addresses of imports are asked for: a file just brought, one that is done, and who is listed."""
    fresh = bring(world.chidi, "experts", table(EXPERTS, [*expert_rows(2), ("", "", "", "", "")]))
    done = imported(world.chidi, "experts", table(EXPERTS, expert_rows(1)))
    person = ListedPerson.objects.get(run=done)
    return {
        "import": [fresh.reference],
        "import-done": [done.reference],
        "import-noun": ["experts"],
        "import-nothing": ["nothing"],
        "listed": [listed_token(person)],
        "listed-forged": ["forged"],
    }
