"""A PostgreSQL data directory whose database has every migration, made once and copied for each run of tests.

It stands in pytest's cache under a name made from the migrations and the locked packages, so that whoever changes one
of them gets another. A clean machine makes it once, by the migrations, and every run there begins with a copy.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from diaspora_net import embedded
from diaspora_net.embedded.postgres import server_account

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".pytest_cache" / "postgres"
# For a PostgreSQL that lives for one run and need not outlive a power cut.
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def lay_data(state: Path, environment: dict[str, str]) -> None:
    """Put the data directory where a PostgreSQL of ``state`` looks for it; its database is called ``dn``.

    ``environment`` is what the settings need besides the addresses of the services. Raises ``ServiceError``, and
    ``CalledProcessError`` when a migration fails.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    home = state / "postgres"
    home.mkdir(mode=0o700)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = CACHE / fingerprint()
        if not kept.exists():
            make_data(kept, environment)
        shutil.copytree(kept, home / "data")
    if account := server_account():
        for path in [home, *home.rglob("*")]:
            os.chown(path, account.uid, account.gid)


def fingerprint() -> str:
    """Return a name that changes with every migration, ours or a library's."""
    sources = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("diaspora_net/*/migrations/*.py")]
    digest = hashlib.sha256()
    for path in sorted([*sources, ROOT / "requirements-dev.txt"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def make_data(kept: Path, environment: dict[str, str]) -> None:
    """Migrate an empty database and keep its data directory, complete or not at all, in place of older ones."""
    for old in CACHE.glob("*/"):
        shutil.rmtree(old)
    with tempfile.TemporaryDirectory(prefix="diaspora-net-template-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # PostgreSQL runs under another account when we are root
        with embedded.held_state(directory) as state:
            postgres = embedded.Postgres(directory, state.sockets, HASTY)
            postgres.start()
            try:
                services = {"DATABASE_URL": postgres.url, "REDIS_URL": "redis://localhost/0"}
                command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
                subprocess.run(command, cwd=ROOT, env={**os.environ, **environment, **services}, check=True)
            finally:
                postgres.stop()
        new = CACHE / "new"
        shutil.copytree(postgres.data, new)
        new.rename(kept)
