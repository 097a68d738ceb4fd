"""Forms of groups, reports and pauses."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diaspora_net.accounts.models import User
from engagements.actions.groups import MAX_TITLE
from engagements.models.talk import MAX_NOTE
from engagements.states import ReportReason
from messaging.models.pause import MAX_REASON


def _choices(people: Sequence[User]) -> list[tuple[str, str]]:
    return [(str(person.public_id), str(person)) for person in people]


class GroupForm(forms.Form):
    """A group's title and the colleagues to bring in."""

    title = forms.CharField(
        label=_("Title"), max_length=MAX_TITLE, help_text=_("For example: Training in March, first group.")
    )
    colleagues = forms.MultipleChoiceField(
        label=_("Bring in colleagues"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].widget.attrs["dir"] = "auto"
        field = self.fields["colleagues"]
        if not colleagues:
            del self.fields["colleagues"]
        elif isinstance(field, forms.MultipleChoiceField):
            field.choices = _choices(colleagues)


class BringInForm(forms.Form):
    """Whom to let into a group."""

    person = forms.ChoiceField(label=_("Person"))

    def __init__(self, *args: Any, people: Sequence[User], label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.ChoiceField(label=label or _("Person"), choices=_choices(people))


class ReportForm(forms.Form):
    """What happened, by whom, and what should follow at once; the messages stand beside it on the page."""

    about = forms.ChoiceField(label=_("Who is it about?"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("What happened?"), choices=ReportReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    messages = forms.TypedMultipleChoiceField(coerce=int, required=False)
    stops = forms.BooleanField(
        label=_("Stop this conversation now"),
        required=False,
        help_text=_("Nobody can write in it until a coordinator has looked. To the others it looks closed."),
    )
    blocks = forms.BooleanField(
        label=_("Block this person, too"),
        required=False,
        help_text=_("You will not hear from each other again. They are not told. You can undo it in your settings."),
    )

    def __init__(
        self, *args: Any, people: Sequence[User], seqs: Sequence[int], suspect: User | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("about", _choices(people)), ("messages", [(seq, str(seq)) for seq in seqs])):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        if suspect is not None:
            self.fields["about"].initial = str(suspect.public_id)


class WordsForm(forms.Form):
    """What was done about a report, or what came of it."""

    text = forms.CharField(
        label=_("What was done"), max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )


class PauseForm(forms.Form):
    """Why a conversation shall rest."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("Stays with the pause for other coordinators. The people in the conversation do not see it."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
