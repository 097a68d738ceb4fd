"""Forms about oneself: joining and settings."""

import zoneinfo
from typing import Any

from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import User
from diaspora_net.accounts.states import JoinRole
from diaspora_net.core.forms import time_zone_choices


class JoinForm(forms.Form):
    """Ask what joining needs beyond e-mail and password; allauth mixes it into its sign-up form."""

    field_order = ["join_role", "full_name", "email", "password1"]

    join_role = forms.ChoiceField(label=_("What brings you here?"), choices=JoinRole, widget=forms.RadioSelect)
    full_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"})
    )
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)  # js/zone.js fills it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = context.request.GET.get("role", "") if context.request else ""
        self.fields["join_role"].initial = asked if asked in JoinRole.values else JoinRole.EXPERT

    def clean_time_zone(self) -> str:
        """Return the zone the browser told, or nothing: what nobody typed must not stop anybody."""
        zone: str = self.cleaned_data["time_zone"]
        return zone if zone in zoneinfo.available_timezones() else ""

    def signup(self, request: object, user: User) -> None:
        """Write what the form asked onto the new person."""
        user.full_name = self.cleaned_data["full_name"].strip()
        user.join_role = self.cleaned_data["join_role"]
        user.time_zone = self.cleaned_data.get("time_zone") or "UTC"
        user.save(update_fields=["full_name", "join_role", "time_zone"])


class HourField(forms.TypedChoiceField):
    """A full hour of the day, or none."""

    def __init__(self, **values: Any) -> None:
        hours = [("", _("Any time")), *((str(hour), f"{hour:02d}:00") for hour in range(24))]
        super().__init__(choices=hours, coerce=int, empty_value=None, required=False, **values)


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Change one's name, language, time zone and what reaches one by e-mail."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zone_choices, help_text=_("Choose the city whose clock you live by.")
    )

    quiet_from = HourField(
        label=_("No e-mails from"), help_text=_("On the clock of your time zone, for example 22:00.")
    )
    quiet_until = HourField(label=_("No e-mails until"))

    class Meta:
        model = User
        fields = [
            "full_name",
            "language",
            "time_zone",
            "news_emails",
            "message_emails",
            "quiet_from",
            "quiet_until",
            "shares_receipts",
        ]
        help_texts = {
            "news_emails": _(
                "A neutral e-mail says only that there is news. Choose it when others may read your mail."
            ),
            "message_emails": _("At most one for each conversation and half hour, and none for what you have read."),
            "shares_receipts": _(
                "And when you are typing. Works only with people who share it, too: otherwise neither sees it."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].required = True
        self.fields["full_name"].widget.attrs.update({"dir": "auto", "autocomplete": "name"})
