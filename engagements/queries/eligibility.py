"""Who fits a programme, rule by rule, in words for the person themselves. The one place that decides it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django_countries import countries

from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.rules import is_trusted
from diaspora_net.accounts.states import OrganisationKind
from engagements.models import Eligibility, Programme
from engagements.states import ProgrammeState
from mentors.labels import fold
from mentors.models import ExpertProfile, Skill, SkillBroader, SkillLabel
from mentors.queries.skills import skill_labels
from mentors.states import LanguageLevel, ProfileState, SkillStatus, WorkingLanguage

# How far above a skill of an expert a family may stand.
LEVELS = 6


@dataclass(frozen=True)
class Check:
    """One rule of a programme as it stands for somebody: what is asked, and what to do where it is not met."""

    key: str
    is_met: bool
    asked: str
    hint: str = ""


def fits(checks: Iterable[Check]) -> bool:
    """Say whether every rule is met."""
    return all(check.is_met for check in checks)


def checks_of_expert(programme: Programme, profile: ExpertProfile) -> list[Check]:
    """Return the rules of the programme as they stand for an expert. Queries: at most 12."""
    rules = _rules(programme)
    checks = _window(programme)
    checks.append(
        Check(
            "published",
            profile.state == ProfileState.PUBLISHED,
            _("A published profile"),
            _("Publish your profile, and come back."),
        )
    )
    if rules.origins:
        mine = {row.country.code for row in profile.origins.all()}
        checks.append(
            Check(
                "origins",
                bool(mine & set(rules.origins)),
                _("A tie to %(countries)s") % {"countries": _names(rules.origins)},
                _("Your profile names %(countries)s.") % {"countries": _names(sorted(mine))} if mine else "",
            )
        )
    if rules.residences:
        checks.append(
            Check(
                "residences",
                profile.residence.code in rules.residences,
                _("Living in %(countries)s") % {"countries": _names(rules.residences)},
                _("Your profile says %(country)s.") % {"country": profile.residence.name} if profile.residence else "",
            )
        )
    checks += _skills(rules, profile)
    checks += _languages(rules, profile)
    return checks


def checks_of_organisation(programme: Programme, organisation: Organisation) -> list[Check]:
    """Return the rules of the programme as they stand for an institution. Queries: at most 3."""
    rules = _rules(programme)
    checks = _window(programme)
    if places := sorted(row.country.code for row in programme.countries.all()):
        checks.append(
            Check(
                "countries",
                organisation.country.code in places,
                _("An institution in %(countries)s") % {"countries": _names(places)},
                _("Yours is in %(country)s.") % {"country": organisation.country.name},
            )
        )
    if rules.verified_only:
        checks.append(
            Check(
                "verified",
                is_trusted(organisation),
                _("Verified by a coordinator"),
                _("Your institution is not verified at present."),
            )
        )
    if rules.organisation_kinds:
        named = [str(OrganisationKind(kind).label) for kind in rules.organisation_kinds]
        checks.append(
            Check(
                "kinds",
                organisation.kind in rules.organisation_kinds,
                _("Of this kind: %(kinds)s") % {"kinds": get_text_list(named, _("or"))},
                _("Yours is registered as: %(kind)s.") % {"kind": organisation.get_kind_display()},
            )
        )
    return checks


def _rules(programme: Programme) -> Eligibility:
    return Eligibility.objects.filter(programme=programme).first() or Eligibility(programme=programme)


def _names(codes: Iterable[str]) -> str:
    return get_text_list([str(countries.name(code)) for code in codes], _("or"))


def _window(programme: Programme) -> list[Check]:
    """Return the check that the programme takes people today."""
    today, opens, closes = timezone.localdate(), programme.applies_from, programme.applies_until
    if programme.state != ProgrammeState.RUNNING:
        return [Check("running", False, _("The programme is running"), str(programme.get_state_display()))]
    if opens and today < opens:
        hint = _("It begins on %(day)s. Come back then.") % {"day": date_format(opens, "DATE_FORMAT")}
        return [Check("window", False, _("Within the time for applications"), hint)]
    if closes and today > closes:
        hint = _("It ended on %(day)s.") % {"day": date_format(closes, "DATE_FORMAT")}
        return [Check("window", False, _("Within the time for applications"), hint)]
    if closes:
        asked = _("Applications until %(day)s") % {"day": date_format(closes, "DATE_FORMAT")}
        return [Check("window", True, asked)]
    return []


def _skills(rules: Eligibility, profile: ExpertProfile) -> list[Check]:
    families = set(rules.skills.values_list("pk", flat=True)) if rules.pk else set()
    if not families:
        return []
    reached = set(profile.skill_items.values_list("tag", flat=True))
    above = reached
    for _level in range(LEVELS):
        if reached & families or not above:
            break
        above = set(SkillBroader.objects.filter(skill__in=above).values_list("broader", flat=True)) - reached
        reached |= above
    labels = skill_labels(families, get_language() or "en")
    named = get_text_list(sorted(labels[pk] for pk in families), _("or"))
    asked = _("A skill in %(families)s") % {"families": named}
    return [Check("skills", bool(reached & families), asked, _("Add it to your profile if you have it."))]


def _languages(rules: Eligibility, profile: ExpertProfile) -> list[Check]:
    if not rules.languages:
        return []
    spoken = dict(profile.languages.values_list("language", "level"))
    named = [str(WorkingLanguage(code).label) for code in rules.languages]
    asked = ngettext(
        "%(languages)s at %(level)s or better", "One of %(languages)s at %(level)s or better", len(named)
    ) % {"languages": get_text_list(named, _("or")), "level": LanguageLevel(rules.language_level).label}
    is_met = any(spoken.get(code, 0) >= rules.language_level for code in rules.languages)
    return [Check("languages", is_met, asked, _("Add it to your profile if you speak it."))]


def families_named(texts: Iterable[str]) -> tuple[list[Skill], list[str]]:
    """Return the accepted skills that these labels name in any language, and the labels that name none. Queries: 1."""
    typed = {fold(text): text.strip() for text in texts if text.strip()}
    labels = SkillLabel.objects.filter(search__in=typed, skill__status=SkillStatus.ACCEPTED).select_related("skill")
    found = {label.search: label.skill for label in labels.order_by("-skill__expert_count", "skill_id")[:200]}
    skills = {skill.pk: skill for skill in found.values()}
    return list(skills.values()), [text for key, text in typed.items() if key not in found]
