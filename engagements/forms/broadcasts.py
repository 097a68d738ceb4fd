"""The form of a message to a view: to whom, and its text in each language."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext_lazy as _

from engagements.actions.broadcasts import BroadcastValues
from engagements.states.broadcasts import PAUSES, Readership


class BroadcastForm(forms.Form):
    """To whom, in which languages, and how long nobody gets another such message."""

    readership = forms.ChoiceField(
        label=_("To whom?"), choices=Readership.choices, widget=forms.RadioSelect, initial=Readership.EXPERTS
    )
    fallback = forms.ChoiceField(
        label=_("Whose language has no text reads"),
        choices=[(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES],
    )
    pause_days = forms.TypedChoiceField(label=_("Leave out who had such a message within"), coerce=int, initial=14)

    def __init__(self, *args: Any, with_experts: bool, languages: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pauses = [(days, ngettext("%(count)d day", "%(count)d days", days) % {"count": days}) for days in PAUSES]
        self.fields["pause_days"].choices = pauses  # type: ignore[attr-defined]
        if not with_experts:
            self.fields["readership"].widget = forms.HiddenInput()
            self.fields["readership"].initial = Readership.INSTITUTIONS
        self.codes = [code for code, _name in settings.LANGUAGES]
        self._languages = languages
        for code in self.codes:
            attributes = {"lang": code, "dir": "auto"}
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject"), max_length=120, required=False, widget=forms.TextInput(attrs=attributes)
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Message"),
                max_length=2000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 5, **attributes}),
            )

    @property
    def choices(self) -> list[forms.BoundField]:
        """Return the fields before the texts."""
        return [self[name] for name in ("readership", "fallback", "pause_days")]

    @property
    def texts(self) -> list[dict[str, Any]]:
        """Return the two fields of each language, with its own name; open are those that are written or needed."""
        fallback = self["fallback"].value() or self.codes[0]
        return [
            {
                "name": get_language_info(code)["name_local"],
                "code": code,
                "subject": self[f"subject_{code}"],
                "body": self[f"body_{code}"],
                "is_open": bool(
                    code == fallback
                    or self[f"subject_{code}"].value()
                    or self[f"body_{code}"].value()
                    or self[f"subject_{code}"].errors
                    or self[f"body_{code}"].errors
                ),
            }
            for code in self.codes
        ]

    def values(self) -> BroadcastValues:
        """Return what the action takes; the form must be valid. Languages of which nothing is written are left out."""
        data = self.cleaned_data
        texts = {code: (data[f"subject_{code}"], data[f"body_{code}"]) for code in self.codes}
        written = {code: text for code, text in texts.items() if any(text)}
        written.setdefault(data["fallback"], texts[data["fallback"]])
        return BroadcastValues(
            readership=data["readership"], fallback=data["fallback"], texts=written, pause_days=data["pause_days"]
        )


class SendForm(forms.Form):
    """Say once more that many people are meant."""

    is_many_meant = forms.BooleanField(label=_("I mean all of them"), required=False)
