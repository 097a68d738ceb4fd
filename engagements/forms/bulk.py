"""The form of an act on many rows: what it needs to know, by act."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import User
from engagements.states import EndReason
from engagements.states.bulk import BulkAct


class BulkForm(forms.Form):
    """What an act on many rows needs to know; acts that need nothing have no fields."""

    owner = forms.ChoiceField(label=_("Looked after by"))
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Your colleagues read it."),
    )
    end_reason = forms.ChoiceField(
        label=_("Why does it end?"), choices=EndReason.choices, help_text=_("Both sides are told.")
    )

    WANTED = {BulkAct.ASSIGN: ["owner"], BulkAct.REST: ["until", "reason"], BulkAct.END: ["end_reason"]}

    def __init__(self, *args: Any, act: str, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_id = {str(person.public_id): person for person in colleagues}
        owner = self.fields["owner"]
        if isinstance(owner, forms.ChoiceField):
            owner.choices = [(key, str(person)) for key, person in self._by_id.items()]
        for name in set(self.fields).difference(self.WANTED.get(BulkAct(act), [])):
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Return what was filled in, ready for JSON."""
        given = self.cleaned_data
        if "owner" in given:
            return {"owner": self._by_id[given["owner"]].pk}
        if "until" in given:
            return {"until": given["until"].isoformat(), "reason": given["reason"]}
        return {"reason": given["end_reason"]} if "end_reason" in given else {}
