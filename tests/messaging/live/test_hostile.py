"""Frames and handshakes that no client of ours would send: answered by rule, or refused, and never an exception."""

import asyncio
import contextlib
import json
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from diaspora_net.accounts.models import User
from messaging.consumers import LiveConsumer
from messaging.forms.frames import BadFrame, parse_frame
from messaging.models import Conversation
from messaging.realtime.doors import is_our_origin
from messaging.realtime.limits import Bucket
from messaging.realtime.socket import Entry, Socket
from tests.liveserver import Site
from tests.messaging.live.test_consumers import Enter, in_database, session_cookie

ID = "00000000-0000-4000-8000-000000000000"

# ── Frames ──────────────────────────────────────────────────────────────────────────────────────────────────────────
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([ID, "send", "\ud800"])
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
keys = st.sampled_from(["t", "rid", "conversation", "client_id", "text", "cursors", "read", "extra"]) | st.text()
kinds = st.sampled_from(["send", "resume", "seen", "typing", "hello", "message", "ack"]) | values
objects = st.dictionaries(keys, values).flatmap(lambda known: kinds.map(lambda kind: {**known, "t": kind}))
texts = (objects | values).map(lambda value: json.dumps(value, ensure_ascii=False)) | st.text()


def typing(conversation: str) -> str:
    return f'{{"t":"typing","conversation":"{conversation}"}}'


def seen(read: str) -> str:
    return f'{{"t":"seen","conversation":"{ID}","read":{read}}}'


@settings(max_examples=5000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(text=texts)
def test_every_frame_is_one_of_the_protocol_or_bad(text: str) -> None:
    with contextlib.suppress(BadFrame):
        parse_frame(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"t":' * 20_000,
        typing("NaN").replace('"NaN"', "NaN"),
        seen("1e308"),
        seen("9" * 309),
        seen("1.0"),
        seen('"1"'),
        typing("०" * 36),
        typing(f"urn:uuid:{ID[:27]}"),
        f'{{"t":"send","rid":"a","conversation":"{ID}","client_id":"{ID}","text":"\ud800"}}',
        f'{{"t":"typing","t":"dance","conversation":"{ID}"}}',
        "\ufeff" + typing(ID),
        "\0",
    ],
)
def test_frame_is_bad_when_it_is_a_trap(text: str) -> None:
    with pytest.raises(BadFrame):
        parse_frame(text)


def consumer() -> tuple[LiveConsumer, list[Any]]:
    """Return a consumer whose socket is open, without limits, and what it was sent."""
    sent: list[Any] = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    made = LiveConsumer({"headers": [], "cookies": {}}, send)
    made.socket = Socket(Entry(1, "p", "en", "key", 0, b""), send)
    made.bad_frames = Bucket(1e9, 1e9)
    made.pace.frames = Bucket(1e9, 1e9)
    return made, sent


@settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(text=st.text().map(lambda text: "{" + text) | st.none())
def test_bad_frame_is_answered_with_an_error_and_the_socket_stays(text: str | None) -> None:
    made, _sent = consumer()
    assert made.socket is not None
    made.take(text)
    assert (made.socket.waiting, made.socket.is_closed) == (1, False)


@pytest.mark.django_db(transaction=True)
async def test_bytes_that_are_no_text_end_the_socket_by_rule_and_leave_no_trace_in_the_log(
    live_site: Site, enter: Enter, amina: User, talk: Conversation
) -> None:
    before = live_site.log.stat().st_size
    for data in (b"\xff\xfe", b"\xed\xa0\x80", b'{"t":"\xc0\xaf"}'):
        async with enter(amina) as wire:
            await wire.connection.send(data, text=True)
            assert await wire.close_code(2) == 1007
    async with enter(amina) as wire:
        await wire.connection.send([b"\x00" * 10, b"\xff" * 10])
        assert (await wire.next("error"))["code"] == "invalid"
        assert (await wire.write(talk, "Still here"))["t"] == "ack"
    told = live_site.log.read_text()[before:]
    assert "Traceback" not in told
    assert "ERROR" not in told
    assert "Invalid" not in told


