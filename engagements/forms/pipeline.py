"""Forms of the pipeline: its filters, which stand in the address, and the moves of a row."""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from diaspora_net.accounts.states import OrganisationKind, OrganisationState
from engagements.models import Programme
from engagements.queries.pipeline import MINE, NO_OWNER, PipelineFilters
from engagements.states import EndReason, NeedResult
from engagements.states.pipeline import (
    MOVES_WITH_REASON,
    MOVES_WITH_RESULT,
    NeedStep,
    PipelineOf,
    WorkStep,
)
from mentors.states import EngagementKind, Modality

AGES = [("", _("any time")), ("3", _("3 days")), ("7", _("7 days")), ("14", _("14 days")), ("30", _("30 days"))]
ALL = ("", _("all"))
STEPS: dict[str, list[tuple[str, Any]]] = {
    PipelineOf.WORK: WorkStep.choices,
    PipelineOf.NEEDS: NeedStep.choices,
    PipelineOf.ORGANISATIONS: OrganisationState.choices,
}
# Filters that rows of a kind do not have.
WITHOUT: dict[str, tuple[str, ...]] = {
    PipelineOf.NEEDS: ("residence", "quiet_days", "at_risk"),
    PipelineOf.ORGANISATIONS: ("residence", "quiet_days", "at_risk", "programme", "modality", "urgent"),
}


class PipelineForm(forms.Form):
    """The filters of the pipeline, all in the address."""

    text = forms.CharField(
        label=_("Search"), required=False, max_length=80, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    step = forms.ChoiceField(label=_("Step"), required=False)
    owner = forms.ChoiceField(label=_("Looked after by"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    residence = forms.ChoiceField(label=_("Expert lives in"), required=False)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    skill = forms.CharField(
        label=_("Skill, with everything narrower"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    kind = forms.ChoiceField(label=_("Kind of help"), required=False, choices=[ALL, *EngagementKind.choices])
    modality = forms.ChoiceField(label=_("How"), required=False, choices=[ALL, *Modality.choices])
    days = forms.ChoiceField(label=_("In its step for"), required=False, choices=AGES)
    quiet_days = forms.ChoiceField(label=_("Quiet for"), required=False, choices=AGES)
    late = forms.BooleanField(label=_("Over target"), required=False)
    at_risk = forms.BooleanField(label=_("At risk: nothing happens any more"), required=False)
    urgent = forms.BooleanField(label=_("Urgent"), required=False)
    organisation = forms.SlugField(required=False, max_length=12, widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        of: str,
        remit: Collection[str],
        colleagues: Iterable[Any] = (),
        residences: Iterable[str] = (),
        programmes: Iterable[Programme] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._of = PipelineOf(of) if of in PipelineOf.values else PipelineOf.WORK
        names: dict[str, Any] = dict(countries)
        owners: list[tuple[str, Any]] = [(MINE, _("me")), (NO_OWNER, _("nobody yet"))]
        owners += [(str(person.public_id), str(person)) for person in colleagues]
        self._offer("step", [ALL, *STEPS[self._of]])
        self._offer("owner", [ALL, *owners])
        self._offer("country", [ALL, *sorted(((code, names[code]) for code in remit), key=lambda one: str(one[1]))])
        lived_in = sorted(((code, names[code]) for code in residences if code in names), key=lambda one: str(one[1]))
        self._offer("residence", [ALL, *lived_in])
        self._offer("programme", [ALL, *((one.reference, one.name) for one in programmes)])
        if self._of == PipelineOf.ORGANISATIONS:
            self._offer("kind", [ALL, *OrganisationKind.choices])
            self.fields["kind"].label = _("Kind")
        for name in WITHOUT.get(self._of, ()):
            del self.fields[name]

    def _offer(self, field: str, choices: list[tuple[Any, Any]]) -> None:
        chosen = self.fields[field]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = choices

    def filters(self) -> PipelineFilters:
        """Return the filters; one that makes no sense is left out."""
        if not self.is_bound:
            return PipelineFilters(of=self._of)
        self.is_valid()
        chosen: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        ages: dict[str, Any] = {name: int(chosen[name]) for name in ("days", "quiet_days") if name in chosen}
        return PipelineFilters(of=self._of, **{**chosen, **ages})


class MoveForm(forms.Form):
    """What to do with a row, and the one more word that some moves ask for. ``seen`` is the state it was seen in."""

    move = forms.ChoiceField(label=_("What to do"))
    reason = forms.ChoiceField(
        label=_("Why does it end?"),
        required=False,
        choices=[("", "—"), *EndReason.choices],
        help_text=_("Both sides are told."),
    )
    result = forms.ChoiceField(label=_("Was the need met?"), required=False, choices=[("", "—"), *NeedResult.choices])
    seen = forms.CharField(max_length=24, widget=forms.HiddenInput())

    def __init__(self, *args: Any, of: str, moves: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["move"]
        known = list(moves)
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = known
        values = {value for value, _label in known}
        if values.isdisjoint(MOVES_WITH_REASON):
            del self.fields["reason"]
        if of != PipelineOf.NEEDS or values.isdisjoint(MOVES_WITH_RESULT):
            del self.fields["result"]

    def clean(self) -> dict[str, Any]:
        """Ask for the word that the chosen move needs."""
        cleaned = super().clean() or {}
        move = cleaned.get("move")
        if move in MOVES_WITH_REASON and "reason" in self.fields and not cleaned.get("reason"):
            self.add_error("reason", _("Choose why it ends; both sides are told."))
        if move in MOVES_WITH_RESULT and "result" in self.fields and not cleaned.get("result"):
            self.add_error("result", _("Say whether the need was met."))
        return cleaned
