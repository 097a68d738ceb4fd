"""A wrong environment variable stops the start with its name and an example."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("DATABASE_URL", "sqlite:///db.sqlite3", "DATABASE_URL=postgresql://"),
        ("DATABASE_URL", "", "DATABASE_URL=postgresql://"),
        ("DATABASE_URL", "postgresql://host:port/db", "DATABASE_URL=postgresql://"),
        ("REDIS_URL", "memory://", "REDIS_URL=redis://"),
        ("SECRET_KEY", "short", "SECRET_KEY="),
        ("SECRET_KEY", "", "SECRET_KEY="),
        ("DEBUG", "perhaps", "DEBUG=true"),
        ("BASE_URL", "network.example.org", "BASE_URL=https://"),
        ("EMAIL_PORT", "many", "EMAIL_PORT=587"),
        ("EMAIL_PORT", "70000", "EMAIL_PORT=587"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS=network.example.org"),
        ("MFA_TYPES", "totp,telepathy", "MFA_TYPES=totp"),
    ],
)
def test_start_stops_with_name_and_example_when_a_variable_is_wrong(name: str, value: str, example: str) -> None:
    run = _start({name: value})
    assert run.returncode != 0
    last = run.stderr.strip().splitlines()[-1]
    assert name in last
    assert example in last


def test_start_refuses_demo_mode_when_the_address_is_public() -> None:
    run = _start({"DEMO": "yes", "BASE_URL": "https://network.example.org"})
    assert run.returncode != 0
    assert "DEMO=no" in run.stderr


def test_start_succeeds_when_the_variables_are_right() -> None:
    assert _start({}).returncode == 0


def _start(changes: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DEBUG": "no", "DEMO": "no", **changes}
    return subprocess.run(
        [sys.executable, "-c", "import diaspora_net.settings"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
