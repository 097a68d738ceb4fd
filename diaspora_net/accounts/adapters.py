"""The one seam between allauth and the product."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Keep allauth's flows, with our texts and our rules."""
