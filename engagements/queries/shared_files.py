"""Read the files that engagements share; ``visible_shared_files`` is the one place that says who may have which."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from diaspora_net.accounts.models import User
from diaspora_net.core.references import first_or_404
from engagements.models import Engagement, SharedFile
from engagements.queries.work import open_memberships
from messaging.models import Notification
from messaging.states import FileState


def visible_shared_files(viewer: User) -> QuerySet[SharedFile]:
    """Return the files of the viewer's own engagements as an expert and of those of their organisations.

    The same as ``rules.files.can_open_files``, for many.
    """
    if not viewer.is_authenticated:
        return SharedFile.objects.none()
    organisations = open_memberships(viewer, speaking=False).values("organisation")
    return SharedFile.objects.filter(
        Q(engagement__expert__user=viewer) | Q(engagement__need__organisation__in=organisations)
    )


def get_shared_file(viewer: User, reference: str) -> SharedFile:
    """Return the file when ``viewer`` may have it, whatever its state. Raises Http404 otherwise. Queries: 1."""
    found = visible_shared_files(viewer).filter(reference=reference)
    return first_or_404(found.select_related("file", "engagement__need__organisation", "engagement__expert__user"))


def shared_files_of(engagement: Engagement) -> list[SharedFile]:
    """Return what an engagement shares, newest first, with who shared it. Queries: 1."""
    return list(SharedFile.objects.filter(engagement=engagement).select_related("file", "shared_by", "engagement"))


def untold_rejections() -> QuerySet[SharedFile]:
    """Return the files that were not accepted and whose sharer has no news of it; each carries that news' ``key``."""
    news = Notification.objects.filter(user=OuterRef("shared_by"), event_key=OuterRef("key"))
    return (
        SharedFile.objects.filter(file__state=FileState.REJECTED)
        .annotate(key=Concat(Value("shared-file:"), F("reference"), Value(":rejected")))
        .filter(~Exists(news))
        .select_related("file", "shared_by", "engagement__need__organisation")
        .order_by("shared_at", "pk")
    )
