"""The one seam between allauth and the product."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """Keep allauth's flows; send people to the home of their role."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the page after signing in."""
        return reverse("home")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Return the page after joining: the first step of the chosen role."""
        return reverse("home")
