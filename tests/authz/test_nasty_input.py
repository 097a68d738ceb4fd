"""Whatever people send, at whatever address they may reach, nothing breaks: a request is answered below 500.

Each form is sent by a person who may send it, complete but for one field, so that what is wrong reaches the actions
and the database and is not stopped by its neighbours.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from diaspora_net.accounts.actions.verification import recommend_organisation
from diaspora_net.accounts.models import Membership
from mentors.actions.skills import propose_skill
from messaging.models import Notification
from tests import world as story
from tests.factories import PASSWORD, check_everything, make_expert, make_organisation, make_person, make_vocabulary
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

CLIENT_ID = b"00000000-0000-4000-8000-000000000001"
# What a browser never sends and a program may, as bytes of a form or an address: for any field, and by what it holds.
ANY = {"nothing": b"", "a NUL": b"a%00b"}
WORDS = {"a long text with half a character": b"x" * 20_000 + b"%ED%A0%80"}
NUMBERS = {
    "a huge number": b"9" * 30,
    "more digits than numbers may have": b"0" * 5000,
    "a number that begins small": b"0000999999",
    "a negative number": b"-1",
    "digits that are none": quote("²").encode(),
    "other digits": quote("٣").encode(),
}
DAYS = {"the last day": b"9999-12-31", "the first day": b"0001-01-01"}
# Sent in all fields of a form at once, because they only have to be shown again.
SHOWN = {
    "another site": b"//elsewhere.example/",
    "markup and placeholders": quote("</title><script>alert(1)</script> %s %(need)s {{ x }} {% x %} \\").encode(),
    "lines and directions": quote("a\r\nSet-Cookie: b=c \u202e\u2069\ufeff\U000e0001").encode() + b"%FF%FE",
}
EVERYTHING = ANY | WORDS | NUMBERS | SHOWN


def nasty(usual: str) -> dict[str, bytes]:
    """Return what to send in a field that usually holds ``usual``."""
    if usual[:4].isdecimal() and usual[4:5] == "-":
        return ANY | DAYS
    return ANY | (NUMBERS if usual.isdecimal() else WORDS)


@pytest.fixture
def things(world: World) -> dict[str, Any]:
    """Return what the addresses below are about."""
    world.profile.capacity = 9
    world.profile.save(update_fields=["capacity"])
    other = make_expert(make_person("other@example.org", "Omar"), skills={"interpret-ecg": (2, 3)})
    clinic = make_organisation(make_person("owner@example.org", "Olfa"), name="Clinique de Tabarka")
    recommended = make_organisation(make_person("head@example.org", "Hela"), name="Hôpital de Zaghouan")
    for organisation in (clinic, recommended):
        check_everything(world.chidi, organisation)
    recommend_organisation(actor=world.chidi, organisation=recommended, reason="Called back.")
    engagement = story.after_session_logged(world, title="Under way").engagement
    suggestion = propose_skill(actor=world.amina, label="phonocardiography", language="en")
    return {
        "hospital": world.hospital.reference,
        "clinic": clinic.reference,
        "recommended": recommended.reference,
        "draft": story.after_need_drafted(world, title="A draft").reference,
        "submitted": story.after_need_submitted(world, title="A need to check").reference,
        "open": story.after_need_published(world, title="An open need").reference,
        "proposal": story.after_proposal_sent(world, title="With an application").reference,
        "agreeing": story.after_proposal_accepted(world, title="To be agreed").reference,
        "engagement": engagement.reference,
        "session": engagement.sessions.get().reference,
        "conversation": engagement.conversation_id,
        "certificate": story.after_completion(world, title="Completed").code,
        "other": other.reference,
        "suggestion": suggestion.slug,
        "focal": world.bereket.pk,
        "skill": make_vocabulary()["cardiology"].pk,
        "notification": Notification.objects.filter(user=world.amina).order_by("pk")[0].pk,
        "membership": Membership.objects.get(user=world.bereket).pk,
    }


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def forms(things: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield who sends what to which address; every one of these forms is accepted as it stands here."""
    skill = str(things["skill"])
    yield "dana", "/org/new/", {
        "name": "Clinique de Nabeul", "kind": "hospital", "country": "TN", "city": "Nabeul", "time_zone":
        "Africa/Tunis",
        "website": "https://clinic.example", "registration_number": "1", "about": "Small", "position": "Head",
    }  # fmt: skip
    yield "bereket", f"/org/{things['hospital']}/edit/", {
        "name": "Hôpital", "city": "Jendouba", "time_zone": "Africa/Tunis", "website": "", "registration_number": "",
        "about": "",
    }  # fmt: skip
    yield "bereket", f"/org/{things['hospital']}/team/add/", {
        "email": "dana@example.org", "role": "poster", "position": "",
    }  # fmt: skip
    yield "chidi", f"/desk/organisations/{things['clinic']}/recommend/", {"reason": "Called back."}
    yield (
        "chidi",
        f"/desk/organisations/{things['clinic']}/request-documents/",
        {"reason": "No mandate.", "asked": "mandate"},
    )
    yield "chidi", f"/desk/organisations/{things['clinic']}/checks/", {
        "result_mandate": "passed", "note_mandate": "Seen.",
    }  # fmt: skip
    yield "esi", f"/desk/organisations/{things['recommended']}/verify/", {"reason": "Called back."}
    yield "amina", "/settings/", {
        "full_name": "Amina", "language": "fr", "time_zone": "Europe/Paris", "news_emails": "neutral",
        "message_emails": "off",
    }  # fmt: skip
    yield "amina", f"/messages/{things['conversation']}/", {
        "text": "Hello", "client_id": "00000000-0000-4000-8000-000000000000",
    }  # fmt: skip
    yield "amina", "/start/expert/identity/", {
        "full_name": "Amina", "headline": "Cardiologist", "residence": "FR", "city": "Lyon", "origin_1": "TN",
        "origin_2": "SN", "about": "Twelve years.",
    }  # fmt: skip
    yield "amina", "/start/expert/skills/", {"skills": skill, f"level-{skill}": "4", f"years-{skill}": "9"}
    yield "amina", "/start/expert/skills/", {"skills": skill, "find": "1", "q": "heart", "remove": "1"}
    yield "amina", "/start/expert/languages/", {"language_0": "fr", "level_0": "6", "language_1": "en", "level_1": "5"}
    yield "amina", "/start/expert/give/", {
        "hours_per_month": "4", "capacity": "9", "kinds": "training", "modalities": "remote", "audience":
        "organisations",
        "time_zone": "Europe/Paris", "availability": "0-480-720",
    }  # fmt: skip
    need = {
        "title": "Train nurses", "kind": "training", "modality": "remote", "language": "fr", "language_2": "en",
        "language_level": "4", "hours": "12", "places": "1", "focal_point": str(things["focal"]), "context": "Context",
        "deliverable": "A plan", "knowledge_transfer": "Two nurses", "closes_on": "2099-01-01", "starts_on":
        "2098-01-01",
        "is_urgent": "on", "skills": skill, f"strength-{skill}": "required", f"level-{skill}": "2",
    }  # fmt: skip
    yield "bereket", f"/needs/new/?organisation={things['hospital']}", need | {"send": "1"}
    yield "bereket", f"/needs/{things['draft']}/edit/", {"title": "T", "skills": skill, "find": "1", "q": "heart"}
    yield "bereket", f"/needs/{things['open']}/close/", {"result": "met"}
    yield "chidi", f"/desk/needs/{things['submitted']}/publish/", {
        "scope_is_clear": "on", "knowledge_stays": "on", "staff_are_ready": "on", "urgency_is_known": "on", "note":
        "Good",
    }  # fmt: skip
    yield "chidi", f"/desk/needs/{things['submitted']}/request-changes/", {"note": "Say more."}
    yield "amina", f"/needs/{things['open']}/interest/", {"message": "I can help."}
    yield "amina", f"/needs/{things['open']}/dismiss/", {"reason": "no_time"}
    yield "bereket", f"/needs/{things['open']}/invite/{things['other']}/", {"message": "Can you help?"}
    yield "bereket", f"/proposals/{things['proposal']}/decline/", {"reason": "no_time", "note": "Later"}
    yield "amina", f"/engagements/{things['agreeing']}/terms/", {
        "goal": "A plan", "hours_planned": "9", "starts_on": in_days(10), "ends_on": in_days(60), "modality": "remote",
        "compensation": "unpaid", "seen": "1",
    }  # fmt: skip
    yield "amina", f"/engagements/{things['agreeing']}/agree/", {"seen": ""}
    yield "amina", f"/engagements/{things['agreeing']}/cancel/", {"reason": "no_time"}
    yield "amina", f"/engagements/{things['engagement']}/end/", {"reason": "no_time"}
    yield "bereket", f"/engagements/{things['engagement']}/sessions/", {
        "held_on": in_days(0), "minutes": "60", "other_minutes": "70", "kind": "mentoring",
        "people_present": "2", "summary": "Read ten",
    }  # fmt: skip
    yield "amina", f"/engagements/{things['engagement']}/outcome/end/", {
        "result": "achieved", "effects": "knowledge", "text": "Six nurses", "people_reached": "6",
    }  # fmt: skip
    yield "bereket", f"/sessions/{things['session']}/dispute/", {"note": "It was shorter."}
    yield "amina", f"/sessions/{things['session']}/correct/", {"minutes": "45"}
    yield "chidi", f"/certificates/{things['certificate']}/revoke/", {"reason": "Wrong name."}
    yield "dana", "/language/", {"language": "fr", "next": "/"}
    yield "nobody", "/account/login/", {"login": "dana@example.org", "password": PASSWORD, "next": "/"}
    yield "nobody", "/account/signup/", {
        "email": "new@example.org", "password1": PASSWORD, "full_name": "New", "join_role": "expert", "time_zone":
        "UTC",
    }  # fmt: skip