@pytest.mark.django_db(transaction=True)
async def test_frame_of_the_largest_size_is_read_and_one_byte_more_ends_the_socket(
    enter: Enter, amina: User, talk: Conversation
) -> None:
    async with enter(amina) as wire:
        frame = {"t": "send", "rid": "r", "conversation": str(talk.pk), "client_id": str(uuid.uuid4()), "text": ""}
        room = 16_384 - len(json.dumps(frame))
        await wire.connection.send(json.dumps({**frame, "text": "x" * room}))
        assert (await wire.next("error", rid="r"))["code"] == "too_long"
        await wire.connection.send(json.dumps({**frame, "text": "x" * (room + 1)}))
        assert await wire.close_code(2) == 1009
    async with enter(amina) as wire:
        await wire.connection.send(["x" * 8192, "y" * 8192, "z"])  # in fragments
        assert await wire.close_code(2) == 1009


@pytest.mark.django_db(transaction=True)
async def test_flood_ends_the_socket_and_harms_nobody(
    enter: Enter, amina: User, salma: User, talk: Conversation
) -> None:
    async with enter(amina) as wire, enter(salma) as other:

        async def flood() -> None:
            with contextlib.suppress(ConnectionClosed):
                for number in range(1_000_000):
                    await wire.send("seen", conversation=str(talk.pk), read=0)
                    if number % 20 == 0:
                        await asyncio.sleep(0)

        async def read() -> set[str]:
            with contextlib.suppress(ConnectionClosed):
                return {json.loads(frame).get("code", "") async for frame in wire.connection}
            return set()

        flooding, reading = asyncio.create_task(flood()), asyncio.create_task(read())
        for _time in range(3):
            assert (await other.write(talk, "Not disturbed"))["t"] == "ack"
        assert await wire.close_code(20) == 1013
        await flooding
        await reading


# ── Origins ─────────────────────────────────────────────────────────────────────────────────────────────────────────
OURS = "https://network.example.org"
FOREIGN = [
    "http://network.example.org", "https://network.example.org:443", "https://network.example.org:8443",
    "https://network.example.org/", "https://network.example.org.", "https://network.example.org.evil.example",
    "https://evil.example", "https://sub.network.example.org", "https://example.org", "https://org",
    "https://xnetwork.example.org", "https://network-example.org", "https://network.example.com",
    "https://user@network.example.org", "https://user:word@network.example.org", "https://network.example.org@evil.example",
    "HTTPS://NETWORK.EXAMPLE.ORG", "https://Network.example.org", "https://nétwork.example.org",
    "https://xn--ntwork-bva.example.org", "https://network.example.org%00", "https://network.example.org\x00",
    "https://network.example.org\t", " https://network.example.org", "https://network.example.org ",
    "https://network.example.org, https://evil.example", "https://network.example.org https://evil.example",
    "null", "", "https://", "https:network.example.org", "//network.example.org", "network.example.org", "*",
    "file://", "data:", "chrome-extension://network.example.org", "wss://network.example.org",
    "https://network.example.org#", "https://network.example.org?x", "https://[::1]", "https://127.0.0.1",
]  # fmt: skip


@pytest.fixture
def production(settings: Any) -> None:
    settings.BASE_URL, settings.DEBUG, settings.DEMO, settings.TESTING = OURS, False, False, False


def headers(*origins: str) -> list[tuple[bytes, bytes]]:
    return [(b"host", b"network.example.org"), *((b"origin", origin.encode()) for origin in origins)]


def test_page_of_ours_may_open_a_socket(production: None) -> None:
    assert is_our_origin(headers(OURS))


@pytest.mark.parametrize("origin", FOREIGN)
def test_page_of_others_may_not(production: None, origin: str) -> None:
    assert not is_our_origin(headers(origin))


@pytest.mark.parametrize("origins", [[], [OURS, OURS], [OURS, "https://evil.example"], ["https://evil.example", OURS]])
def test_there_is_exactly_one_origin(production: None, origins: list[str]) -> None:
    assert not is_our_origin(headers(*origins))


def test_the_host_that_was_typed_counts_in_trials_only(production: None, settings: Any) -> None:
    typed = [(b"host", b"192.168.1.5:8000"), (b"origin", b"http://192.168.1.5:8000")]
    assert not is_our_origin(typed)
    settings.DEBUG = True
    assert is_our_origin(typed)
    assert not is_our_origin([(b"host", b"192.168.1.5:8000"), (b"origin", b"http://evil.example")])


@pytest.mark.django_db(transaction=True)
async def test_two_cookies_are_no_way_round_the_session(live_site: Site, amina: User) -> None:
    cookie = await in_database(session_cookie)(amina)
    cut = {"Cookie": cookie[:-1]}
    async with connect(live_site.socket_url, origin=live_site.url, additional_headers=cut) as connection:
        with pytest.raises(ConnectionClosed):
            await connection.recv()
        assert connection.close_code == 4401
