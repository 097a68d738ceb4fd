"""Forms of the coordinator's desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from engagements.models import NeedReview
from engagements.queries.coordination import PIPELINE_STEPS, PipelineFilters
from mentors.states import EngagementKind


class ReviewForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The readiness checklist of a submitted need."""

    class Meta:
        model = NeedReview
        fields = ["scope_is_clear", "knowledge_stays", "staff_are_ready", "urgency_is_known", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}
        help_texts = {"note": _("The institution reads it. Needed to ask for changes or to say no.")}


class PipelineForm(forms.Form):
    """The filters of the pipeline, all in the address."""

    text = forms.CharField(
        label=_("Search"), required=False, max_length=80, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    step = forms.ChoiceField(label=_("Step"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    kind = forms.ChoiceField(label=_("Kind of help"), required=False)
    quiet_days = forms.ChoiceField(
        label=_("Quiet for"),
        required=False,
        choices=[
            ("", _("any time")),
            ("3", _("3 days")),
            ("7", _("7 days")),
            ("14", _("14 days")),
            ("30", _("30 days")),
        ],
    )

    def __init__(self, *args: Any, remit: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(countries)
        self._offer("step", [("", _("all")), *PIPELINE_STEPS.items()])
        self._offer("country", [("", _("all")), *sorted((code, names[code]) for code in remit)])
        self._offer("kind", [("", _("all")), *EngagementKind.choices])

    def _offer(self, field: str, choices: list[tuple[Any, Any]]) -> None:
        chosen = self.fields[field]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = choices

    def filters(self) -> PipelineFilters:
        """Return the filters; one that makes no sense is left out."""
        if not self.is_bound:
            return PipelineFilters()
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return PipelineFilters(**{**chosen, "quiet_days": int(chosen.get("quiet_days", 0))})
