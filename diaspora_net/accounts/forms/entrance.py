"""The two forms by which people come in. They stand alone, because allauth's own forms import those of ``people``.

What ``is_shared`` does is done by ``PersonMiddleware`` and ``core.sessions``, whichever way somebody comes in.
"""

from typing import Any

from allauth.account.forms import LoginForm, RequestLoginCodeForm
from django import forms
from django.utils.translation import gettext_lazy as _


def shared_field() -> forms.BooleanField:
    """Return the tick that keeps nothing of a person on the machine they sit at."""
    return forms.BooleanField(
        label=_("This is a shared computer"),
        help_text=_(
            "You are signed out when the browser closes or after 30 minutes without use, and nothing is kept on it."
        ),
        required=False,
    )


class SignInForm(LoginForm):
    """E-mail and password, and whose computer it is in place of “remember me”."""

    is_shared = shared_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)

    def clean(self) -> dict[str, Any]:
        """Tell allauth what it would have asked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return cleaned | {"remember": not cleaned.get("is_shared")}


class CodeForm(RequestLoginCodeForm):
    """The address that gets a code, and whose computer it is."""

    is_shared = shared_field()
