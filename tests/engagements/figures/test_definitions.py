"""What a number means changes only together with its version."""

from hashlib import sha256

import pytest
from django.utils.translation import override

from engagements.states.indicators import INDICATORS, Indicator

# code: (version, fingerprint of its words and breakdowns). A new wording is a new version.
FINGERPRINTS: dict[str, tuple[int, str]] = {
    "experts_registered": (1, "38525871f2bb"),
    "experts_findable": (1, "8144f456f378"),
    "experts_verified": (1, "138760d94069"),
    "experts_active": (1, "dcf65d8881e8"),
    "needs_posted": (1, "39fbb7b8f868"),
    "needs_met": (1, "1a356e802d53"),
    "first_contact_7_days": (1, "2982c5d31c44"),
    "days_to_match": (1, "514e38361266"),
    "engagements_begun": (1, "5cc188adaf93"),
    "engagements_completed": (1, "f46db437551d"),
    "engagements_ended_early": (1, "4b00d2324674"),
    "engagements_standing": (1, "51c32757d07e"),
    "hours_confirmed": (1, "e8f9c877f490"),
    "hours_unconfirmed": (1, "8dcf8b0e023a"),
    "days_on_site": (1, "078742a7b231"),
    "institutions_supported": (1, "55bfb2ccc388"),
    "people_reached": (1, "114516197c77"),
    "people_served": (1, "e1b1d52b2449"),
    "skills_transferred": (1, "9daa9a064d94"),
    "recognition_steps": (1, "9d577e01ff8b"),
    "in_use_12_months": (1, "e541fe6f0a70"),
}


def fingerprint(indicator: Indicator) -> str:
    words = (indicator.label, indicator.definition, indicator.source, indicator.unit, *sorted(indicator.breakdowns))
    with override("en"):
        return sha256("|".join(map(str, words)).encode()).hexdigest()[:12]


@pytest.mark.parametrize("code", sorted(INDICATORS))
def test_a_definition_changes_only_with_its_version(code: str) -> None:
    indicator = INDICATORS[code]
    assert FINGERPRINTS[code] == (indicator.version, fingerprint(indicator))


def test_no_indicator_is_forgotten() -> None:
    assert set(FINGERPRINTS) == set(INDICATORS)
