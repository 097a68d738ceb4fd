"""What a programme says: the values its coordinators set, how they are checked, and how they reach the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_countries import countries as all_countries

from diaspora_net.accounts.models import User
from diaspora_net.accounts.rules import coordinates, mediates_pathways
from diaspora_net.accounts.states import OrganisationKind
from diaspora_net.core.errors import Invalid
from engagements.models import Eligibility, Programme, ProgrammeCountry, ProgrammeTarget
from engagements.queries.programme_settings import OWN, RULES, ProgrammeValues, TargetEntry, values_of
from engagements.states import CountrySide, ProgrammeKind
from engagements.states.clocks import LONGEST_WAIT, WAIT_NAMES
from engagements.states.indicators import INDICATORS
from mentors.models import Skill
from mentors.states import WorkingLanguage

MOST_COUNTRIES, MOST_TARGETS = 20, 24


def check_programme(values: ProgrammeValues) -> None:
    """Raise Invalid with the problem of each field that cannot stand."""
    problems: dict[str, str] = {}
    if not values.name.strip():
        problems["name"] = _("Give the programme a name.")
    for begins, ends in (("starts_on", "ends_on"), ("applies_from", "applies_until")):
        first, last = getattr(values, begins), getattr(values, ends)
        if first and last and last < first:
            problems[ends] = _("The end cannot be before the beginning.")
    known = set(all_countries.countries)
    if not values.sides or len(values.sides) > MOST_COUNTRIES or not set(values.sides) <= known:
        problems["origin_countries"] = _("Choose from one to %(most)d countries.") % {"most": MOST_COUNTRIES}
    if set(values.sides.values()) - set(CountrySide.values):
        problems["origin_countries"] = _("Say on which side each country stands.")
    days = values.waits.values()
    if set(values.waits) - set(WAIT_NAMES) or any(not 0 < number <= LONGEST_WAIT for number in days):
        problems["waits"] = _("Waiting times are from 1 to %(most)d days.") % {"most": LONGEST_WAIT}
    problems |= _problems_of_targets(values.targets)
    lists = (values.languages, WorkingLanguage.values), (values.organisation_kinds, OrganisationKind.values)
    if any(set(chosen) - set(possible) for chosen, possible in lists) or set(values.origins) - known:
        problems["origins"] = _("Choose from the lists.")
    if problems:
        raise Invalid(_("Please look at the marked fields again."), fields=problems)


def _problems_of_targets(targets: Sequence[TargetEntry]) -> dict[str, str]:
    keys = [(one.indicator, one.dimension, one.value) for one in targets]
    if len(set(keys)) != len(keys):
        return {"targets": _("Set each target once.")}
    if any(one.indicator not in INDICATORS for one in targets):
        return {"targets": _("Choose indicators from the list.")}
    if len(keys) > MOST_TARGETS or any(one.number <= 0 for one in targets):
        return {"targets": _("Targets are above zero, at most %(most)d of them.") % {"most": MOST_TARGETS}}
    return {}


def write_programme(programme: Programme, values: ProgrammeValues) -> dict[str, Any]:
    """Write the values to the programme's rows; return what changed, before and after, for the audit trail.

    Raises Invalid for what the model refuses. Texts are noted as changed without their words. Queries: about 12.
    """
    before = values_of(programme) if programme.pk else None
    fill(programme, values)
    try:
        programme.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        problems = {name: " ".join(sentences) for name, sentences in error.message_dict.items()}
        raise Invalid(_("Please look at the marked fields again."), fields=problems) from None
    programme.save()
    _write_parts(programme, values)
    return changes_between(before, values)


def fill(programme: Programme, values: ProgrammeValues) -> None:
    """Set the programme's own fields, without its countries, targets and rules. Queries: 0."""
    for name in OWN:
        value = getattr(values, name)
        setattr(programme, name, list(value) if isinstance(value, tuple | list) else value)
    programme.name, programme.summary = values.name.strip(), values.summary.strip()
    programme.waits = dict(values.waits)


def _write_parts(programme: Programme, values: ProgrammeValues) -> None:
    ProgrammeCountry.objects.filter(programme=programme).delete()
    ProgrammeCountry.objects.bulk_create(
        ProgrammeCountry(programme=programme, country=code, side=side) for code, side in values.sides.items()
    )
    ProgrammeTarget.objects.filter(programme=programme).delete()
    ProgrammeTarget.objects.bulk_create(
        ProgrammeTarget(
            programme=programme,
            indicator=one.indicator,
            dimension=one.dimension,
            value=one.value,
            number=one.number,
        )
        for one in values.targets
    )
    rules, _is_new = Eligibility.objects.update_or_create(
        programme=programme,
        defaults={
            name: list(value) if isinstance(value, tuple | list) else value
            for name, value in ((name, getattr(values, name)) for name in RULES)
        },
    )
    rules.skills.set(values.skills)


def changes_between(before: ProgrammeValues | None, after: ProgrammeValues) -> dict[str, Any]:
    """Return what the audit trail keeps of a change; of a new programme its kind and countries."""
    if before is None:
        return {"kind": str(after.kind), "countries": sorted(after.sides)}
    texts = {one.name for one in fields(before) if one.name in {"name", "summary"}}
    changed = {}
    for one in fields(before):
        was, is_now = _code(getattr(before, one.name)), _code(getattr(after, one.name))
        if was != is_now:
            changed[one.name] = True if one.name in texts else {"before": was, "after": is_now}
    return changed


def _code(value: Any) -> Any:
    """Return a value as the audit trail keeps it: JSON-ready ids and codes."""
    if isinstance(value, Mapping):
        return {str(key): _code(inner) for key, inner in sorted(value.items())}
    if isinstance(value, TargetEntry):
        return [value.indicator, value.dimension, value.value, float(value.number)]
    if isinstance(value, Skill):
        return value.pk
    if isinstance(value, list | tuple):
        return sorted((_code(inner) for inner in value), key=str)
    return value if isinstance(value, int | bool | None) else str(value)


def check_own(actor: User, country: str, kind: str) -> None:
    """Raise Invalid unless ``actor`` coordinates the country, and mediates its pathways for a programme of that kind.

    Queries: at most 2.
    """
    if not coordinates(actor, country):
        problem = _("Choose a country that you coordinate.")
        raise Invalid(problem, fields={"country": problem})
    if kind == ProgrammeKind.PATHWAY and not mediates_pathways(actor, country):
        problem = _("Labour pathways need a right of their own. Ask the operator of this site for it.")
        raise Invalid(problem, fields={"kind": problem})
