"""One exact verdict for each file of the corpus, and what a process that inspects may use."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from diaspora_net.core.uploads import sandbox, scanner
from diaspora_net.core.uploads.inspection.__main__ import verdict
from diaspora_net.core.uploads.kinds import KINDS
from diaspora_net.core.uploads.words import REASONS
from tests.core.uploads.corpus import CANARY, EICAR, Case, cases, office, pdf, picture, placed_picture

CASES = cases()


def inspected(case: Case, place: Path) -> dict[str, Any]:
    source = place / "source"
    source.write_bytes(case.content)
    return verdict(source, case.kind, place)


@pytest.mark.parametrize("case", CASES, ids=[case.label for case in CASES])
def test_file_gets_its_verdict(case: Case, tmp_path: Path) -> None:
    found = inspected(case, tmp_path)
    assert found["reason"] == case.reason
    assert bool(found.get("is_remade")) == (KINDS[case.kind].family == "picture" and not case.reason)
    assert not case.reason or case.reason in REASONS


def test_corpus_names_each_case_once() -> None:
    assert len({case.label for case in CASES}) == len(CASES)
    assert {case.kind for case in CASES} == set(KINDS)


# ── Pictures ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("case", [case for case in CASES if CANARY in case.content and not case.reason])
def test_nothing_but_the_picture_is_left_when_it_passes(case: Case, tmp_path: Path) -> None:
    inspected(case, tmp_path)
    for name in ("content", "small"):
        assert CANARY not in (tmp_path / name).read_bytes()
        with Image.open(tmp_path / name) as left:
            assert not left.getexif()
            assert set(left.info) <= {
                "jfif",
                "jfif_version",
                "jfif_unit",
                "jfif_density",
                "progressive",
                "loop",
                "background",
                "timestamp",
                "duration",
            }


def test_picture_stands_upright_when_its_camera_was_turned(tmp_path: Path) -> None:
    found = inspected(Case("", "jpeg", placed_picture()), tmp_path)
    assert (found["width"], found["height"]) == (40, 60)


@pytest.mark.parametrize(("form", "kind"), [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp")])
def test_picture_is_made_smaller_when_it_is_large(form: str, kind: str, tmp_path: Path) -> None:
    noise = Image.effect_noise((2100, 1575), 90).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, form)
    found = inspected(Case("", kind, buffer.getvalue()), tmp_path)
    assert (found["reason"], found["width"], found["height"]) == ("", 2048, 1536)
    assert len((tmp_path / "small").read_bytes()) <= 8 * 1024
    with Image.open(tmp_path / "content") as made:
        assert made.format == form


# ── The process ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_process_answers_as_the_function_does(tmp_path: Path) -> None:
    for case in (Case("", "png", picture("PNG")), Case("", "pdf", pdf()), Case("", "docx", office()), CASES[-3]):
        source = tmp_path / "source"
        source.write_bytes(case.content)
        assert sandbox.inspect(source, case.kind, tmp_path).reason == case.reason


def test_process_alone_ends_when_a_file_takes_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that eats memory or time ends within its limits; the file is refused and we go on."""
    for eats in ("x = b'x' * 10**9", "while True: pass"):
        program = (
            "import resource\nfrom diaspora_net.core.uploads.inspection import limits\n"
            "limits.CPU_SECONDS = 1\nlimits.give_up_rights()\n"
            "from diaspora_net.core.uploads.inspection import __main__ as main\n"
            f"def eat(*_any):\n    {eats}\n"
            "main.inspect = eat\nimport json\nprint(json.dumps(main.verdict(None, 'pdf', None)))"
        )
        real = subprocess.run
        monkeypatch.setattr(
            sandbox.subprocess,
            "run",
            lambda command, real=real, program=program, **options: real([sys.executable, "-c", program], **options),
        )
        assert sandbox.inspect(tmp_path / "x", "pdf", tmp_path).reason == "too_heavy"
        monkeypatch.undo()


def test_process_knows_neither_our_secrets_nor_django(tmp_path: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import diaspora_net.core.uploads.inspection.__main__, sys; print('django' in sys.modules)",
        ],
        cwd=settings.BASE_DIR,
        env={"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "False"


def test_no_verdict_is_no_pass_when_the_process_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox.sys, "executable", "/bin/false")
    with pytest.raises(sandbox.Uninspected):
        sandbox.inspect(tmp_path / "x", "pdf", tmp_path)
    monkeypatch.setattr(sandbox.sys, "executable", "/nowhere/python")
    with pytest.raises(sandbox.Uninspected):
        sandbox.inspect(tmp_path / "x", "pdf", tmp_path)


# ── The scanner ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_scanner_decides_when_one_is_set(tmp_path: Path, settings: Any) -> None:
    script = tmp_path / "scan"
    script.write_text('#!/bin/sh\ngrep -q EICAR-STANDARD "$2" && exit 1\ntest "$1" = --quiet\n')
    script.chmod(0o755)
    source = tmp_path / "a file.txt"
    source.write_bytes(EICAR)
    assert not scanner.is_infected(source)
    settings.VIRUS_SCANNER = f"{script} --quiet"
    assert scanner.is_infected(source)
    source.write_text("Bonjour")
    assert not scanner.is_infected(source)


@pytest.mark.parametrize("command", ["/nowhere/clamscan", "sh -c 'exit 2'"])
def test_scanner_without_an_answer_is_no_pass(command: str, tmp_path: Path, settings: Any) -> None:
    settings.VIRUS_SCANNER = command
    with pytest.raises(scanner.ScannerSilent):
        scanner.is_infected(tmp_path)
