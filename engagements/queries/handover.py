"""Read the handover kit of an engagement: what of the work stays with the institution, and with whom."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, Sum
from django.http import Http404

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from engagements.models import Certificate, Engagement, KitItem, Participant, SharedFile
from engagements.queries.work import visible_engagements
from engagements.states import CertificateState, HoursState, ParticipantRole
from messaging.queries.files import file_content


@dataclass(frozen=True)
class Kit:
    """What stays: files, notes and links, and everybody who was trained.

    Each of ``trained`` carries ``session_count``, ``minutes`` (confirmed, or None) and ``valid_certificates``.
    """

    engagement: Engagement
    files: list[SharedFile]
    items: list[KitItem]
    trained: list[Participant]

    @property
    def counterparts(self) -> list[Participant]:
        """Return who carries the work on."""
        return [one for one in self.trained if one.role == ParticipantRole.COUNTERPART and one.left_at is None]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing in it."""
        return not (self.files or self.items or self.trained)


def kit_of(engagement: Engagement) -> Kit:
    """Return the handover kit. Queries: 3, and 1 more when people took part."""
    files = SharedFile.objects.filter(engagement=engagement, in_kit_at__isnull=False)
    valid = Certificate.objects.filter(state=CertificateState.ISSUED)
    confirmed = Q(attendance__session__state=HoursState.CONFIRMED)
    trained = (
        Participant.objects.filter(engagement=engagement)
        .annotate(session_count=Count("attendance"), minutes=Sum("attendance__session__minutes", filter=confirmed))
        .prefetch_related(Prefetch("certificates", queryset=valid, to_attr="valid_certificates"))
        .order_by("name", "pk")
    )
    return Kit(
        engagement,
        list(files.select_related("file", "shared_by", "engagement").order_by("in_kit_at", "pk")),
        list(KitItem.objects.filter(engagement=engagement).select_related("added_by")),
        list(trained),
    )


def kit_contents(kit: Kit) -> Iterator[tuple[str, bytes | None]]:
    """Yield name and content of each file of the kit; None where the storage has lost it. Queries: 0."""
    for shared in kit.files:
        try:
            yield shared.file.name, file_content(shared.file)
        except Http404:
            yield shared.file.name, None


def get_kit_item(viewer: User, reference: str) -> KitItem:
    """Return a note or link when ``viewer`` may see its engagement. Raises Http404 otherwise. Queries: 2."""
    items = KitItem.objects.filter(reference=reference, engagement__in=visible_engagements(viewer).values("pk"))
    return first_or_404(items.select_related("engagement__need__organisation", "engagement__expert__user"))
