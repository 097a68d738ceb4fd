"""The skill picker's form: any number of concepts or new words, each with a level and years."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from mentors.actions.choices import SkillChoice
from mentors.states import SkillLevel

MOST_SKILLS = 30
LONGEST_VALUE = 120
MOST_YEARS = 60


def _are_years(typed: str) -> bool:
    # Python refuses to read thousands of digits, so their number comes first.
    return typed.isdecimal() and len(typed) <= len(str(MOST_YEARS)) and int(typed) <= MOST_YEARS


class SkillsForm(forms.Form):
    """Read ``skills``, and for each value ``level-<value>`` and ``years-<value>``.

    A value without a level was ticked in the list of results a moment ago; it stands in ``new_values`` and waits for
    its level.
    """

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.new_values: list[str] = []

    @property
    def removed(self) -> str:
        """Return the value whose Remove button was pressed, or nothing."""
        return str(self.data.get("remove", ""))

    @property
    def values(self) -> list[str]:
        """Return the chosen values, each once, without the removed one."""
        if not isinstance(self.data, QueryDict):
            return []
        chosen = dict.fromkeys(value.strip()[:LONGEST_VALUE] for value in self.data.getlist("skills"))
        return [value for value in chosen if value and value != self.removed]

    @property
    def shown(self) -> list[str] | None:
        """Return the values that stood on the profile when the form was shown; None when it does not say."""
        return self.data.getlist("shown") if isinstance(self.data, QueryDict) and "shown" in self.data else None

    def typed(self, name: str, value: str) -> str:
        """Return what was sent beside ``value``: its level or its years."""
        return str(self.data.get(f"{name}-{value}", ""))

    def clean(self) -> dict[str, Any]:
        """Gather the choices in ``choices``."""
        choices = []
        for value in self.values:
            level, years = self.typed("level", value), self.typed("years", value) or "0"
            if not level:
                self.new_values.append(value)
            elif level not in {str(one) for one in SkillLevel.values} or not _are_years(years):
                self.add_error(None, _("Choose a level and 0 to 60 years for each skill."))
            else:
                choices.append(SkillChoice(value, int(level), int(years)))
        if not self.values:
            self.add_error(None, _("Add at least one skill."))
        if len(self.values) > MOST_SKILLS:
            self.add_error(None, _("Choose at most %(limit)d skills.") % {"limit": MOST_SKILLS})
        return {"choices": choices}
