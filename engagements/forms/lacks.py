"""The form “skills we will lack”: a number beside each suggested skill, three in own words, or nobody."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from engagements.actions.skills_rounds import Lack
from engagements.forms.skill_words import ask_which, skill_value, words_field
from engagements.models import SkillLack
from engagements.states.anticipation import LackWhen

OWN_ROWS = (1, 2, 3)
# The button that remembers what is typed and sends nothing.
KEEP = "keep"


class LacksForm(forms.Form):
    """How many people will be missing, by skill. ``suggested`` are concepts with their names."""

    def __init__(self, *args: Any, suggested: Sequence[tuple[int, str]], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._language, self._suggested = language, suggested
        for skill, label in suggested:
            self._add_numbers(f"people-{skill}", f"when-{skill}", label)
        for row in OWN_ROWS:
            self.fields[f"skill-{row}"] = words_field(_("Another skill"), required=False)
            self._add_numbers(f"people-own-{row}", f"when-own-{row}", _("How many people?"))
        self.fields["nothing"] = forms.BooleanField(label=_("We will lack nobody"), required=False)
        self.fields["comment"] = forms.CharField(
            label=_("Anything else?"),
            max_length=300,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        )
        for row in OWN_ROWS:
            ask_which(self, f"skill-{row}", language)

    def _add_numbers(self, people: str, when: str, label: Any) -> None:
        number = forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"})
        self.fields[people] = forms.IntegerField(label=label, min_value=1, max_value=500, required=False, widget=number)
        self.fields[when] = forms.ChoiceField(
            label=_("From when on?"), choices=LackWhen.choices, initial=LackWhen.HALF, required=False
        )

    @property
    def suggested_rows(self) -> list[dict[str, Any]]:
        """Return the fields of each suggested skill, for the template."""
        return [
            {"label": label, "people": self[f"people-{skill}"], "when": self[f"when-{skill}"]}
            for skill, label in self._suggested
        ]

    @property
    def own_rows(self) -> list[dict[str, Any]]:
        """Return the fields of each row in own words."""
        return [
            {
                "skill": self[f"skill-{row}"],
                "which": self[f"skill-{row}_is"] if f"skill-{row}_is" in self.fields else None,
                "people": self[f"people-own-{row}"],
                "when": self[f"when-own-{row}"],
            }
            for row in OWN_ROWS
        ]

    def clean(self) -> dict[str, Any]:
        """Put together what is said, as ``answer``; a number of its own or a skill without a number is refused."""
        data = super().clean() or {}
        lacks = [
            Lack(str(skill), data[f"people-{skill}"], data.get(f"when-{skill}") or LackWhen.HALF)
            for skill, _label in self._suggested
            if data.get(f"people-{skill}")
        ]
        for row in OWN_ROWS:
            words, people = data.get(f"skill-{row}"), data.get(f"people-own-{row}")
            if people and not words and f"skill-{row}" not in self.errors:
                self.add_error(f"skill-{row}", _("Say which skill."))
            elif words and not self.errors:
                value = skill_value(self, f"skill-{row}", self._language)
                lacks.append(Lack(value, people or 1, data.get(f"when-own-{row}") or LackWhen.HALF))
        if not self.errors and bool(lacks) == bool(data.get("nothing")):
            both = _("Either name skills, or tick that you will lack nobody.")
            none = _("Write a number beside at least one skill, or tick that you will lack nobody.")
            self.add_error(None, both if lacks else none)
        data["answer"] = {
            "lacks": lacks,
            "lacks_nothing": bool(data.get("nothing")),
            "comment": data.get("comment", ""),
        }
        return data

    def draft(self) -> dict[str, str]:
        """Return what was typed, as the form itself takes it again."""
        return {name: str(self.data.get(name, "")) for name in self.fields if self.data.get(name)}


def lacks_form(
    data: QueryDict | None,
    *,
    suggested: Sequence[tuple[int, str]],
    language: str,
    draft: Mapping[str, str],
    said: Iterable[tuple[SkillLack, str]] = (),
) -> LacksForm:
    """Return the form, showing a draft, else what was said before."""
    initial: dict[str, Any] = dict(draft)
    known = {skill for skill, _label in suggested}
    rows = iter(OWN_ROWS)
    for lack, label in () if draft else said:
        if lack.skill_id in known:
            initial |= {f"people-{lack.skill_id}": lack.people, f"when-{lack.skill_id}": lack.when}
        elif (row := next(rows, None)) is not None:
            initial |= {f"skill-{row}": label, f"people-own-{row}": lack.people, f"when-own-{row}": lack.when}
    return LacksForm(data, suggested=suggested, language=language, initial=initial)


class RoundForm(forms.Form):
    """Open a round: in which country, until when."""

    country = forms.ChoiceField(label=_("Country"))
    closes_on = forms.DateField(
        label=_("Open until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Four weeks are usual. Who has not answered after two is asked once more."),
    )

    def __init__(self, *args: Any, codes: Iterable[str], until: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((code, str(countries.name(code))) for code in codes), key=lambda pair: pair[1])
        self.fields["country"].choices = named  # type: ignore[attr-defined]
        self.fields["closes_on"].initial = until
