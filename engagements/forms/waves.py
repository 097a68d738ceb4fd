"""Forms of mapping waves: what a coordinator prepares, and what people answer without an account."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from engagements.actions.wave_answers import Given
from engagements.actions.waves import WaveValues
from engagements.models import MappingWave
from engagements.queries.waves import Asking
from engagements.states.donor_reports import Readers
from engagements.states.wave_questions import BANK, RESIDENCE
from engagements.states.waves import Asked, DataType, Purpose

_SALT = "engagements.waves.form"
FORM_LASTS = 24 * 60 * 60
DAY = {"type": "date"}


def _text(label: Any, *, rows: int, longest: int, help_text: Any = "", is_required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=is_required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )


class WaveForm(forms.Form):
    """Everything of a wave that is being prepared."""

    title = forms.CharField(label=_("Title"), max_length=140, widget=forms.TextInput(attrs={"dir": "auto"}))
    country = forms.ChoiceField(label=_("Country of origin"))
    purpose = _text(
        _("What it is for"), rows=3, longest=1500, help_text=_("People read this first. Say what will change by it.")
    )
    legal_basis = _text(_("Who is responsible, and on which legal ground"), rows=3, longest=1500)
    consent = _text(
        _("What people agree to"),
        rows=4,
        longest=3000,
        help_text=_("The words beside the box that people tick. Each change later is a version of its own."),
    )
    asks = forms.MultipleChoiceField(
        label=_("Who is asked"), choices=Asked.choices, widget=forms.CheckboxSelectMultiple, initial=[Asked.LINK]
    )
    opens_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=DAY))
    closes_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=DAY))
    keep_until = forms.DateField(
        label=_("Answers are deleted after"),
        widget=forms.DateInput(attrs=DAY),
        help_text=_("Results stay; they tell of nobody. Two years after the last day at most."),
    )
    own_questions = _text(
        _("Questions of your own"),
        rows=6,
        longest=2500,
        is_required=False,
        help_text=_(
            "Three at most. The question on one line, each answer to choose on a line beneath, then an empty line."
        ),
    )

    def __init__(self, *args: Any, remit: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: dict[str, Any] = dict(countries)
        field = self.fields["country"]
        if isinstance(field, forms.ChoiceField):
            field.choices = sorted(((code, names[code]) for code in remit), key=lambda one: str(one[1]))
        for data_type in DataType:
            self.fields[data_type.value] = forms.MultipleChoiceField(
                label=data_type.label,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=[(one.code, one.label) for one in BANK.values() if one.data_type == data_type],
            )

    @property
    def data_types(self) -> list[forms.BoundField]:
        """Return the fields of questions, one for each data type."""
        return [self[data_type.value] for data_type in DataType]

    def values(self) -> WaveValues:
        """Return what was written."""
        data = self.cleaned_data
        names = ("title", "purpose", "legal_basis", "consent", "asks", "opens_on", "closes_on", "keep_until")
        return WaveValues(
            **{name: data[name] for name in names},
            questions=[code for data_type in DataType for code in data[data_type.value]],
            own_questions=parts_of(data["own_questions"]),
        )


def initial_of(wave: MappingWave) -> dict[str, Any]:
    """Return what the form of a wave begins with."""
    names = ("title", "purpose", "legal_basis", "asks", "opens_on", "closes_on", "keep_until")
    own = "\n\n".join("\n".join([one["label"], *one["choices"]]) for one in wave.own_questions)
    chosen = {
        data_type.value: [code for code in wave.questions if BANK[code].data_type == data_type]
        for data_type in DataType
    }
    values = {name: getattr(wave, name) for name in names}
    return {**values, **chosen, "country": str(wave.country), "consent": wave.consent_text, "own_questions": own}


def parts_of(text: str) -> list[tuple[str, list[str]]]:
    """Return own questions as they were typed: blocks between empty lines, the first line being the question."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        words = " ".join(line.split())
        if words:
            blocks[-1].append(words)
        elif blocks[-1]:
            blocks.append([])
    return [(block[0], block[1:]) for block in blocks if block]


class AmendForm(forms.Form):
    """What may change while people answer."""

    closes_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=DAY))
    consent = _text(_("What people agree to"), rows=4, longest=3000)


