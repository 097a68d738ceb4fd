"""Read what was checked of an organisation, and what still has to be."""

from dataclasses import dataclass

from diaspora_net.accounts.models import DueDiligenceCheck, Organisation, RequiredChecks
from diaspora_net.accounts.states import REQUIRED_CHECKS, CheckItem, CheckResult, OrganisationState


@dataclass(frozen=True)
class ChecklistLine:
    """One item: whether the country requires it, what was found last, and whether that is of the present round."""

    item: CheckItem
    is_required: bool
    found: DueDiligenceCheck | None
    is_current: bool

    @property
    def label(self) -> str:
        """Return what is checked, in the active language."""
        return str(self.item.label)

    @property
    def is_missing(self) -> bool:
        """Say whether it stands between the organisation and a recommendation."""
        is_open = not self.is_current or self.found is None or self.found.result == CheckResult.CONCERN
        return self.is_required and is_open


def checklist_of(organisation: Organisation) -> list[ChecklistLine]:
    """Return every item of the checklist in its order. Queries: 2.

    What was found before the last verification is told, but has to be found anew for the next one.
    """
    required = required_checks(str(organisation.country.code))
    newest = DueDiligenceCheck.objects.filter(organisation=organisation).order_by("item", "-checked_at", "-pk")
    found = {row.item: row for row in newest.distinct("item").select_related("checked_by")}
    return [
        ChecklistLine(item, item in required, found.get(item), _is_current(organisation, found.get(item)))
        for item in CheckItem
    ]


def _is_current(organisation: Organisation, found: DueDiligenceCheck | None) -> bool:
    if found is None:
        return False
    is_settled = organisation.state == OrganisationState.VERIFIED or organisation.verified_at is None
    return is_settled or organisation.verified_at is None or found.checked_at > organisation.verified_at


def required_checks(country: str) -> frozenset[str]:
    """Return what a country requires: its own choice, else the network's. Queries: 1."""
    own = RequiredChecks.objects.filter(country=country).values_list("items", flat=True).first()
    return frozenset(own) if own is not None else frozenset(REQUIRED_CHECKS)