# Addresses with what they may be asked, as it usually is; then addresses with a gap in the path itself.
ASKED = (
    (
        "nobody",
        "/needs/",
        {"q": "heart", "country": "TN", "language": "fr", "modality": "remote", "page": "1", "x": "1"},
    ),
    ("nobody", "/verify/", {"code": "abc"}),
    ("nobody", "/account/signup/", {"role": "expert", "next": "/"}),
    ("dana", "/language/", {"next": "/"}),
    ("amina", "/for-you/", {"hidden": "abc", "wider": "origins"}),
    ("amina", "/skills/search/", {"q": "heart", "lang": "fr"}),
    ("amina", "/messages/{conversation}/", {"before": "1"}),
    ("amina", "/api/v1/conversations/{conversation}/messages", {"after": "1", "limit": "1"}),
    ("bereket", "/needs/new/", {"organisation": "abc"}),
    ("bereket", "/needs/{open}/people/", {"wider": "origins"}),
    (
        "chidi",
        "/desk/pipeline/",
        {"text": "a", "step": "a", "country": "TN", "kind": "a", "quiet_days": "3", "page": "1"},
    ),
    ("chidi", "/desk/skills/", {"for": "a", "q": "heart"}),
)
PATHS = (
    ("GET", "nobody", "/verify/{}/"),
    ("GET", "nobody", "/certificates/{}/certificate.pdf"),
    ("GET", "nobody", "/needs/{}/"),
    ("GET", "nobody", "/{}"),
    ("GET", "nobody", "/static/{}"),
    ("GET", "amina", "/experts/{}/"),
    ("GET", "amina", "/messages/{}/"),
    ("GET", "amina", "/start/expert/{}/"),
    ("POST", "amina", "/notifications/{}/open"),
    ("GET", "amina", "/api/v1/conversations/{}/messages"),
    ("POST", "bereket", "/org/{hospital}/team/{}/remove/"),
    ("POST", "chidi", "/desk/skills/{}/accept/"),
    ("POST", "chidi", "/desk/skills/{suggestion}/merge/{}/"),
)


