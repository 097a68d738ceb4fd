"""The demo: services, demo network, web, worker and beat under one supervisor, and management commands beside it.

``make demo``, ``make demo-reset`` and ``make manage`` call this module; it has no part in production.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Never

import django
from django.core.management import call_command

from diaspora_net import embedded
from diaspora_net.embedded.parts import HOST, running_parts

ROOT = Path(__file__).resolve().parent.parent
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What the demo keeps, and so what a reset removes; STATE= may name a directory that holds other things too.
KEPT = ("postgres", "valkey", "mail", "media", "secret", "beat*", "people", "programs-*", "*.log")
BEGAN = time.monotonic()


class Stopped(BaseException):
    """A signal asked us to stop; unwinding stops everything in reverse order."""


def say(text: str) -> None:
    """Print a step with the seconds since the start; a terminal that went away is no reason to stop stopping."""
    with contextlib.suppress(OSError):
        print(f"[{time.monotonic() - BEGAN:5.1f} s] {text}", flush=True)


def stop_on_signals() -> None:
    """Turn the first signal into ``Stopped`` and ignore the following ones, so that nothing interrupts the stopping."""

    def stop(number: int, _frame: FrameType | None) -> Never:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        say(f"Stopping ({signal.Signals(number).name})")
        raise Stopped

    for each in SIGNALS:
        signal.signal(each, stop)


def state_directory() -> Path:
    """Return where the demo keeps its data: ``STATE``, else ``var/demo``, or for root a place PostgreSQL can reach."""
    if named := os.environ.get("STATE"):
        return Path(named).absolute()
    if os.geteuid():
        return ROOT / "var" / "demo"
    # The directory is refused when somebody else has made it.
    return Path("/var/tmp") / f"diaspora-net-{hashlib.sha256(bytes(ROOT)).hexdigest()[:8]}"  # noqa: S108


def free_port() -> int:
    """Return ``PORT``, or the next free one, saying so. Raises ``ServiceError`` when ``PORT`` is no port."""
    named = os.environ.get("PORT") or "8000"
    if not named.isdecimal() or not 1 <= int(named) <= 65535:
        raise embedded.ServiceError(f"PORT is {named!r}; it has to be a number from 1 to 65535.")
    wanted = int(named)
    for port in (*range(wanted, min(wanted + 20, 65536)), 0):
        with contextlib.suppress(OSError), socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            candidate.bind((HOST, port))
            found: int = candidate.getsockname()[1]
            if found != wanted:
                say(f"Port {wanted} cannot be had; taking {found}")
            return found
    raise embedded.ServiceError("No port is free.")


def secret_key(state: Path) -> str:
    """Return the key of this demo, made at its first start and kept, so that people stay signed in."""
    path = state / "secret"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def demo_environment(state: Path, urls: Mapping[str, str], port: int) -> dict[str, str]:
    """Return the environment of every process of the demo. No mail leaves: it lands in a directory."""
    mail = state / "mail"
    mail.mkdir(mode=0o700, exist_ok=True)
    return {
        **os.environ,
        **urls,
        "DJANGO_SETTINGS_MODULE": "diaspora_net.settings",
        "SECRET_KEY": secret_key(state),
        "DEMO": "yes",
        "DEBUG": "no",
        "BASE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": f"localhost,{HOST}",
        "MAIL_DIR": str(mail),
        "MEDIA_ROOT": str(state / "media"),
        "EMAIL_HOST": "",
        "PYTHONUNBUFFERED": "1",
    }


def run_command(environment: Mapping[str, str], *arguments: str) -> int:
    """Run a management command on this terminal and return its exit code."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    hook = embedded.die_with_parent(signal.SIGTERM)
    return subprocess.run(command, cwd=ROOT, env=dict(environment), preexec_fn=hook, check=False).returncode


def prepare(environment: Mapping[str, str], people: Path) -> None:
    """Bring the database up to date, fill it at the first start, list the demo people. Raises ``ServiceError``.

    One child does all three, because starting Django costs more than the three together at a second start.
    """
    command = [sys.executable, "-m", "diaspora_net.demo", "prepare", str(people)]
    hook = embedded.die_with_parent(signal.SIGTERM)
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hook,
    )
    try:
        for line in child.stdout or ():
            say(line.rstrip())
        if child.wait():
            raise embedded.ServiceError("The demo network could not be prepared; the reason stands above.")
    finally:
        child.kill()
        child.wait()


def prepare_here(people: Path) -> None:
    """Do what ``prepare`` asks, in the child and with its environment."""
    django.setup()
    call_command("migrate", verbosity=0)
    print("Migrations applied", flush=True)
    call_command("seed_demo")
    with people.open("w") as file:
        call_command("demo_people", stdout=file)


def forget(state: embedded.State) -> None:
    """Remove what the demo kept. Raises ``ServiceError`` when the data is not ours to remove."""
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        raise embedded.ServiceError("DATABASE_URL or REDIS_URL is set: empty your own services yourself.")
    for pattern in KEPT:
        for path in state.directory.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    say("Earlier demo removed")


def run_demo(afresh: bool) -> None:
    """Run the demo until a signal stops it or one of its processes ends. Raises ``ServiceError`` and ``Stopped``."""
    with embedded.held_state(state_directory()) as state:
        if afresh:
            forget(state)
        port = free_port()
        with embedded.running_services(state, say) as services:
            environment = demo_environment(state.directory, services.environment(), port)
            people = state.directory / "people"
            prepare(environment, people)
            with running_parts(state.directory, environment, port, say) as parts:
                address = environment["BASE_URL"]
                state.write_notes(purpose=f"The demo at {address}/", port=port, urls=services.environment())
                say(f"READY  {address}/   Mail lands in {environment['MAIL_DIR']}   Ctrl-C stops it")
                with contextlib.suppress(OSError):
                    print(people.read_text(), flush=True)
                while True:
                    time.sleep(0.5)
                    parts.check()
                    services.check()


def manage(arguments: list[str]) -> int:
    """Run a management command on the services of the running demo, else on our own for the time of the command."""
    directory = state_directory()
    try:
        with embedded.held_state(directory) as state, embedded.running_services(state) as services:
            state.write_notes(purpose="A management command", port=8000, urls=services.environment())
            return run_command(demo_environment(directory, services.environment(), 8000), *arguments)
    except embedded.StateInUse as running:
        if "urls" not in running.notes:
            raise
        return run_command(demo_environment(directory, running.notes["urls"], running.notes["port"]), *arguments)


def main(arguments: list[str]) -> int:
    """Run ``start``, ``reset`` or ``manage COMMAND…`` and return the exit code; ``prepare`` is for ourselves."""
    if arguments[:1] == ["prepare"]:
        prepare_here(Path(arguments[1]))
        return 0
    stop_on_signals()
    try:
        if arguments[:1] == ["manage"]:
            signal.signal(signal.SIGINT, lambda _number, _frame: None)  # Ctrl-C is for the command
            return manage(arguments[1:])
        if arguments not in (["start"], ["reset"]):
            print("Usage: python -m diaspora_net.demo start | reset | manage COMMAND…", file=sys.stderr)
            return 2
        run_demo(afresh=arguments == ["reset"])
    except Stopped:
        say("Stopped")
    except embedded.ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
