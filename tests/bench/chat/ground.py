"""What every server is measured on: the same PostgreSQL and Valkey, filled once, and what they and the servers use."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from diaspora_net import embedded
from tests.services import SETTINGS

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Ground:
    """The services, and the people who will talk."""

    directory: Path
    postgres: embedded.Postgres
    valkey: embedded.Valkey
    people: list[dict[str, Any]]
    talks: list[tuple[str, int, int]]

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a server."""
        services = {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.valkey.url}
        values = {"MAIL_DIR": str(self.directory / "mail"), "LOG_LEVEL": "WARNING", "MESSAGES_PER_MINUTE": "1000000"}
        values["SOCKETS_PER_PROCESS"] = "10000"
        return {**os.environ, **SETTINGS, **services, **values, **more}

    def index(self) -> None:
        """Run the sweep that makes messages quick to search."""
        script = (
            "import django; django.setup(); from messaging.actions.indexing import index_messages; index_messages()"
        )
        environment = self.environment(DJANGO_SETTINGS_MODULE="diaspora_net.settings")
        subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, env=environment)

    def miss(self, count: int, people: int) -> None:
        """Let the first ``people`` be told ``count`` messages each by their partners, behind every server's back."""
        pairs = [talk for talk, first, second in self.talks if first < people and second == first + 1 and not first % 2]
        with psycopg.connect(self.postgres.url) as connection:
            connection.execute(
                """
                INSERT INTO messaging_message (id, conversation_id, seq, sender_id, client_id, kind, text, created_at)
                SELECT gen_random_uuid(), c.id, c.last_seq + n, (
                        SELECT min(user_id) FROM messaging_participant p WHERE p.conversation_id = c.id
                    ), gen_random_uuid(), 'text', repeat('You were away when this was said. ', 3), now()
                FROM messaging_conversation c, generate_series(1, %s) AS n WHERE c.id = ANY (%s::uuid[])
                """,
                [count, pairs],
            )
            connection.execute(
                """
                UPDATE messaging_conversation SET last_seq = last_seq + %s, last_message_at = now()
                WHERE id = ANY (%s::uuid[])
                """,
                [count, pairs],
            )


@contextmanager
def made_ground() -> Iterator[Ground]:
    """Start the services with everything durable, fill the database, and throw all away in the end."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    directory = Path(tempfile.mkdtemp(prefix="diaspora-net-bench-"))
    directory.chmod(0o755)
    try:
        with embedded.held_state(directory) as state:
            postgres = embedded.Postgres(state.directory, state.sockets, {"max_wal_size": "4GB"})
            valkey = embedded.Valkey(state.directory, state.sockets)
            postgres.start()
            valkey.start()
            try:
                bare = Ground(directory, postgres, valkey, [], [])
                facts = directory / "people.json"
                command = [sys.executable, "-m", "tests.bench.chat.seed", str(facts)]
                subprocess.run(command, check=True, cwd=ROOT, env=bare.environment())
                known = json.loads(facts.read_text())
                yield Ground(directory, postgres, valkey, known["people"], known["talks"])
            finally:
                valkey.stop()
                postgres.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
