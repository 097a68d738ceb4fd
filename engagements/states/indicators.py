"""The indicators: what each number of a report means. Defined here once, printed with every figure.

A stored figure keeps the version of its definition, and an indicator that was ever stored is never taken away. Whoever
changes what is counted raises the indicator's version and writes the fingerprint of the new wording into
tests/engagements/figures/test_definitions.py.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Unit(models.TextChoices):
    """What an indicator counts in."""

    PEOPLE = "people", _("people")
    NEEDS = "needs", _("needs")
    ENGAGEMENTS = "engagements", _("engagements")
    INSTITUTIONS = "institutions", _("institutions")
    HOURS = "hours", _("hours")
    DAYS = "days", _("days")
    SKILLS = "skills", _("skills")
    STEPS = "steps", _("steps")
    PERCENT = "percent", _("per cent")


class Breakdown(models.TextChoices):
    """What an indicator is broken down by."""

    KIND = "kind", _("Kind of work")
    STATE = "state", _("State")
    MONTH = "month", _("Month")
    COUNTRY = "country", _("Country of the institution")
    RESIDENCE = "residence", _("Region where the experts live")
    HOME = "home", _("Country where the experts live")
    BENEFICIARY_TYPE = "beneficiary_type", _("Beneficiary type")
    REGION = "region", _("Region of the people")
    SEX = "sex", _("Sex")
    AGE = "age_band", _("Age")
    ROLE = "role", _("Part in the work")


@dataclass(frozen=True)
class Indicator:
    """One number: its code, its words, and how it is counted.

    ``source`` names the rows that are counted, in words. A *standing* indicator says how things are on the last day;
    the others say what happened in the period. ``is_median`` ones are not added up.
    """

    code: str
    version: int
    label: str | Promise
    definition: str | Promise
    source: str | Promise
    unit: Unit
    breakdowns: tuple[Breakdown, ...] = ()
    is_standing: bool = False
    is_median: bool = False

    @property
    def is_additive(self) -> bool:
        """Say whether figures of several periods may be added up."""
        return not self.is_standing and not self.is_median and self.unit != Unit.PERCENT and self.unit != Unit.PEOPLE


_ALL = (
    Indicator(
        "experts_registered",
        1,
        _("Experts registered"),
        _(
            "Experts from the countries of the report who had begun a profile by the last day; in the report of a "
            "programme those with a proposal for one of its needs."
        ),
        _("Expert profiles by country of origin and day of beginning; proposals by need."),
        Unit.PEOPLE,
        (Breakdown.RESIDENCE,),
        is_standing=True,
    ),
    Indicator(
        "experts_findable",
        1,
        _("Experts who can be found"),
        _(
            "Registered experts whose profile was published by the last day and is open when it is counted, for all "
            "verified institutions. Those whom only coordinators introduce are left out, wherever they live."
        ),
        _("Expert profiles by state, audience and day of publishing."),
        Unit.PEOPLE,
        (Breakdown.HOME,),
        is_standing=True,
    ),
    Indicator(
        "experts_verified",
        1,
        _("Experts with a recognised skill"),
        _("Registered experts of whom a coordinator had confirmed by the last day that somebody recognised a skill."),
        _("Claims of recognition that a coordinator confirmed."),
        Unit.PEOPLE,
        (Breakdown.RESIDENCE,),
        is_standing=True,
    ),
    Indicator(
        "experts_active",
        1,
        _("Experts active"),
        _(
            "Experts who sent an application, answered an invitation or held a session in the period, each counted "
            "once."
        ),
        _("Proposals by day of sending or answering, sessions by their day."),
        Unit.PEOPLE,
        (Breakdown.RESIDENCE,),
    ),
    Indicator(
        "needs_posted",
        1,
        _("Needs posted"),
        _("Needs that were opened in the period."),
        _("Needs by day of opening."),
        Unit.NEEDS,
        (Breakdown.KIND, Breakdown.COUNTRY),
    ),
    Indicator(
        "needs_met",
        1,
        _("Needs that found somebody"),
        _("Of the needs opened in the period, those with an accepted proposal by its last day."),
        _("Engagements by their need and day of acceptance."),
        Unit.NEEDS,
        (Breakdown.KIND, Breakdown.COUNTRY),
    ),
    Indicator(
        "first_contact_7_days",
        1,
        _("First useful contact within 7 days"),
        _(
            "Of the needs opened in the period, the share where the side that was asked wrote its first message, asked "
            "back, or accepted a proposal within 7 days of the opening. Needs whose seventh day was not over are left "
            "out."
        ),
        _("Needs by day of opening; messages, questions and acceptances of their proposals."),
        Unit.PERCENT,
    ),
    Indicator(
        "days_to_match",
        1,
        _("Days to the first match"),
        _("Of the needs opened in the period that found somebody, the median days from opening to acceptance."),
        _("Needs by day of opening, engagements by day of acceptance."),
        Unit.DAYS,
        is_median=True,
    ),
    Indicator(
        "engagements_begun",
        1,
        _("Engagements begun"),
        _("Engagements whose work began in the period, after both sides had agreed."),
        _("Engagements by day of beginning."),
        Unit.ENGAGEMENTS,
        (Breakdown.KIND, Breakdown.COUNTRY),
    ),
    Indicator(
        "engagements_completed",
        1,
        _("Engagements completed"),
        _("Engagements that both sides completed in the period."),
        _("Engagements in the states completed and followed up, by day of their end."),
        Unit.ENGAGEMENTS,
        (Breakdown.KIND, Breakdown.COUNTRY),
    ),
    Indicator(
        "engagements_ended_early",
        1,
        _("Engagements ended early"),
        _("Engagements that had begun and ended in the period without being completed."),
        _("Engagements in the state ended early, by day of their end."),
        Unit.ENGAGEMENTS,
        (Breakdown.KIND,),
    ),
    Indicator(
        "engagements_standing",
        1,
        _("Engagements so far"),
        _("Every engagement that was accepted by the last day, with the kind and state it has when it is counted."),
        _("Engagements by day of acceptance."),
        Unit.ENGAGEMENTS,
        (Breakdown.KIND, Breakdown.STATE),
        is_standing=True,
    ),
    Indicator(
        "hours_confirmed",
        1,
        _("Hours confirmed"),
        _("Hours of sessions held in the period, remote and on site, that the other side confirmed."),
        _("Sessions by their day, in the state confirmed."),
        Unit.HOURS,
        (Breakdown.MONTH, Breakdown.KIND, Breakdown.COUNTRY),
    ),
    Indicator(
        "hours_unconfirmed",
        1,
        _("Hours not confirmed"),
        _("Hours of sessions held in the period that nobody confirmed or disputed. They are part of no other number."),
        _("Sessions by their day, in the state waiting for confirmation."),
        Unit.HOURS,
        (Breakdown.MONTH, Breakdown.KIND),
    ),
    Indicator(
        "days_on_site",
        1,
        _("Days on site"),
        _("Days on which an engagement held a confirmed session on site, in the period."),
        _("Sessions by their day, on site and confirmed, one day of an engagement counted once."),
        Unit.DAYS,
        (Breakdown.KIND, Breakdown.COUNTRY),
    ),
    Indicator(
        "institutions_supported",
        1,
        _("Institutions supported"),
        _("Institutions with at least one confirmed session in the period."),
        _("Institutions of the needs behind confirmed sessions."),
        Unit.INSTITUTIONS,
        (Breakdown.COUNTRY,),
    ),
    Indicator(
        "people_reached",
        1,
        _("People reached"),
        _(
            "Counterparts and mentees who were ticked as present at a session in the period. A person is counted once, "
            "however many sessions and engagements: one name at one institution is one person."
        ),
        _("Attendance at sessions by their day."),
        Unit.PEOPLE,
        (Breakdown.ROLE, Breakdown.COUNTRY),
    ),
    Indicator(
        "people_served",
        1,
        _("People served by programmes"),
        _(
            "Beneficiaries named in programmes by the last day, each counted once in a programme. Whoever belongs to "
            "several types is counted in each of them, so that the types add up to more than all."
        ),
        _("Beneficiaries by day of naming, with what they chose to say about themselves."),
        Unit.PEOPLE,
        (Breakdown.BENEFICIARY_TYPE, Breakdown.REGION, Breakdown.SEX, Breakdown.AGE),
        is_standing=True,
    ),
    Indicator(
        "skills_transferred",
        1,
        _("Skills transferred"),
        _("Skills that were worked on in confirmed sessions of the period, each counted once for each institution."),
        _("Skills of confirmed sessions; where none is named, those of the need."),
        Unit.SKILLS,
        (Breakdown.COUNTRY,),
    ),
    Indicator(
        "recognition_steps",
        1,
        _("Recognition steps moved"),
        _(
            "How often in the period a coordinator confirmed that somebody had recognised a skill of a registered "
            "expert."
        ),
        _("Claims of recognition by day of confirmation."),
        Unit.STEPS,
    ),
    Indicator(
        "in_use_12_months",
        1,
        _("Result still in use after 12 months"),
        _(
            "Of the engagements about which somebody answered in the period, a year after their end, the share whose "
            "result is in use, wholly or partly: by the institution's answer, or else the last that came."
        ),
        _("Answers a year after the end, by day of answering."),
        Unit.PERCENT,
    ),
)
INDICATORS: dict[str, Indicator] = {indicator.code: indicator for indicator in _ALL}


class FunnelStep(models.TextChoices):
    """The way of a need, in order."""

    POSTED = "posted", _("Needs posted")
    CONTACT = "contact", _("First useful contact")
    MATCH = "match", _("Proposal accepted")
    BEGUN = "begun", _("Work begun")
    COMPLETED = "completed", _("Work completed")
