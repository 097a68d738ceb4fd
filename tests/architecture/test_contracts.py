"""The house rules that a machine can check: import contracts, sizes, docstrings, no queries in entrances, no fakes."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.backends import db
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("diaspora_net", "mentors", "engagements", "messaging")
LONGEST_FILE, LONGEST_CLASS, LONGEST_FUNCTION = 300, 200, 40
ENTRANCES = ("views", "api.py", "consumers.py", "tasks.py")


def product_files() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def test_import_contracts_hold() -> None:
    run = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]


@pytest.mark.parametrize("path", product_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_stays_small_and_readable(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    is_data = path.parent.name == "demo" and path.name != "story.py"
    problems = []
    if source.count("\n") > LONGEST_FILE and not is_data:
        problems.append(f"{source.count(chr(10))} lines, more than {LONGEST_FILE}")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            problems += _problems_of_function(node)
        if isinstance(node, ast.ClassDef) and (node.end_lineno or 0) - node.lineno > LONGEST_CLASS:
            problems.append(f"class {node.name} is longer than {LONGEST_CLASS} lines")
    assert not problems, problems


def _problems_of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    problems = []
    first = node.body[1:2] or node.body[:1]
    length = (node.end_lineno or 0) - first[0].lineno + 1
    if length > LONGEST_FUNCTION:
        problems.append(f"{node.name} has {length} lines, more than {LONGEST_FUNCTION}")
    return problems + [
        f"{node.name} imports {inner.module} inside itself"
        for inner in ast.walk(node)
        if isinstance(inner, ast.ImportFrom) and (inner.module or "").split(".")[0] in PACKAGES
    ]


@pytest.mark.parametrize("package", ["diaspora_net/accounts", "mentors", "engagements", "messaging"])
def test_entrances_ask_queries_and_actions_when_they_need_data(package: str) -> None:
    guilty = []
    for path in sorted((ROOT / package).rglob("*.py")):
        relative = path.relative_to(ROOT / package)
        if relative.parts[0] in ENTRANCES and ".objects." in path.read_text(encoding="utf-8"):
            guilty.append(str(path))
    assert guilty == []


def test_no_model_overrides_save_and_nothing_of_ours_listens_to_signals() -> None:
    guilty = [
        str(path)
        for path in product_files()
        if "@receiver" in path.read_text(encoding="utf-8")
        or ("models" in path.parts and "def save(" in path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


@pytest.mark.django_db
def test_every_model_change_has_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_tests_run_on_real_parts() -> None:
    """SQLite, in-memory layers and eager Celery make tests green and production lossy."""
    assert settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert not getattr(settings, "CELERY_TASK_ALWAYS_EAGER", False)
    layers = getattr(settings, "CHANNEL_LAYERS", {})
    assert all("InMemory" not in layer["BACKEND"] for layer in layers.values())
    assert settings.REDIS_URL.startswith(("unix://", "redis://"))
    assert issubclass(import_module(settings.SESSION_ENGINE).SessionStore, db.SessionStore)
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_styles_use_logical_properties_and_tokens_only() -> None:
    source = (ROOT / "diaspora_net/static/css/site.css").read_text(encoding="utf-8")
    physical = ("margin-left", "margin-right", "padding-left", "padding-right", "border-left", "border-right", "float:")
    assert [word for word in physical if word in source] == []
    assert "text-align: left" not in source
    assert "text-align: right" not in source


def test_templates_carry_no_inline_script_or_style() -> None:
    guilty = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.html")):
            source = path.read_text(encoding="utf-8")
            if " style=" in source or " onclick=" in source or "<script>" in source:
                guilty.append(str(path.relative_to(ROOT)))
    assert guilty == []
