"""How long a large spreadsheet takes: ``python -m tests.bench.imports``.

``ROWS`` is how many rows each file has, ``NOUNS`` what they are. PostgreSQL is our own, started for the measurement and
thrown away; the sweep runs in this process, as the worker runs it. Experts list three skills each from the vocabulary's
labels in five languages and one word that nothing knows.
"""

import io
import os
import time
from pathlib import Path
from typing import Any

from tests.bench.ground import own_services

MEMORY_KEY = "VmHWM:"


def main() -> None:
    """Measure with services and a database of our own, and print a table."""
    with own_services():
        nouns = os.environ.get("NOUNS", "experts,organisations,needs,programmes").split(",")
        measure(int(os.environ.get("ROWS", "20000")), nouns)


def measure(count: int, nouns: list[str]) -> None:
    """Bring, check, import and take back one file of each noun, and print how many seconds each step takes."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_vocabulary", verbosity=0)
    from engagements.actions.imports.files import name_columns, run_import, take_back
    from tests.engagements.imports.lists import bring
    from tests.world import make_world

    world = make_world()
    print(f"{count} rows each, load average {os.getloadavg()[0]:.1f}")
    print("| noun | file kB | read | check | import | take back | statements | slowest batch, s | memory, MB |")
    for noun in nouns:
        content = workbook(noun, count)
        began = time.perf_counter()
        run = bring(world.chidi, noun, content, name=f"{noun}.xlsx")
        read = time.perf_counter() - began
        name_columns(actor=world.chidi, run=run, columns=run.columns)
        check, first = worked(run)
        run_import(actor=world.chidi, run=run)
        written, second = worked(run)
        take_back(actor=world.chidi, run=run)
        back, third = worked(run)
        counts = sorted((state, number) for state, number in states(run).items())
        slowest = max(first["slowest"], second["slowest"], third["slowest"])
        statements = first["statements"] + second["statements"] + third["statements"]
        print(
            f"| {noun} | {len(content) // 1000} | {read:.1f} | {check:.1f} | {written:.1f} | {back:.1f} "
            f"| {statements} | {slowest:.1f} | {peak():.0f} | {counts}",
            flush=True,
        )


def worked(run: Any) -> tuple[float, dict[str, Any]]:
    """Work until nothing is due; return the seconds, the statements and the longest batch."""
    from unittest.mock import patch

    from django.db import connection

    from engagements.actions.imports import sweep

    batches: list[float] = []
    work, counted = sweep._work, 0

    def timed(present: Any) -> None:
        began = time.perf_counter()
        work(present)
        batches.append(time.perf_counter() - began)

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*arguments)

    began = time.perf_counter()
    with patch.object(sweep, "_work", timed), connection.execute_wrapper(count):
        while True:
            sweep.work_due_imports()
            run.refresh_from_db()
            if run.state not in {"checking", "running", "undoing"}:
                break
    assert run.state in {"checked", "done", "undone"}, (run.state, run.problem)
    return time.perf_counter() - began, {"statements": counted, "slowest": max(batches)}


def states(run: Any) -> dict[str, int]:
    from engagements.queries.imports.pages import counts_of

    return dict(counts_of(run).rows)


def peak() -> float:
    """Return the most memory this process has held, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(MEMORY_KEY)) / 1000


def workbook(noun: str, count: int) -> bytes:
    """Return a workbook of ``count`` rows as a ministry might keep it."""
    import xlsxwriter

    headings, row = ROWS[noun]
    file = io.BytesIO()
    labels = some_labels()
    with xlsxwriter.Workbook(file, {"in_memory": True, "constant_memory": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headings)
        for number in range(count):
            sheet.write_row(number + 1, 0, row(number, labels))
    return file.getvalue()


def some_labels() -> list[str]:
    from mentors.models import SkillLabel

    return list(SkillLabel.objects.order_by("pk").values_list("text", flat=True))


def _expert(number: int, labels: list[str]) -> list[Any]:
    skills = [labels[(number * step) % len(labels)] for step in (1, 7, 13)]
    return [
        f"Nom{number}", f"Prénom{number}", f"expert{number}@example.org", ("France", "Allemagne", "Canada")[number % 3],
        "Tunisie", "Ingénieur en énergie", "; ".join([*skills, f"mot inconnu {number % 900}"]),
        "français (courant), arabe (langue maternelle), anglais B2", number % 20 + 1, "à distance, sur place",
        "Vingt ans de pratique dans trois pays, et dix de formation.",
    ]  # fmt: skip


ROWS: dict[str, Any] = {
    "experts": (
        ["Nom", "Prénom", "Courriel", "Pays de résidence", "Pays d'origine", "Profession", "Compétences", "Langues",
         "Heures par mois", "Modalité", "Présentation"],
        _expert,
    ),
    "organisations": (
        ["Nom", "Type", "Ville", "Site web", "Matricule", "Contact", "Courriel"],
        lambda number, _labels: [f"Clinique {number}", "clinique", "Tunis", "example.tn", f"M{number}", f"Dr {number}",
                                 f"contact{number}@example.org"],
    ),
    "needs": (
        ["Structure", "Intitulé", "Contexte", "Type d'aide", "Heures", "Date limite", "Compétences", "Langue"],
        lambda number, labels: ["Hôpital régional de Jendouba", f"Besoin {number}", "Contexte", "formation", 12,
                                "31/12/2030", labels[number % len(labels)], "français"],
    ),
    "programmes": (
        ["Projet", "Pays d'origine", "Pays de destination", "Début", "Fin", "Bénéficiaires", "Composante"],
        lambda number, _labels: [f"Projet {number}", "Tunisie", "Allemagne", "2026-01-01", "2027-01-01", "jeunes",
                                 "formation"],
    ),
}  # fmt: skip


if __name__ == "__main__":
    main()
