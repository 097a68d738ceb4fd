"""Read agreements: their versions, the one in force, and who is asked to accept."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch

from engagements.models import AgreementAcceptance, AgreementVersion, Engagement
from engagements.states import CHANGEABLE_STATES, Side


def latest_version(engagement: Engagement) -> AgreementVersion:
    """Return the newest version. Raises AgreementVersion.DoesNotExist when there is none. Queries: 1."""
    return AgreementVersion.objects.filter(engagement=engagement).latest("number")


def is_asked(side: Side) -> Exists:
    """Return the condition that the newest version of an engagement lacks the acceptance of ``side``."""
    newer = AgreementVersion.objects.filter(engagement=OuterRef("engagement"), number__gt=OuterRef("number"))
    accepted = AgreementAcceptance.objects.filter(version=OuterRef("pk"), side=side)
    return Exists(AgreementVersion.objects.filter(~Exists(newer), ~Exists(accepted), engagement=OuterRef("pk")))


@dataclass(frozen=True)
class Agreement:
    """All versions of an engagement's agreement, newest first, with their acceptances."""

    engagement: Engagement
    versions: list[AgreementVersion]

    @property
    def latest(self) -> AgreementVersion | None:
        """Return the newest version; None for work from before agreements were kept."""
        return self.versions[0] if self.versions else None

    @property
    def in_force(self) -> AgreementVersion | None:
        """Return the newest version both sides have accepted."""
        return next((version for version in self.versions if len(version.acceptances.all()) == len(Side)), None)

    @property
    def pending(self) -> AgreementVersion | None:
        """Return a change that waits for acceptance while the version before it holds."""
        is_open = self.in_force is not None and self.engagement.state in CHANGEABLE_STATES
        return self.latest if is_open and self.latest != self.in_force else None

    def waits_for(self, side: Side | None) -> bool:
        """Say whether the newest version waits for the acceptance of ``side``."""
        if side is None or self.latest is None or self.engagement.state not in CHANGEABLE_STATES:
            return False
        return all(acceptance.side != side for acceptance in self.latest.acceptances.all())


def agreement_of(engagement: Engagement) -> Agreement:
    """Return the agreement with every version, who wrote and who accepted it. Queries: 2."""
    versions = AgreementVersion.objects.filter(engagement=engagement).select_related("written_by")
    acceptances = AgreementAcceptance.objects.select_related("accepted_by").order_by("accepted_at", "pk")
    return Agreement(engagement, list(versions.prefetch_related(Prefetch("acceptances", queryset=acceptances))))
