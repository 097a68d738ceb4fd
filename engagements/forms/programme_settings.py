"""The form of everything that a programme's coordinators set."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaspora_net.accounts.states import OrganisationKind
from engagements.actions.programme_values import MOST_TARGETS
from engagements.forms.programmes import BY_COMMAS, CountriesField, day_input, names_of, sides_of
from engagements.queries.eligibility import families_named
from engagements.queries.programme_settings import ProgrammeValues, TargetEntry
from engagements.states import (
    AgeBand,
    BeneficiaryType,
    CountrySide,
    Joining,
    ProgrammeComponent,
    ProgrammeKind,
    Sex,
    SkillFocus,
    SurveyPoint,
)
from engagements.states.clocks import CLOCKS, LONGEST_WAIT, QUIET, QUIET_DAYS, WAIT_NAMES, WaitingKind
from engagements.states.indicators import INDICATORS
from mentors.states import LanguageLevel, WorkingLanguage

TARGET_ROWS = 6
INDICATOR_WORDS = {code: indicator.label for code, indicator in INDICATORS.items()}
GROUPS = {"beneficiary_type": BeneficiaryType, "sex": Sex, "age_band": AgeBand}


def _days(label: Any, usual: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=LONGEST_WAIT, help_text=usual)


class ProgrammeForm(forms.Form):
    """Everything of a programme that its coordinators set."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=140, widget=forms.TextInput(attrs={"dir": "auto"}))
    summary = forms.CharField(
        label=gettext_lazy("What it is"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=gettext_lazy("Everybody who could take part reads this."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of programme"), choices=ProgrammeKind)
    origin_countries = CountriesField(label=gettext_lazy("Countries of origin"), help_text=BY_COMMAS)
    destination_countries = CountriesField(label=gettext_lazy("Countries of destination"), required=False)
    starts_on = forms.DateField(label=gettext_lazy("Starts on"), required=False, widget=day_input())
    ends_on = forms.DateField(label=gettext_lazy("Ends on"), required=False, widget=day_input())
    joining = forms.ChoiceField(label=gettext_lazy("How to join"), choices=Joining, widget=forms.RadioSelect)
    applies_from = forms.DateField(label=gettext_lazy("Applications from"), required=False, widget=day_input())
    applies_until = forms.DateField(label=gettext_lazy("Applications until"), required=False, widget=day_input())
    survey_points = forms.MultipleChoiceField(
        label=gettext_lazy("People are asked what came of it"),
        required=False,
        choices=SurveyPoint,
        widget=forms.CheckboxSelectMultiple,
    )
    origins = CountriesField(
        label=gettext_lazy("Experts from"), required=False, help_text=gettext_lazy("Empty means from anywhere.")
    )
    residences = CountriesField(
        label=gettext_lazy("Experts living in"), required=False, help_text=gettext_lazy("Empty means anywhere.")
    )
    families = forms.CharField(
        label=gettext_lazy("With a skill in"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=gettext_lazy("Names of skills, separated by commas; what is part of one counts, too."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Speaking one of"),
        required=False,
        choices=WorkingLanguage,
        widget=forms.CheckboxSelectMultiple,
    )
    language_level = forms.TypedChoiceField(
        label=gettext_lazy("At this level or better"), choices=LanguageLevel, coerce=int, required=False
    )
    verified_only = forms.BooleanField(label=gettext_lazy("Verified institutions only"), required=False)
    organisation_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Institutions of these kinds"),
        required=False,
        choices=OrganisationKind,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked means all."),
    )
    component = forms.ChoiceField(
        label=gettext_lazy("Component"), required=False, choices=[("", "–"), *ProgrammeComponent.choices]
    )
    skill_focus = forms.ChoiceField(
        label=gettext_lazy("Skill focus"), required=False, choices=[("", "–"), *SkillFocus.choices]
    )
    beneficiary_types = forms.MultipleChoiceField(
        label=gettext_lazy("Whom it serves"),
        required=False,
        choices=BeneficiaryType,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add a field for each wait, and rows for targets."""
        super().__init__(*args, **kwargs)
        for kind in WaitingKind:
            usual = _("Working days. Usually %(days)d.") % {"days": CLOCKS[kind].target}
            self.fields[f"wait_{kind}"] = _days(kind.label, usual)
        usual = _("Days without any act or message. Usually %(days)d.") % {"days": QUIET_DAYS}
        self.fields[f"wait_{QUIET}"] = _days(_("Work at risk"), usual)
        groups = [
            ("", _("everybody")),
            *((f"{name}:{value}", label) for name, group in GROUPS.items() for value, label in group.choices),
        ]
        for row in range(TARGET_ROWS):
            self.fields[f"indicator_{row}"] = forms.ChoiceField(
                label=_("What"), required=False, choices=[("", "–"), *INDICATOR_WORDS.items()]
            )
            self.fields[f"group_{row}"] = forms.ChoiceField(label=_("Of whom"), required=False, choices=groups)
            self.fields[f"number_{row}"] = forms.DecimalField(
                label=_("Target"), required=False, min_value=1, max_digits=9, decimal_places=1
            )

    @property
    def waits(self) -> Iterator[forms.BoundField]:
        """Return the fields of waits."""
        return (self[f"wait_{name}"] for name in WAIT_NAMES)

    @property
    def has_wait_errors(self) -> bool:
        """Say whether a wait has a problem, so that the fold must stand open."""
        return any(name.startswith("wait_") for name in self.errors)

    @property
    def target_rows(self) -> Iterator[tuple[forms.BoundField, ...]]:
        """Return the fields of each target."""
        return (tuple(self[f"{part}_{row}"] for part in ("indicator", "group", "number")) for row in range(TARGET_ROWS))

    def clean_families(self) -> list[Any]:
        """Return the skills that were named. Raises ValidationError naming those that nobody knows."""
        skills, unknown = families_named(self.cleaned_data["families"].split(","))
        if unknown:
            raise forms.ValidationError(
                _("We know no skill called %(names)s. Use a name from the list of skills.")
                % {"names": ", ".join(unknown)}
            )
        return skills

    def values(self) -> ProgrammeValues:
        """Return what the action takes; the form must be valid."""
        data = dict(self.cleaned_data)
        waits = {name: data.pop(f"wait_{name}") for name in WAIT_NAMES}
        targets = [self._target(row) for row in range(TARGET_ROWS)]
        kept = {name: value for name, value in data.items() if not name.endswith(tuple("012345"))}
        for name in ("origin_countries", "destination_countries"):
            kept.pop(name)
        skills = kept.pop("families")
        return ProgrammeValues(
            **{**kept, "language_level": kept["language_level"] or LanguageLevel.B2, "skills": skills},
            sides=sides_of(data),
            waits={name: days for name, days in waits.items() if days},
            targets=[target for target in targets if target is not None][:MOST_TARGETS],
        )

    def _target(self, row: int) -> TargetEntry | None:
        indicator, group, number = (self.cleaned_data[f"{part}_{row}"] for part in ("indicator", "group", "number"))
        dimension, _colon, value = group.partition(":")
        return TargetEntry(indicator, number, dimension, value) if indicator and number else None


def initial_of(values: ProgrammeValues, labels: Sequence[str]) -> dict[str, Any]:
    """Return what the form of a programme shows at first; ``labels`` are the names of its skill families."""
    sides = values.sides
    initial: dict[str, Any] = {
        name: getattr(values, name)
        for name in (
            *("name", "summary", "kind", "starts_on", "ends_on", "joining", "applies_from", "applies_until"),
            *("survey_points", "languages", "language_level", "verified_only", "organisation_kinds"),
            *("component", "skill_focus", "beneficiary_types"),
        )
    }
    initial["origin_countries"] = names_of([code for code, side in sides.items() if side == CountrySide.ORIGIN])
    initial["destination_countries"] = names_of([code for code, side in sides.items() if side != CountrySide.ORIGIN])
    initial["origins"], initial["residences"] = names_of(values.origins), names_of(values.residences)
    initial["families"] = ", ".join(labels)
    initial |= {f"wait_{kind}": days for kind, days in values.waits.items()}
    for row, target in enumerate(list(values.targets)[:TARGET_ROWS]):
        initial[f"indicator_{row}"] = target.indicator
        initial[f"group_{row}"] = f"{target.dimension}:{target.value}" if target.dimension else ""
        initial[f"number_{row}"] = f"{target.number:f}".removesuffix(".0")
    return initial
