"""A skill typed in words of any language, without script: exact labels are taken, others are asked about once more."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mentors.labels import fold_typed
from mentors.queries.skills import SkillHit, search_skills

MOST_HITS = 5
LONGEST_WORDS = 120
# The choice that keeps what was typed.
WORDS = "words"


def words_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Return the field in which a skill is typed."""
    return forms.CharField(
        label=label,
        max_length=LONGEST_WORDS,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"dir": "auto", "autocapitalize": "none"}),
    )


def ask_which(form: forms.Form, name: str, language: str) -> None:
    """Add ``<name>_is`` to a form that was sent when what was typed may mean several concepts.

    Queries: at most 5 (0 for a form that was not sent).
    """
    typed = str(form.data.get(form.add_prefix(name), "")).strip()[:LONGEST_WORDS] if form.is_bound else ""
    hits = search_skills(typed, language=language, limit=MOST_HITS) if typed else []
    if not hits or _exact(typed, hits):
        return
    choices = [(str(hit.skill_id), _told(hit)) for hit in hits]
    chosen = form.data.get(form.add_prefix(f"{name}_is"), "")
    form.fields[f"{name}_is"] = forms.ChoiceField(
        label=_("Which one do you mean?"),
        choices=[*choices, (WORDS, _("None of these: keep “%(words)s”") % {"words": typed})],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which one you mean."), "invalid_choice": _("Choose which one you mean.")},
    )
    if chosen not in dict(form.fields[f"{name}_is"].choices):  # type: ignore[attr-defined]
        form.order_fields([key for field in form.fields for key in _after(field, name) if key in form.fields])


def _after(field: str, name: str) -> list[str]:
    return [field, f"{name}_is"] if field == name else [] if field == f"{name}_is" else [field]


def skill_value(form: forms.Form, name: str, language: str) -> str:
    """Return what a valid form says of a skill: a concept's id in digits, or the words. Queries: at most 5."""
    typed = str(form.cleaned_data.get(name, "")).strip()
    chosen = str(form.cleaned_data.get(f"{name}_is", ""))
    if chosen:
        return typed if chosen == WORDS else chosen
    exact = _exact(typed, search_skills(typed, language=language, limit=MOST_HITS)) if typed else None
    return str(exact.skill_id) if exact else typed


def _exact(typed: str, hits: list[SkillHit]) -> SkillHit | None:
    """Return the first hit whose label is what was typed, but for case and accents."""
    return next((hit for hit in hits if fold_typed(typed) in {fold_typed(hit.matched), fold_typed(hit.label)}), None)


def _told(hit: SkillHit) -> str:
    return hit.label if hit.matched == hit.label else f"{hit.label} ({hit.matched})"
