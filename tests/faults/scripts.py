"""Short scenes in which one fault meets one message at the moment that matters; each ends with the checker's report.

``patience`` is how long a scene waits at most for everybody to see everything; one that goes well ends sooner.
"""

import asyncio
import time
from collections.abc import Callable

import psycopg
from psycopg import sql

from tests.chat_client.client import ChatClient
from tests.chat_client.outbox import Letter
from tests.chat_client.post import PostOffice
from tests.faults.checker import Report
from tests.faults.ground import ORIGIN, Stage, start
from tests.faults.run import clients_on, judge, settle

PAIR = ("person-00", "person-01")
WAIT_SECONDS = 30.0


async def until(holds: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Wait until something holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


def talk_of(stage: Stage) -> str:
    """Return the conversation of the two alone."""
    return next(talk for talk, people in stage.ground.members.items() if sorted(people) == list(PAIR))


async def come_in(*clients: ChatClient) -> None:
    """Wait until all are connected and have caught up."""
    await until(lambda: all(one.links and not any(t.is_asking for t in one.threads.values()) for one in clients))


async def valkey_dies_while_somebody_writes(stage: Stage, patience: float = WAIT_SECONDS) -> Report:
    """The two are on different web processes; Valkey is dead while one writes, and comes back before all is over."""
    async with clients_on(stage, names=PAIR, apart=True) as (writer, reader):
        await come_in(writer, reader)
        stage.ground.valkey.kill9()
        try:
            writer.write(talk_of(stage), "said while Valkey was dead")
            await until(lambda: not writer.outbox)
        finally:
            await start(stage.ground.valkey)
        await settle(stage, [writer, reader], patience)
    return judge(stage, PAIR)


async def web_is_killed_after_the_ack(stage: Stage) -> Report:
    """The web process dies as soon as everything is acknowledged, or after a moment without an acknowledgement."""
    async with clients_on(stage, names=PAIR) as (writer, reader):
        await come_in(writer, reader)
        for number in range(5):
            writer.write(talk_of(stage), f"said before the kill {number}")
        began = time.monotonic()
        await until(lambda: not writer.outbox or time.monotonic() > began + 1)
        stage.webs[0].kill9()
        await wait_for_rollback(stage)
    return judge(stage, PAIR)


async def wait_for_rollback(stage: Stage) -> None:
    """Wait until PostgreSQL has noticed that the process is gone and has ended its transactions."""
    statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    with psycopg.connect(stage.ground.url_of(stage.database), autocommit=True) as connection:
        for _look in range(500):
            row = connection.execute(statement, [stage.database]).fetchone()
            if row == (0,):
                return
            await asyncio.sleep(0.02)


async def postgres_is_killed_after_the_ack(stage: Stage, patience: float = WAIT_SECONDS) -> Report:
    """PostgreSQL dies as soon as everything is acknowledged, and comes back."""
    async with clients_on(stage, names=PAIR) as (writer, reader):
        await come_in(writer, reader)
        for number in range(20):
            writer.write(talk_of(stage), f"said before the power cut {number}")
        await until(lambda: not writer.outbox)
        stage.ground.postgres.kill9()
        await start(stage.ground.postgres)
        await settle(stage, [writer, reader], patience)
    return judge(stage, PAIR)


async def postgres_is_not_heard_while_somebody_writes(stage: Stage, patience: float = WAIT_SECONDS) -> Report:
    """What PostgreSQL answers is dropped for a moment, so connections are open, and dead for ever."""
    async with clients_on(stage, names=PAIR) as (writer, reader):
        await come_in(writer, reader)
        stage.postgres_proxy.drops = "down"
        writer.write(talk_of(stage), "said into the void")
        await until(lambda: stage.postgres_proxy.dropped > 0)
        stage.postgres_proxy.drops = ""
        await settle(stage, [writer, reader], patience)
    return judge(stage, PAIR)


async def one_letter_goes_both_ways_at_once(stage: Stage, patience: float = WAIT_SECONDS) -> Report:
    """The same letter goes by socket and by POST while somebody holds the conversation, so neither sees the other."""
    talk = talk_of(stage)
    async with clients_on(stage, names=PAIR) as (writer, reader):
        await come_in(writer, reader)
        async with await psycopg.AsyncConnection.connect(stage.ground.url_of(stage.database)) as holder:
            await holder.execute("SELECT FROM messaging_conversation WHERE id = %s FOR NO KEY UPDATE", [talk])
            letter = Letter(talk, "00000000-0000-4000-8000-000000000001", "said twice")
            office = PostOffice(ORIGIN, writer.cookie)
            posting = asyncio.create_task(office.write(stage.bases[0], letter))
            await wait_for_waiters(stage, 1)
            writer.write_again(letter)
            await wait_for_waiters(stage, 2)
            await holder.rollback()
        await asyncio.wait([posting])
        await until(lambda: not writer.outbox)
        await settle(stage, [writer, reader], patience)
    return judge(stage, PAIR)


async def wait_for_waiters(stage: Stage, count: int) -> None:
    """Wait until so many statements wait for a lock."""
    statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
    async with await psycopg.AsyncConnection.connect(stage.ground.url_of("postgres"), autocommit=True) as connection:
        for _look in range(1000):
            row = await (await connection.execute(statement, [stage.database])).fetchone()
            if row and row[0] >= count:
                return
            await asyncio.sleep(0.01)
    raise TimeoutError(f"{count} statements never waited at once")


async def somebody_writes_while_another_comes_in(
    stage: Stage, patience: float = WAIT_SECONDS, *, after_reading: bool
) -> Report:
    """A message is written while the reader connects: after it has read what it missed, or as soon as it is there."""
    async with clients_on(stage, names=PAIR[:1]) as (writer,):
        await come_in(writer)
        async with clients_on(stage, names=PAIR[1:]) as (reader,):
            await (come_in(reader) if after_reading else until(lambda: reader.links > 0))
            writer.write(talk_of(stage), "said in between")
            await until(lambda: not writer.outbox)
            await settle(stage, [writer, reader], patience)
    return judge(stage, PAIR)


def drop_unique_client_ids(stage: Stage) -> None:
    """Take the constraint on client ids out of the run's database."""
    drop = sql.SQL("ALTER TABLE messaging_message DROP CONSTRAINT message_client_id_once")
    stage.ground.execute(drop, stage.database)
