"""Put photos of stories and logos into reports: checked, drawn anew, photos only with the word of who is in them."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core import audit
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.transitions import lock
from diaspora_net.core.uploads.kinds import KINDS, MOST_BYTES, kind_of
from diaspora_net.core.uploads.sandbox import Uninspected, inspect
from diaspora_net.core.uploads.scanner import ScannerSilent, is_infected
from diaspora_net.core.uploads.words import reason_in_words
from engagements.actions.donor_reports import append_block
from engagements.models import DonorReport, ReportPicture
from engagements.rules.reporting import can_report_on
from engagements.states.donor_reports import BlockKind, PictureKind

MOST_LOGOS = 4
PICTURES = "picture"


@dataclass(frozen=True)
class Upload:
    """A file as it arrives: its name, and its content in pieces."""

    name: str
    pieces: Iterable[bytes]


@dataclass(frozen=True)
class Consent:
    """What the people in a photo agreed to, who said so, and when."""

    text: str
    given_by: str
    given_on: date


@dataclass(frozen=True)
class _Drawn:
    content: bytes
    media_type: str
    width: int
    height: int


def add_story(
    *, actor: User, report: DonorReport, heading: str, text: str, upload: Upload, alt: str, consent: Consent
) -> ReportPicture:
    """Add a story with its photo at the end of a report.

    The photo is checked before anything is locked. Raises NotAllowed without the remit, Invalid for the photo, its
    description or the consent, Conflict while files cannot be checked. Effects: the picture, the block, audit entries.
    """
    _require(actor, report)
    missing = _("This is missing.")
    problems = {"alt": alt, "consent": consent.text, "consent_by": consent.given_by}
    if problems := {name: missing for name, value in problems.items() if not value.strip()}:
        raise Invalid(_("A photo needs a description, and the consent of who is in it."), fields=problems)
    if consent.given_on > timezone.now().date():
        problem = _("Choose a day that is over, or today.")
        raise Invalid(problem, fields={"consent_on": problem})
    drawn = _draw(upload)
    with transaction.atomic():
        picture = _keep(
            actor,
            report,
            PictureKind.PHOTO,
            drawn,
            alt=alt.strip(),
            consent=consent.text.strip(),
            consent_by=consent.given_by.strip(),
            consent_on=consent.given_on,
        )
        append_block(
            actor=actor, report=report, kind=BlockKind.STORY, heading=heading, text=text, picture=picture.reference
        )
    return picture


def add_logo(*, actor: User, report: DonorReport, upload: Upload, alt: str) -> ReportPicture:
    """Put a logo at the head of a report; four at most. Raises as ``add_story``. Effects: picture, audit entry."""
    _require(actor, report)
    if not alt.strip():
        problem = _("Say whose logo it is.")
        raise Invalid(problem, fields={"alt": problem})
    drawn = _draw(upload)
    with transaction.atomic():
        lock(report)
        if report.pictures.filter(kind=PictureKind.LOGO).count() >= MOST_LOGOS:
            raise Conflict(_("A report has four logos at most. Take one away first."))
        return _keep(actor, report, PictureKind.LOGO, drawn, alt=alt.strip())


@transaction.atomic
def remove_logo(*, actor: User, report: DonorReport, logo: str) -> None:
    """Take a logo away. Raises NotAllowed. Effects: the picture is gone, audit entry."""
    _require(actor, report)
    lock(report)
    if report.pictures.filter(kind=PictureKind.LOGO, reference=logo).delete()[0]:
        audit.record(actor=actor, verb="engagements.donor_report.logo_removed", obj=report)


def _keep(actor: User, report: DonorReport, kind: PictureKind, drawn: _Drawn, **values: object) -> ReportPicture:
    _require(actor, report)
    picture = ReportPicture.objects.create(
        report=report,
        kind=kind,
        content=drawn.content,
        media_type=drawn.media_type,
        width=drawn.width,
        height=drawn.height,
        added_by=actor,
        **values,
    )
    audit.record(actor=actor, verb=f"engagements.donor_report.{kind}_added", obj=report, picture=picture.pk)
    return picture


def _draw(upload: Upload) -> _Drawn:
    """Return the picture drawn anew by the process that has nothing to lose. Raises Invalid, Conflict."""
    kind = kind_of(upload.name)
    if kind is None or kind.family != PICTURES:
        raise _refused(_("Choose a picture: JPEG, PNG or WebP."))
    with tempfile.TemporaryDirectory(prefix="diaspora-net-picture-") as name:
        place = Path(name)
        source = place / "source"
        size = 0
        with source.open("wb") as out:
            for piece in upload.pieces:
                size += len(piece)
                if size > MOST_BYTES:
                    raise _refused(reason_in_words("too_big"))
                out.write(piece)
        if not size:
            raise _refused(reason_in_words("empty"))
        try:
            found = inspect(source, kind.code, place)
            reason = found.reason or ("virus" if is_infected(source) else "")
        except (Uninspected, ScannerSilent) as error:
            raise Conflict(_("Files cannot be checked at this moment. Try again in a minute.")) from error
        if reason:
            raise _refused(reason_in_words(reason))
        return _Drawn((place / "content").read_bytes(), KINDS[kind.code].media_type, found.width, found.height)


def _refused(problem: str) -> Invalid:
    return Invalid(problem, fields={"upload": problem})


def _require(actor: User, report: DonorReport) -> None:
    if not can_report_on(actor, str(report.country)):
        raise NotAllowed(_("Only coordinators of the country write its reports."))
