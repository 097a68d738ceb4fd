"""Forms about oneself."""

from django import forms


class JoinForm(forms.Form):
    """Ask what joining needs beyond e-mail and password."""

    def signup(self, request: object, user: object) -> None:
        """Do nothing beyond what allauth does."""
