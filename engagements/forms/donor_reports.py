"""Forms of numbers and reports: about what, from when to when, for whom, and the blocks of a report."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from engagements.actions.report_pictures import Consent, Upload
from engagements.models import ClosedPeriod, DonorReport, Programme
from engagements.states.donor_reports import PLAIN_BLOCKS, Chart, Readers

PICTURE_ENDINGS = ".jpg,.jpeg,.png,.webp"


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
        help_text=_("One note or annex on each line. Tell of people only what they have agreed to."),
    )


class BlockForm(BlockTextForm):
    """A block to add."""

    kind = forms.ChoiceField(label=_("Block"), choices=PLAIN_BLOCKS)
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


class LogoForm(forms.Form):
    """A logo for the head of the report."""

    upload = forms.FileField(
        label=_("Picture"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": PICTURE_ENDINGS}),
        help_text=_("JPEG, PNG or WebP, up to 10 MB. Place and camera are taken out of it."),
        error_messages={"required": _("Choose a picture first.")},
    )
    alt = forms.CharField(label=_("Whose logo it is"), max_length=250, widget=forms.TextInput(attrs={"dir": "auto"}))

    def arrival(self) -> Upload:
        """Return what the action takes; the form must be valid."""
        file = self.cleaned_data["upload"]
        return Upload(file.name or "", file.chunks())


class StoryForm(BlockTextForm):
    """A story with its photo, and the word of who is in it."""

    upload = forms.FileField(
        label=_("Photo"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": PICTURE_ENDINGS}),
        help_text=_("JPEG, PNG or WebP, up to 10 MB. Place and camera are taken out of it."),
        error_messages={"required": _("Choose a picture first.")},
    )
    alt = forms.CharField(
        label=_("What the photo shows"),
        max_length=250,
        help_text=_("For who cannot see it: “Three nurses read a heart trace.”"),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    consent = forms.CharField(
        label=_("What the people in it agreed to"),
        max_length=1500,
        help_text=_("Their words, or the text they signed: where the photo may be shown, and until when."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    consent_by = forms.CharField(
        label=_("Who agreed"),
        max_length=200,
        help_text=_("Everybody who can be recognised. Only coordinators read this."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    consent_on = forms.DateField(label=_("On which day"), widget=forms.DateInput(attrs={"type": "date"}))
    field_order = ["heading", "text", "upload", "alt", "consent", "consent_by", "consent_on"]

    def arrival(self) -> Upload:
        """Return what the action takes; the form must be valid."""
        file = self.cleaned_data["upload"]
        return Upload(file.name or "", file.chunks())

    def agreed(self) -> Consent:
        """Return the consent; the form must be valid."""
        data = self.cleaned_data
        return Consent(data["consent"], data["consent_by"], data["consent_on"])


class ReadersForm(forms.Form):
    """For whom a report is."""

    readers = forms.ChoiceField(label=_("For"), choices=Readers, initial=Readers.COORDINATORS)
