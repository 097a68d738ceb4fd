"""Check a signed certificate without the network: only the file and the public keys are needed."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from engagements.queries.certificates import signing_keys
from engagements.reports.signing import BadSignature, Jwk, key_id, verify


class Command(BaseCommand):
    """``manage.py verify_certificate FILE [--keys did.json]``: say whether a badge file is what we signed.

    It cannot know what was withdrawn since: the check page and the status list say that.
    """

    help = "Check the signature of a certificate's badge file, offline."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and where the keys come from."""
        parser.add_argument("file", type=Path, help="the badge file of a certificate (.jwt)")
        parser.add_argument(
            "--keys", type=Path, help="a saved copy of /.well-known/did.json; without it, this database's own keys"
        )

    def handle(self, *args: Any, file: Path, keys: Path | None, **options: Any) -> None:
        """Print who holds what when the signature is right; fail with the reason otherwise."""
        try:
            token = file.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read as a badge file: {error}") from error
        known = _saved_keys(keys) if keys else signing_keys()
        try:
            signed = verify(token, {key_id(jwk): jwk for jwk in known})
        except BadSignature as error:
            raise CommandError(str(error)) from error
        subject = signed.payload["credentialSubject"]
        self.stdout.write(f"The signature is right (key {signed.key_id}).")
        self.stdout.write(f"{signed.payload['name']}: {subject['identifier'][0]['identityHash']}")
        self.stdout.write(subject["narrative"])
        self.stdout.write(
            f"Issued {signed.payload['validFrom']}. Whether it was withdrawn since: {signed.payload['id']}"
        )


def _saved_keys(path: Path) -> list[Jwk]:
    try:
        methods = json.loads(path.read_text(encoding="utf-8"))["verificationMethod"]
        return [method["publicKeyJwk"] for method in methods]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is not a copy of /.well-known/did.json that can be read.") from error
