"""Frames and handshakes that no client of ours would send: answered by rule, or refused, and never an exception."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messaging.consumers import LiveConsumer
from messaging.forms.frames import BadFrame, parse_frame
from messaging.realtime.doors import is_our_origin
from messaging.realtime.limits import Bucket
from messaging.realtime.socket import Entry, Socket

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


@settings(max_examples=1500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
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
