"""Forms about needs: writing one, closing one, looking for one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from engagements.actions.need_values import NeedValues
from engagements.actions.writing import SkillWish
from engagements.models import Need
from engagements.queries.needs import NeedFilters
from engagements.states import NeedResult, SkillStrength
from mentors.states import LanguageLevel, Modality, SkillLevel, WorkingLanguage

LONGEST_VALUE = 120
LANGUAGES = [("", _("Choose a language")), *WorkingLanguage.choices]
LANGUAGE_FIELDS = ("language", "language_2", "language_3")
FOLDED = (
    "context",
    "deliverable",
    "knowledge_transfer",
    "language_2",
    "language_3",
    "language_level",
    "hours",
    "places",
    "focal_point",
    "starts_on",
    "is_urgent",
    "is_job",
    "job_pay",
    "job_hours",
    "job_contract",
    "job_is_free",
)


class NeedForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Write a need: five fields that are asked, the rest folded away.

    Chosen skills travel as ``skills``, each with ``strength-<value>`` and ``level-<value>`` beside it.
    """

    language = forms.ChoiceField(label=_("In which language?"), choices=LANGUAGES, required=False)
    language_2 = forms.ChoiceField(label=_("Another language that would do"), choices=LANGUAGES, required=False)
    language_3 = forms.ChoiceField(label=_("A third one"), choices=LANGUAGES, required=False)
    language_level = forms.TypedChoiceField(
        label=_("Least level in it"),
        choices=LanguageLevel,
        coerce=int,
        initial=LanguageLevel.B2,
        required=False,
    )

    class Meta:
        model = Need
        fields = [
            "title",
            "kind",
            "modality",
            "closes_on",
            "context",
            "deliverable",
            "knowledge_transfer",
            "hours",
            "places",
            "focal_point",
            "starts_on",
            "is_urgent",
            "is_job",
            "job_pay",
            "job_hours",
            "job_contract",
            "job_is_free",
        ]
        widgets = {
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "context": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            "deliverable": forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            "knowledge_transfer": forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            "closes_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "title": _("One sentence, such as: Train our nurses in neonatal infection control."),
            "closes_on": _("Experts see the need until this day."),
            "deliverable": _("A protocol, a trained team, a reviewed plan: what you hold in your hand in the end."),
            "knowledge_transfer": _("Name who works beside the expert and carries on afterwards."),
            "is_job": _("A job states pay, hours and contract, and costs the worker nothing; or it cannot open."),
            "job_pay": _("Amount, currency and per what time: 1,200 EUR a month before tax."),
            "job_is_free": _("Nobody takes money from the worker for this job, here or there."),
            "hours": _("A first talk takes one hour, a small project twenty."),
        }

    def __init__(self, *args: Any, speakers: Any, **kwargs: Any) -> None:
        """Take the people who may be focal point (a queryset)."""
        super().__init__(*args, **kwargs)
        self.fields["focal_point"].queryset = speakers  # type: ignore[attr-defined]
        self.fields["focal_point"].empty_label = None  # type: ignore[attr-defined]
        for name in ("hours", "places"):
            self.fields[name].required = False

    def attach_notes(self, notes: Mapping[str, Any]) -> None:
        """Put the coordinator's notes beside the fields they are about."""
        for name, field in self.fields.items():
            field.note = notes.get(name)  # type: ignore[attr-defined]  # read by the template

    @property
    def asked(self) -> list[forms.BoundField]:
        """Return the fields after title and skills that everybody fills in."""
        return [self[name] for name in ("kind", "modality", "language", "closes_on")]

    @property
    def folded(self) -> list[forms.BoundField]:
        """Return the fields under “More detail”."""
        return [self[name] for name in FOLDED]

    @property
    def has_folded_errors(self) -> bool:
        """Say whether a folded field has a problem or a note, so that the fold must stand open."""
        return any(name in self.errors or getattr(self.fields[name], "note", None) for name in FOLDED)

    def values(self) -> NeedValues:
        """Return what the action takes; the form must be valid."""
        data = dict(self.cleaned_data)
        level = data.pop("language_level") or LanguageLevel.B2
        codes = dict.fromkeys(data.pop(name) for name in LANGUAGE_FIELDS)
        languages = tuple((code, level) for code in codes if code)
        data["hours"] = data["hours"] or 8
        data["places"] = data["places"] or 1
        return NeedValues(**data, languages=languages)


class PickedSkills:
    """Read the skill picker of a need: values in order, each once, without the one whose Remove button was pressed.

    ``error`` is what was wrong with them, once something was.
    """

    def __init__(self, data: QueryDict) -> None:
        """Take what was sent."""
        self.data = data
        self.error = ""
        removed = data.get("remove", "")
        sent = dict.fromkeys(value.strip()[:LONGEST_VALUE] for value in data.getlist("skills"))
        self.values = [value for value in sent if value and value != removed]

    def wishes(self) -> list[SkillWish]:
        """Return what the action takes."""
        return [SkillWish(value, self.strength(value), self.level(value)) for value in self.values]

    def strength(self, value: str) -> str:
        """Return how much the need depends on a skill; required unless something else was chosen."""
        strength = self.data.get(f"strength-{value}", "")
        return strength if strength in SkillStrength.values else SkillStrength.REQUIRED

    def level(self, value: str) -> int | None:
        """Return the least level, or None for any."""
        level = self.data.get(f"level-{value}", "")
        return int(level) if level in {str(one) for one in SkillLevel.values} else None


class CloseForm(forms.Form):
    """Say how a need ended."""

    result = forms.ChoiceField(label=_("Was the need met?"), choices=NeedResult, widget=forms.RadioSelect)


class RenewForm(forms.Form):
    """Say that a need is needed still, until a day if there is one."""

    closes_on = forms.DateField(
        label=_("By when"),
        required=False,
        help_text=_("Leave it empty when there is no last day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class MessageForm(forms.Form):
    """Write the first message of an offer or an invitation."""

    message = forms.CharField(
        label=_("Your message"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "enterkeyhint": "send"}),
    )


class NominationForm(MessageForm):
    """Write the message of a nomination, and why this expert in the coordinator's own words."""

    note = forms.CharField(
        label=_("Why you suggest them"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("One sentence. Both sides read it before all other reasons, with your name."),
    )


class NeedFilterForm(forms.Form):
    """Look for open needs; what does not fit the choices counts as empty."""

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto"}),
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("Any")), *WorkingLanguage.choices]
    )
    modality = forms.ChoiceField(label=_("How"), required=False, choices=[("", _("Any")), *Modality.choices])

    def __init__(self, *args: Any, codes: Sequence[str], **kwargs: Any) -> None:
        """Take the countries that have open needs."""
        super().__init__(*args, **kwargs)
        named = sorted(((code, str(countries.name(code))) for code in codes), key=lambda pair: pair[1])
        self.fields["country"].choices = [("", _("Any")), *named]  # type: ignore[attr-defined]

    def filters(self) -> NeedFilters:
        """Return what to look for."""
        self.is_valid()
        data = self.cleaned_data
        return NeedFilters(
            text=data.get("q", "").strip(),
            country=data.get("country", ""),
            language=data.get("language", ""),
            modality=data.get("modality", ""),
        )
