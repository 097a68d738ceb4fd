"""Signed badges: what they say, that somebody else's reader takes them, and that nothing can be changed in them."""

import json
import random
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.credential import OpenBadgeCredential

from engagements.actions.certificates import reissue_certificate, revoke_certificate
from engagements.models import Certificate, SigningKey
from engagements.queries.certificates import signing_keys
from engagements.reports.badge import STATUS_LIST_BITS, signed_badge
from engagements.reports.signing import BadSignature, key_id, public_jwk, sign, signing_key, verify
from tests import world as story
from tests.world import World

pytestmark = pytest.mark.django_db


class Site:
    """Answers the addresses that a wallet asks for out of the test client."""

    def __call__(self, url: str, *args: object, **kwargs: object) -> bytes:
        answer = Client().get(url.replace(settings.BASE_URL, "").split("#")[0])
        assert answer.status_code == 200, url
        return answer.content


@pytest.fixture
def reader() -> OB3Verifier:
    """Return somebody else's reader, given nothing but the published key."""
    method = Client().get("/.well-known/did.json").json()["verificationMethod"][-1]
    assert method["publicKeyJwk"] == public_jwk(signing_key())
    public = signing_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return OB3Verifier(public.decode())


def read(reader: OB3Verifier, certificate: Certificate) -> OpenBadgeCredential:
    answer = Client().get(f"/certificates/{certificate.code}/badge.jwt")
    assert answer.status_code == 200
    return reader.verify(answer.content.decode(), check_status=True, download=Site())


def test_another_reader_takes_the_badge_when_it_is_valid(world: World, reader: OB3Verifier) -> None:
    certificate = story.after_completion(world)

    badge = read(reader, certificate)

    assert badge.id == f"{settings.BASE_URL}/verify/{certificate.code}/"
    assert badge.achievement.name == "Certificate of contribution"
    assert "not a formal recognition" in badge.achievement.description
    assert badge.issuer.id.startswith("did:web:")


def test_another_reader_refuses_the_badge_when_it_was_withdrawn_or_replaced(world: World, reader: OB3Verifier) -> None:
    first = story.after_completion(world)
    second = reissue_certificate(actor=world.chidi, certificate=first, reason="The name was wrong.")
    read(reader, second)

    with pytest.raises(LibOpenBadgesException):
        reader.verify(first.token, check_status=True, download=Site())
    revoke_certificate(actor=world.chidi, certificate=second, reason="The hours were not held.")
    with pytest.raises(LibOpenBadgesException):
        reader.verify(second.token, check_status=True, download=Site())
    assert Client().get(f"/certificates/{second.code}/badge.jwt").status_code == 404


def test_no_changed_token_is_taken_when_bits_are_flipped(world: World) -> None:
    token = story.after_completion(world).token
    keys = {key_id(jwk): jwk for jwk in signing_keys()}
    assert verify(token, keys).payload["name"] == "Certificate of contribution"
    start = token.rindex(".")
    chance = random.Random(7)
    places = [(place, bit) for place in range(start, len(token)) for bit in range(7)]
    places += [(chance.randrange(start), chance.randrange(7)) for _time in range(3000)]
    taken = 0
    for place, bit in places:
        changed = token[:place] + chr(ord(token[place]) ^ 1 << bit) + token[place + 1 :]
        try:
            verify(changed, keys)
        except BadSignature:
            continue
        taken += changed.strip() != token
    assert taken == 0


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("", "three parts"),
        ("a.b", "three parts"),
        ("é.é.é", "cannot be read"),
        ("e30.e30.e30", "cannot be read"),
        ("W10.W10.W10", "cannot be read"),
    ],
)
def test_the_reason_is_said_when_a_text_is_no_signed_certificate(token: str, told: str) -> None:
    with pytest.raises(BadSignature, match=told):
        verify(token, {})


def test_nobody_vouches_for_themselves_when_the_key_is_inside() -> None:
    token = sign({"name": "anything"}, key_address="did:web:example.org#1")
    with pytest.raises(BadSignature, match="not among those"):
        verify(token, {})


def test_places_in_the_status_list_are_all_different_and_stay_in_one_list(world: World) -> None:
    certificate = story.after_completion(world)
    for _time in range(3):
        certificate = reissue_certificate(actor=world.chidi, certificate=certificate, reason="Corrected.")
    indexes = list(Certificate.objects.values_list("status_index", flat=True))
    assert len(set(indexes)) == 4
    assert all(index is not None and 0 <= index < STATUS_LIST_BITS for index in indexes)
    assert Certificate.objects.filter(state="issued").get().replaces is not None
    assert SigningKey.objects.count() == 1


def test_a_replaced_certificate_says_what_is_true_now(world: World) -> None:
    first = story.after_completion(world)
    world.amina.full_name = "Amina Trabelsi"
    world.amina.save()

    first = Certificate.objects.get()

    second = reissue_certificate(actor=world.chidi, certificate=first, reason="Married.")

    assert (first.facts["holder"], second.facts["holder"]) == ("Amina Ben Salah", "Amina Trabelsi")
    page = Client().get(f"/verify/{first.code}/").content.decode()
    assert "This certificate was replaced" in page
    assert second.code not in page
    assert "Trabelsi" not in page


def test_the_same_badge_is_signed_again_when_nothing_changed(world: World) -> None:
    certificate = story.after_completion(world)
    assert signed_badge(certificate) == certificate.token


def test_the_badge_speaks_the_language_of_its_holder(world: World) -> None:
    world.amina.language = "fr"
    world.amina.save()
    certificate = story.after_completion(world)
    keys = {key_id(jwk): jwk for jwk in signing_keys()}
    assert verify(certificate.token, keys).payload["name"] == "Certificat de contribution"


def test_the_command_says_whether_the_signature_is_right(world: World, tmp_path: Path) -> None:
    certificate = story.after_completion(world)
    file, keys = tmp_path / "badge.jwt", tmp_path / "did.json"
    file.write_text(certificate.token)
    keys.write_bytes(Client().get("/.well-known/did.json").content)

    for options in ({}, {"keys": keys}):
        said = StringIO()
        call_command("verify_certificate", file, stdout=said, **options)
        assert "The signature is right" in said.getvalue()
        assert "Amina Ben Salah" in said.getvalue()

    document = json.loads(keys.read_text())
    document["verificationMethod"] = []
    keys.write_text(json.dumps(document))
    with pytest.raises(CommandError, match="not among those"):
        call_command("verify_certificate", file, keys=keys)
    keys.write_text("{}")
    with pytest.raises(CommandError, match="not a copy"):
        call_command("verify_certificate", file, keys=keys)
    file.write_text(certificate.token[:-2] + "AA")
    with pytest.raises(CommandError, match=r"changed after it was signed|cannot be read"):
        call_command("verify_certificate", file)
    with pytest.raises(CommandError, match="cannot be read as a badge file"):
        call_command("verify_certificate", tmp_path / "missing.jwt")