class QuickClient(Client):
    """Keep no copy of every template's context, which costs more than the answer itself; break as production does."""

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


@pytest.fixture
def clients(world: World, things: dict[str, Any]) -> dict[str, Client]:
    """Return a client for each person."""
    people = world.people | {"esi": world.esi}
    found: dict[str, Client] = {name: QuickClient() for name in ("nobody", *people)}
    for name, person in people.items():
        found[name].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return found


def ask(client: Client, method: str, url: str, query: bytes = b"", body: bytes = b"") -> int:
    """Send exactly these bytes and roll back whatever it did."""
    with transaction.atomic():
        answer = client.generic(
            method, url, body, content_type="application/x-www-form-urlencoded", QUERY_STRING=query.decode("latin-1")
        )
        transaction.set_rollback(True)
    return answer.status_code


def encoded(fields: dict[str, str], replaced: dict[str, bytes] | None = None) -> bytes:
    sent = {name: quote(value).encode() for name, value in fields.items()} | (replaced or {})
    return b"&".join(quote(name).encode() + b"=" + value for name, value in sent.items())


def test_every_form_here_is_accepted_when_it_is_complete(things: dict[str, Any], clients: dict[str, Client]) -> None:
    refused = []
    for who, url, fields in forms(things):
        path, _mark, query = url.partition("?")
        status = ask(clients[who], "POST", path, query.encode(), encoded(fields))
        if status not in {200, 302, 303}:
            refused.append(f"{who} {url}: {status}")
    assert refused == []


