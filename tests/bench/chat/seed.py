"""Fill a database with people who talk, once before the servers are measured: ``python -m tests.bench.chat.seed FILE``.

6,000 people, 15,000 conversations of two with 20 messages each, five conversations a person, one session a person. A
plan made on an empty table would go on reading whole tables, hence the history.
"""

import datetime
import json
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_net.settings")

PEOPLE = 6000
HISTORY = 20


def neighbours(people: int) -> Iterator[tuple[int, int]]:
    """Yield who talks with whom, by place: partners first, then two steps around the circle and the far side.

    Partners are 0 and 1, 2 and 3, …: whoever has an even number of people from the start has partners in pairs.
    """
    for place in range(0, people, 2):
        yield place, place + 1
    for place in range(people):
        yield place, (place + 2) % people
        if place % 2:
            yield place, (place + 1) % people
    for place in range(people // 2):
        yield place, place + people // 2


def main() -> None:
    """Migrate, fill, and write what the load has to know into the file."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from diaspora_net.accounts.models import User

    call_command("migrate", verbosity=0)
    chance = Random(4)
    User.objects.bulk_create(
        User(email=f"person{place}@example.org", full_name=f"Person {place}", password="!") for place in range(PEOPLE)
    )
    users = list(User.objects.filter(email__startswith="person").order_by("pk"))
    cookies = make_sessions(users)
    talks = [
        (str(uuid.UUID(int=chance.getrandbits(128), version=4)), first, second) for first, second in neighbours(PEOPLE)
    ]
    ids = [user.pk for user in users]
    make_talks([(talk, ids[first], ids[second]) for talk, first, second in talks])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    people = [{"id": user.pk, "cookie": cookie} for user, cookie in zip(users, cookies, strict=True)]
    Path(sys.argv[1]).write_text(json.dumps({"people": people, "talks": talks}))


def make_sessions(users: list[object]) -> list[str]:
    """Sign everybody in; return their cookies, which also say who they are to servers that do not look deeper."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    until = timezone.now() + datetime.timedelta(days=7)
    store = SessionStore()
    sessions = [
        Session(
            session_key=uuid.UUID(int=place + 1).hex,
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
            ),
            expire_date=until,
        )
        for place, user in enumerate(users)
    ]
    Session.objects.bulk_create(sessions)
    return [
        f"{settings.SESSION_COOKIE_NAME}={session.session_key}; person={user.pk}"
        for session, user in zip(sessions, users, strict=True)
    ]


def make_talks(talks: list[tuple[str, int, int]]) -> None:
    """Write conversations, who is in them, and what they have said by turns."""
    from django.db import connection

    talk_ids, firsts, seconds = (list(column) for column in zip(*talks, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE talk AS
            SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS t (id, first, second)
            """,
            [talk_ids, firsts, seconds],
        )
        cursor.execute(
            """
            INSERT INTO messaging_conversation
                (id, topic, subject_url, state, last_seq, indexed_seq, last_message_at, created_at)
            SELECT id, '', '', 'open', %s, %s, now() - interval '1 day', now() - interval '9 days' FROM talk
            """,
            [HISTORY, HISTORY],
        )
        cursor.execute(
            """
            INSERT INTO messaging_participant (conversation_id, user_id, joined_at, read_seq, emailed_seq)
            SELECT id, person, now(), %s, 0 FROM talk, unnest(ARRAY[first, second]) AS person
            """,
            [HISTORY],
        )
        cursor.execute(
            """
            INSERT INTO messaging_message (id, conversation_id, seq, sender_id, client_id, kind, text, created_at)
            SELECT gen_random_uuid(), id, seq, CASE WHEN seq %% 2 = 0 THEN first ELSE second END, gen_random_uuid(),
                'text', repeat('What was said some time ago. ', 4), now() - interval '1 day' - seq * interval '1 hour'
            FROM talk, generate_series(1, %s) AS seq
            """,
            [HISTORY],
        )


if __name__ == "__main__":
    main()
