"""Forms about organisations and their team."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import Organisation
from diaspora_net.accounts.states import MemberRole
from diaspora_net.core.forms import time_zone_choices


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Register an organisation."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)
    website = forms.URLField(
        label=_("Website"),
        required=False,
        assume_scheme="https",
        help_text=_("A coordinator looks here first when verifying you."),
    )
    position = forms.CharField(
        label=_("Your position"), max_length=120, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    class Meta:
        model = Organisation
        fields = [
            "name",
            "kind",
            "country",
            "city",
            "time_zone",
            "website",
            "registration_number",
            "about",
            "is_government",
        ]
        widgets = {"about": forms.Textarea(attrs={"rows": 4, "dir": "auto"})}
        help_texts = {
            "name": _("As it stands on official letters."),
            "registration_number": _("If the organisation has one."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "city"):
            self.fields[name].widget.attrs["dir"] = "auto"


class OrganisationChangeForm(OrganisationForm):
    """Change an organisation; kind and country stay as verified."""

    class Meta(OrganisationForm.Meta):
        fields = ["name", "city", "time_zone", "website", "registration_number", "about"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["position"]
        self.fields["name"].help_text = _("Changing the name sends the organisation back to verification.")


class MemberForm(forms.Form):
    """Add a colleague to the team."""

    email = forms.EmailField(
        label=_("E-mail address of your colleague"), help_text=_("They must have joined with this address already.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=MemberRole, initial=MemberRole.POSTER)
    position = forms.CharField(
        label=_("Position"), max_length=120, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )


class RoleForm(forms.Form):
    """Give a member another role."""

    role = forms.ChoiceField(label=_("Role"), choices=MemberRole)