def test_no_form_breaks_when_a_field_holds_what_nobody_expects(
    things: dict[str, Any], clients: dict[str, Client]
) -> None:
    broken = []
    for who, url, fields in forms(things):
        path, _mark, query = url.partition("?")
        sent = {f"{name}: {called}": {name: value} for name in fields for called, value in nasty(fields[name]).items()}
        sent |= {f"all fields: {called}": dict.fromkeys(fields, value) for called, value in SHOWN.items()}
        for called, replaced in sent.items():
            if ask(clients[who], "POST", path, query.encode(), encoded(fields, replaced)) >= 500:
                broken.append(f"{path} {called}")
    assert broken == []


def test_no_skill_breaks_when_its_name_is_what_nobody_expects(
    things: dict[str, Any], clients: dict[str, Client]
) -> None:
    need = f"/needs/{things['draft']}/edit/"
    others = {"title": "T", "kind": "training", "modality": "remote", "focal_point": str(things["focal"])}
    broken = []
    for called, value in EVERYTHING.items():
        skill = b"&".join(name + value for name in (b"skills=", b"level-"))
        picked = skill + b"=2&years-" + value + b"=3&strength-" + value + b"=required"
        for who, path, fields in (("amina", "/start/expert/skills/", {}), ("bereket", need, others)):
            if ask(clients[who], "POST", path, body=encoded(fields) + b"&" + picked) >= 500:
                broken.append(f"{path}: {called}")
    assert broken == []


def test_no_form_breaks_when_it_holds_thousands_of_values(things: dict[str, Any], clients: dict[str, Client]) -> None:
    many = b"&".join(b"skills=%d&effects=%d&kinds=%d" % (n, n, n) for n in range(160))
    more = b"&".join(b"skills=%d" % n for n in range(10_000))
    for who, url, fields in forms(things):
        path, _mark, query = url.partition("?")
        assert ask(clients[who], "POST", path, query.encode(), encoded(fields) + b"&" + many) < 500
        assert ask(clients[who], "POST", path, query.encode(), encoded(fields) + b"&" + more) == 400


def test_no_address_breaks_when_it_asks_for_what_nobody_expects(
    things: dict[str, Any], clients: dict[str, Client]
) -> None:
    broken = []
    for who, address, questions in ASKED:
        path = address.format(**things)
        for name, usual in questions.items():
            for called, value in nasty(usual).items():
                if ask(clients[who], "GET", path, name.encode() + b"=" + value) >= 500:
                    broken.append(f"{path}?{name}: {called}")
    for method, who, pattern in PATHS:
        for called, value in EVERYTHING.items():
            path = pattern.replace("{}", "\0").format(**things).replace("\0", value.decode("latin-1"))
            if ask(clients[who], method, path) >= 500:
                broken.append(f"{method} {pattern}: {called}")
    assert broken == []


def test_the_api_refuses_when_json_is_not_what_it_expects(things: dict[str, Any], clients: dict[str, Client]) -> None:
    url = f"/api/v1/conversations/{things['conversation']}/messages"
    for body in (
        b"",
        b"{",
        b"[]",
        b'{"client_id": 1, "text": 2}',
        b'{"client_id": "%s", "text": "\\ud800"}' % CLIENT_ID,
        b'{"client_id": "%s", "text": "a\\u0000"}' % CLIENT_ID,
        b'{"client_id": "%s", "text": "%s"}' % (CLIENT_ID, b"x" * 20_000),
        b'{"client_id": "%s", "text": "a", "sender": 1}' % CLIENT_ID,
        b'{"text": NaN, "client_id": 1e999}',
        b"[" * 100_000,
        b"\xff\xfe",
    ):
        answer = clients["amina"].post(url, body, content_type="application/json")
        assert answer.status_code in {400, 422}, body[:50]
        assert set(json.loads(answer.content)) == {"code", "message"}, body[:50]


@pytest.mark.parametrize("cookie", [r'"aaaaaaaa\000bbbb"', r'"\355\240\200aaaaaaaa"', "x" * 4000, "é" * 20])
@pytest.mark.parametrize("name", ["session", "csrf", "django_language", "messages"])
def test_nothing_breaks_when_a_cookie_holds_what_nobody_set(name: str, cookie: str) -> None:
    client = QuickClient()
    for path in ("/needs/", "/account/login/"):
        answer = client.get(path, HTTP_COOKIE=f"{name}={cookie}")
        assert answer.status_code == 200
