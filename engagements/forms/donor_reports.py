"""Forms of numbers and reports: about what, from when to when, for whom, and the blocks of a report."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from engagements.models import ClosedPeriod, DonorReport, Programme
from engagements.states.donor_reports import BlockKind, Chart, Readers


class ScopeForm(forms.Form):
    """About which country or programme."""

    about = forms.ChoiceField(label=_("About"))

    def __init__(self, *args: Any, remit: frozenset[str], programmes: Sequence[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(countries)
        self.programmes = {programme.reference: programme for programme in programmes}
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            (_("Countries"), sorted(((code, names.get(code, code)) for code in remit), key=lambda pair: str(pair[1]))),
            (_("Programmes"), [(reference, one.name) for reference, one in self.programmes.items()]),
        ]

    def scope(self) -> tuple[str, Programme | None]:
        """Return the country, and the programme if it is about one."""
        chosen = self.cleaned_data["about"]
        programme = self.programmes.get(chosen)
        return (str(programme.country), programme) if programme else (chosen, None)


class PeriodForm(ScopeForm):
    """About what, from the first to the last day."""

    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first. Choose a later day."))
        return cleaned


class NewReportForm(ScopeForm):
    """A report to begin."""

    title = forms.CharField(label=_("Title"), max_length=140, widget=forms.TextInput(attrs={"dir": "auto"}))
    field_order = ["title", "about"]


class ReportForm(forms.Form):
    """The title of a report and the period its numbers come from."""

    title = forms.CharField(label=_("Title"), max_length=140, widget=forms.TextInput(attrs={"dir": "auto"}))
    period = forms.ChoiceField(
        label=_("Numbers from"),
        required=False,
        help_text=_("Only numbers of a closed period can go to donors or the public."),
    )

    def __init__(self, data: Any = None, *, report: DonorReport, periods: Sequence[ClosedPeriod]) -> None:
        initial = {"title": report.title, "period": report.period.reference if report.period else ""}
        super().__init__(data, initial=initial)
        self.periods = {period.reference: period for period in periods}
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            ("", _("today: they can still change")),
            *(
                (reference, f"{one.starts_on:%Y-%m-%d} – {one.ends_on:%Y-%m-%d}")
                for reference, one in self.periods.items()
            ),
        ]

    def chosen_period(self) -> ClosedPeriod | None:
        """Return the closed period, or None for today."""
        return self.periods.get(self.cleaned_data["period"])


class BlockTextForm(forms.Form):
    """The heading and the text of a block."""

    heading = forms.CharField(
        label=_("Heading"), required=False, max_length=140, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("One story or note on each line. Tell of people only what they have agreed to."),
    )


class BlockForm(BlockTextForm):
    """A block to add."""

    kind = forms.ChoiceField(label=_("Block"), choices=BlockKind)
    chart = forms.ChoiceField(label=_("What a chart shows"), required=False, choices=[("", "–"), *Chart.choices])
    field_order = ["kind", "chart", "heading", "text"]


class SendForm(forms.Form):
    """To whom a report goes, in which language, and for how long its link works."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"dir": "ltr"}))
    readers = forms.ChoiceField(
        label=_("For"),
        choices=[one for one in Readers.choices if one[0] != Readers.COORDINATORS],
        initial=Readers.DONORS,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    days = forms.IntegerField(label=_("Days that the link works"), initial=60, min_value=1, max_value=730)
    message = forms.CharField(
        label=_("A word to them"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class ReadersForm(forms.Form):
    """For whom a report is."""

    readers = forms.ChoiceField(label=_("For"), choices=Readers, initial=Readers.COORDINATORS)
