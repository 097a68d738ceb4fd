"""The forms of the four steps of a profile; each validates one step and saves nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from diaspora_net.core.forms import time_zone_choices
from mentors.models import ExpertProfile
from mentors.states import Audience, EngagementKind, LanguageLevel, Modality, ProfileState, WorkingLanguage

ORIGINS = 3
LANGUAGE_ROWS = 4
MOST_LANGUAGES = 10
Slot = tuple[int, int, int]
PARTS_OF_DAY = (
    (8 * 60, 12 * 60, _("Morning, 8 to 12")),
    (12 * 60, 17 * 60, _("Afternoon, 12 to 17")),
    (17 * 60, 21 * 60, _("Evening, 17 to 21")),
)
TEXT = {"dir": "auto"}


def country_choices() -> list[tuple[str, Any]]:
    """Return every country by name, after an empty choice."""
    return [("", _("Choose a country")), *countries]


class IdentityForm(forms.Form):
    """Who the expert is, where they live and where they come from."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", **TEXT})
    )
    headline = forms.CharField(
        label=_("Your profession"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title", **TEXT}),
        help_text=_("As you would say it to a colleague: “Cardiologist, 12 years”."),
    )
    residence = forms.ChoiceField(label=_("Country you live in"), choices=country_choices)
    city = forms.CharField(
        label=_("City"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2", **TEXT}),
        help_text=_("Only coordinators see it."),
    )
    origin_1 = forms.ChoiceField(
        label=_("Country you want to help"),
        choices=country_choices,
        help_text=_("Your country of origin, or one you have ties to."),
    )
    origin_2 = forms.ChoiceField(label=_("A second country"), choices=country_choices, required=False)
    origin_3 = forms.ChoiceField(label=_("A third country"), choices=country_choices, required=False)
    about = forms.CharField(
        label=_("About your work"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, **TEXT}),
        help_text=_("Two or three sentences are enough. Please leave out addresses and telephone numbers."),
    )

    def clean(self) -> dict[str, Any]:
        """Gather the countries of origin in ``origins``, the main one first."""
        cleaned = super().clean() or self.cleaned_data
        chosen = [cleaned.pop(f"origin_{place}", "") for place in range(1, ORIGINS + 1)]
        return {**cleaned, "origins": [code for code in dict.fromkeys(chosen) if code]}

    @staticmethod
    def initial_of(profile: ExpertProfile) -> dict[str, Any]:
        """Return what the form shows of a profile."""
        origins = {
            f"origin_{place}": row.country.code
            for place, row in enumerate(profile.origins.all(), 1)
            if place <= ORIGINS
        }
        return {
            "full_name": profile.user.full_name,
            "headline": profile.headline,
            "residence": profile.residence.code,
            "city": profile.city,
            "about": profile.about,
            **origins,
        }


class LanguagesForm(forms.Form):
    """The languages the expert works in: a few rows of language and level."""

    def __init__(self, *args: Any, languages: Sequence[tuple[str, int]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_count = min(MOST_LANGUAGES, max(LANGUAGE_ROWS, len(languages) + 2))
        for row in range(self.row_count):
            code, level = languages[row] if row < len(languages) else ("", "")
            self.fields[f"language_{row}"] = forms.ChoiceField(
                label=_("Language"),
                choices=[("", _("Choose a language")), *WorkingLanguage.choices],
                required=row == 0,
                initial=code,
                error_messages={"required": _("Add at least one language you work in.")},
            )
            self.fields[f"level_{row}"] = forms.TypedChoiceField(
                label=_("Level"),
                choices=[("", _("Choose a level")), *LanguageLevel.choices],
                required=row == 0,
                initial=level,
                coerce=int,
                empty_value=None,
                error_messages={"required": _("Choose how well you know this language.")},
            )

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of each row."""
        return [(self[f"language_{row}"], self[f"level_{row}"]) for row in range(self.row_count)]

    def clean(self) -> dict[str, Any]:
        """Gather the rows in ``languages``; every language once, each with a level."""
        cleaned = super().clean() or self.cleaned_data
        levels: dict[str, int] = {}
        for row in range(self.row_count):
            code, level = cleaned.get(f"language_{row}"), cleaned.get(f"level_{row}")
            if code and code in levels:
                self.add_error(f"language_{row}", _("This language stands here twice."))
            elif code and level:
                levels[code] = level
            elif code and not self.has_error(f"level_{row}"):
                self.add_error(f"level_{row}", _("Choose how well you know this language."))
        return {"languages": list(levels.items())}


class GivingForm(forms.Form):
    """How much the expert gives, how, to whom and when."""

    hours_per_month = forms.IntegerField(
        label=_("Hours a month"), min_value=1, max_value=200, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    capacity = forms.IntegerField(
        label=_("Engagements at once"),
        min_value=1,
        max_value=20,
        help_text=_("When all places are taken, nobody is offered you."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kind of help"), choices=EngagementKind, widget=forms.CheckboxSelectMultiple
    )
    modalities = forms.MultipleChoiceField(
        label=_("How you can work"), choices=Modality, widget=forms.CheckboxSelectMultiple
    )
    audience = forms.ChoiceField(
        label=_("Who can find you"),
        choices=Audience,
        widget=forms.RadioSelect,
        help_text=_("You can change this at any time; it takes effect at once."),
    )
    time_zone = forms.ChoiceField(
        label=_("Your city's clock"),
        choices=lambda: [("", _("Choose a city")), *time_zone_choices()],
        help_text=_("The city nearest to you in the same time zone."),
    )
    availability = forms.MultipleChoiceField(
        label=_("When you usually have time"),
        required=False,
        choices=lambda: [(value, value) for value in grid_values()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Shows whether your week and the institution's week meet. You agree on real dates later."),
    )

    def __init__(self, *args: Any, slots: Iterable[Slot] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = sorted(slots)
        self.fields["availability"].initial = shown_parts(self.slots)

    @property
    def grid(self) -> list[dict[str, Any]]:
        """Return the week for a table: each day's name and its cells (value, label read out, whether ticked)."""
        ticked = set(self["availability"].value() or ())
        return [
            {
                "day": WEEKDAYS[day],
                "cells": [
                    {"value": value, "part": part, "is_ticked": value in ticked}
                    for value, part in ((f"{day}-{start}-{end}", part) for start, end, part in PARTS_OF_DAY)
                ],
            }
            for day in range(7)
        ]

    @property
    def parts(self) -> list[Any]:
        """Return the names of the parts of the day."""
        return [part for _start, _end, part in PARTS_OF_DAY]

    def clean_availability(self) -> list[Slot]:
        """Return the slots; the exact times that stand on the profile stay when the ticks were not changed."""
        chosen = set(self.cleaned_data["availability"])
        if chosen == set(shown_parts(self.slots)):
            return self.slots
        return sorted((day, start, end) for day, start, end in (map(int, value.split("-")) for value in chosen))

    @staticmethod
    def initial_of(profile: ExpertProfile) -> Mapping[str, Any]:
        """Return what the form shows of a profile."""
        names = ("hours_per_month", "capacity", "kinds", "modalities", "audience")
        zone = profile.user.time_zone
        # Who never said where they live stands at UTC: ask rather than publish hours that are off.
        is_unsaid = profile.state == ProfileState.DRAFT and zone == "UTC"
        return {name: getattr(profile, name) for name in names} | {"time_zone": "" if is_unsaid else zone}


def grid_values() -> list[str]:
    """Return the value of every cell of the week: weekday, first and last minute of the day, joined by hyphens."""
    return [f"{day}-{start}-{end}" for day in range(7) for start, end, _part in PARTS_OF_DAY]


def shown_parts(slots: Iterable[Slot]) -> list[str]:
    """Return the cells that ``slots`` fill by half or more."""
    known = list(slots)
    return [
        f"{day}-{start}-{end}"
        for day in range(7)
        for start, end, _part in PARTS_OF_DAY
        if 2 * sum(max(0, min(end, until) - max(start, since)) for on, since, until in known if on == day)
        >= end - start
    ]
