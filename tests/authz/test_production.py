"""The settings that a public site gets from the environment, as a process of its own reads them."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "Zk3xq9Vb7TgP2mWc8RfLs5HdNj4YuAe6XoKi1BvQpEw0GtMhSrCz",
    "BASE_URL": "https://network.example.org",
    "ALLOWED_HOSTS": "network.example.org",
    "DATABASE_URL": "postgresql://nobody@localhost/none",
    "REDIS_URL": "redis://localhost/0",
    "BEHIND_PROXY": "yes",
    "EMAIL_HOST": "smtp.example.org",
}
COOKIES = """
from django.conf import settings
for name in ("SESSION", "CSRF", "LANGUAGE"):
    print(*(getattr(settings, f"{name}_COOKIE_{what}") for what in ("SECURE", "SAMESITE")))
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_HTTPONLY)
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "diaspora_net.settings", **PRODUCTION}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_nothing_is_warned_of_when_the_site_is_public() -> None:
    checked = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    assert "no issues (0 silenced)" in checked.stdout


def test_every_cookie_is_for_https_and_this_host_when_the_site_is_public() -> None:
    told = run("-c", COOKIES)
    assert told.stdout.splitlines() == [*["True Lax"] * 3, "__Host-session __Host-csrf True"], told.stderr