class ResultsForm(forms.Form):
    """For whom results are shown, and beside which other wave."""

    readers = forms.ChoiceField(label=_("For"), choices=[one for one in Readers.choices if one[0] != "coordinators"])
    beside = forms.ChoiceField(label=_("Beside another survey"), required=False)

    def __init__(self, *args: Any, others: Sequence[MappingWave], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {one.reference: one for one in others}
        field = self.fields["beside"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("none")), *((one.reference, one.title) for one in others)]

    def chosen(self) -> tuple[Readers, MappingWave | None]:
        """Return the readers, donors unless others were asked for, and the other wave."""
        self.is_valid()
        asked = getattr(self, "cleaned_data", {})
        return Readers(asked.get("readers") or Readers.DONORS), self.others.get(asked.get("beside", ""))


class AnswerForm(forms.Form):
    """The questions of a wave, all of them optional, and what the person agrees to.

    ``homepage`` is for programs that fill in every field; people do not see it. ``key`` says which form it is.
    """

    agree_results = forms.BooleanField(label=Purpose.RESULTS.label)
    agree_again = forms.BooleanField(
        label=Purpose.AGAIN.label, required=False, help_text=_("Needs your e-mail address.")
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Only to send you the link to your answers. It is forgotten then, unless you agree above."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    homepage = forms.CharField(required=False, max_length=200, widget=forms.TextInput(attrs={"tabindex": "-1"}))
    by = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput())
    key = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput())

    def __init__(self, *args: Any, questions: Sequence[Asking], has_address: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"q_{question.code}"] = _field(question)
        if not has_address:
            del self.fields["email"]
        self.form_key: UUID | None = None

    @property
    def asked(self) -> list[forms.BoundField]:
        """Return the fields of the questions, in order."""
        return [self[f"q_{question.code}"] for question in self.questions]

    def clean(self) -> dict[str, Any]:
        """Look at the key, and whether there is an address where one is needed."""
        cleaned = super().clean() or {}
        try:
            self.form_key = UUID(signing.loads(cleaned.get("key", ""), salt=_SALT, max_age=FORM_LASTS))
        except (signing.BadSignature, ValueError, TypeError):
            self.add_error(None, _("This page was open for long. Nothing is lost: send it once more."))
        if "email" in self.fields and cleaned.get("agree_again") and not cleaned.get("email"):
            self.add_error("email", _("Write the address that we may write to, or take the tick away."))
        return cleaned

    def renewed(self) -> "AnswerForm":
        """Put a fresh key into a form that is shown again."""
        if self.is_bound:
            self.data = MultiValueDict({**dict(self.data.lists()), "key": [new_key()]})  # type: ignore[attr-defined]
        return self

    def given(self) -> Given:
        """Return what was sent."""
        data = self.cleaned_data
        answers = {}
        for question in self.questions:
            chosen = data.get(f"q_{question.code}") or []
            answers[question.code] = chosen if isinstance(chosen, list) else [chosen]
        agreed = [Purpose.RESULTS.value] if data.get("agree_results") else []
        agreed += [Purpose.AGAIN.value] if data.get("agree_again") else []
        by = data.get("by", "")
        return Given(answers, agreed, data.get("email", ""), by if by in Asked.values else Asked.LINK)


def _field(question: Asking) -> forms.Field:
    choices = list(question.choices)
    if question.is_several:
        return forms.MultipleChoiceField(
            label=question.label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    if question.code == RESIDENCE:
        return forms.ChoiceField(label=question.label, required=False, choices=[("", "–"), *choices])
    return forms.ChoiceField(label=question.label, required=False, choices=choices, widget=forms.RadioSelect)


def new_key() -> str:
    """Return the key of a form that is about to be shown."""
    return signing.dumps(uuid4().hex, salt=_SALT)


def answered_initial(
    answers: dict[str, list[str]], agreed: Sequence[str], questions: Sequence[Asking]
) -> dict[str, Any]:
    """Return what the form begins with for who changes their answers."""
    several = {question.code: question.is_several for question in questions}
    values: dict[str, Any] = {
        f"q_{code}": chosen if several.get(code) else next(iter(chosen), "") for code, chosen in answers.items()
    }
    return {
        **values,
        "agree_results": Purpose.RESULTS in agreed,
        "agree_again": Purpose.AGAIN in agreed,
        "key": new_key(),
    }


def first_days() -> dict[str, Any]:
    """Return the days that a new wave begins with: from today for a month, kept for half a year more."""
    today = timezone.now().date()
    return {
        "opens_on": today,
        "closes_on": today + timedelta(days=30),
        "keep_until": today + timedelta(days=213),
    }
