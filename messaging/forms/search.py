"""What somebody looks for in their conversations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.queries.search import MOST_PAGES


class SearchForm(forms.Form):
    """The words, and the page of what was found."""

    q = forms.CharField(label=_("Search in your messages"), max_length=200, required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGES)
