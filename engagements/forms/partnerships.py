"""Forms of a partnership: partners, documents, people who are trained, links to the shared page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from diaspora_net.core.uploads.kinds import ACCEPT
from engagements.actions.partnerships import Facts
from engagements.forms.files import PIECE
from engagements.states import AgeBand, BeneficiaryType, CountrySide, PartnerRole, Sex, Track
from messaging.actions.files import Arrival

NOT_SAID = ("", _("Prefer not to say"))


class PartnerForm(forms.Form):
    """Add a partner."""

    name = forms.CharField(label=_("Name"), max_length=160, widget=forms.TextInput(attrs={"dir": "auto"}))
    role = forms.ChoiceField(label=_("Part"), choices=PartnerRole)
    side = forms.ChoiceField(label=_("Side"), choices=CountrySide, widget=forms.RadioSelect)
    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        """Take the countries of the programme, which stand in front."""
        super().__init__(*args, **kwargs)
        named = dict(countries)
        first = [(code, named[code]) for code in codes]
        rest = [(code, name) for code, name in countries if code not in codes]
        self.fields["country"].choices = [*first, *rest]  # type: ignore[attr-defined]


class DocumentForm(forms.Form):
    """Add a document."""

    upload = forms.FileField(
        label=_("Document"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("PDF, picture, office document or text, up to 10 MB. It is checked before anybody can open it."),
        error_messages={"required": _("Choose a file first.")},
    )
    is_shared = forms.BooleanField(label=_("Show it on the shared page, too"), required=False)

    def arrival(self) -> Arrival:
        """Return what the action takes; the form must be valid."""
        file = self.cleaned_data["upload"]
        return Arrival(file.name or "", file.size or 0, file.chunks(PIECE))


class BeneficiaryForm(forms.Form):
    """Note somebody who is trained."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"}))
    track = forms.ChoiceField(label=_("Track"), choices=Track)
    types = forms.MultipleChoiceField(
        label=_("Counted as"), required=False, choices=BeneficiaryType, widget=forms.CheckboxSelectMultiple
    )
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[NOT_SAID, *Sex.choices])
    age_band = forms.ChoiceField(label=_("Age"), required=False, choices=[NOT_SAID, *AgeBand.choices])
    region = forms.CharField(
        label=_("Region"), required=False, max_length=60, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    @property
    def asked(self) -> list[forms.BoundField]:
        """Return the fields that everybody fills in."""
        return [self["name"], self["track"]]

    @property
    def optional(self) -> list[forms.BoundField]:
        """Return the fields that are for the statistics only."""
        return [self[name] for name in ("types", "sex", "age_band", "region")]

    def facts(self) -> Facts:
        """Return what was said for the statistics; the form must be valid."""
        data = self.cleaned_data
        return Facts(data["types"], data["sex"], data["age_band"], data["region"])


class ShareLinkForm(forms.Form):
    """Make a link to the shared page."""

    label = forms.CharField(label=_("For whom"), max_length=80, widget=forms.TextInput(attrs={"dir": "auto"}))
    days = forms.TypedChoiceField(
        label=_("It works for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        initial=90,
    )
