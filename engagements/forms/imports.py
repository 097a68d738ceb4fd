"""Forms of imports: the file and where it comes from, its sheet, columns and words, and the answer of the listed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from engagements.actions.imports.files import Origin
from engagements.documents import LARGEST
from engagements.documents.comma_files import ENCODINGS
from engagements.documents.values import codes_of
from engagements.models import Import, ImportWord, ListedPerson
from engagements.payloads.import_words import letter_of
from engagements.states.import_columns import COLUMNS, column_of
from engagements.states.imports import DayOrder, ImportNoun, LegalBasis, Twins

LEAVE_OUT = "-"
SAMPLES, LONGEST_SAMPLE = 3, 40
_AUTO = {"dir": "auto"}


class FileForm(forms.Form):
    """A file of rows, what they are, and where they come from."""

    noun = forms.ChoiceField(label=gettext_lazy("What the rows are"), choices=ImportNoun, widget=forms.RadioSelect)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    file = forms.FileField(
        label=gettext_lazy("The file"),
        allow_empty_file=True,  # the reader says what is wrong with it
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt,.ods,.xls"}),
        help_text=gettext_lazy(
            "XLSX or CSV, up to 10 MB and 50,000 rows. Nothing is imported before you have read what it says."
        ),
    )
    source = forms.CharField(
        label=gettext_lazy("Name of the list"),
        max_length=160,
        widget=forms.TextInput(attrs=_AUTO),
        help_text=gettext_lazy("Such as “Participants of the diaspora forum of 2023”. Whoever is on it reads this."),
    )
    source_owner = forms.CharField(
        label=gettext_lazy("Who kept it"), max_length=160, widget=forms.TextInput(attrs=_AUTO),
        help_text=gettext_lazy("The ministry, office or association."),
    )  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=300,
        widget=forms.TextInput(attrs=_AUTO),
        help_text=gettext_lazy("Such as “to ask whether they want to take part here”. They read this, too."),
    )
    legal_basis = forms.ChoiceField(
        label=gettext_lazy("Ground on which you may bring it"), choices=LegalBasis, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, remit: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(countries)
        choices = sorted(((code, str(names.get(code, code))) for code in remit), key=lambda pair: pair[1])
        self.fields["country"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Refuse what is too large to be read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            size = filesizeformat(file.size)
            raise forms.ValidationError(
                _("This file has %(size)s; at most 10 MB are read. Bring it in parts.") % {"size": size}
            )
        return file

    def origin(self) -> Origin:
        """Return where the list comes from; the form must be valid."""
        names = ("source", "source_owner", "purpose", "legal_basis")
        return Origin(*(self.cleaned_data[name] for name in names))


class SheetForm(forms.Form):
    """Which sheet is meant, where its headings stand, and how its letters are written."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"))
    line = forms.IntegerField(label=gettext_lazy("Line with the headings"), min_value=1)
    encoding = forms.ChoiceField(
        label=gettext_lazy("Letters"),
        help_text=gettext_lazy("Choose another when accents or Arabic letters look wrong below."),
    )

    def __init__(self, *args: Any, run: Import, **kwargs: Any) -> None:
        kwargs["initial"] = {"sheet": run.sheet, "line": run.heading_line, "encoding": run.encoding}
        super().__init__(*args, **kwargs)
        if len(run.sheets) > 1:
            choices = [(one["name"], f"{one['name']} ({one['count']})") for one in run.sheets]
            self.fields["sheet"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]
        if run.encoding:
            names = dict.fromkeys([run.encoding, *ENCODINGS])
            self.fields["encoding"].choices = [(name, _LETTERS.get(name, name)) for name in names]  # type: ignore[attr-defined]
        else:
            del self.fields["encoding"]


_LETTERS: Mapping[str, Any] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
    "cp1256": gettext_lazy("Arabic (Windows-1256)"),
    "mac_roman": gettext_lazy("Western European (old Macintosh)"),
}


class ColumnsForm(forms.Form):
    """What each column is."""

    day_order = forms.ChoiceField(
        label=gettext_lazy("Days written in numbers"),
        required=False,
        choices=[("", gettext_lazy("As the file itself tells")), *DayOrder.choices],
    )

    def __init__(self, *args: Any, run: Import, below: Sequence[Sequence[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day_order"].initial = run.day_order
        self.asks_days = any(one.kind == "day" for one in COLUMNS[run.noun])
        options = [(LEAVE_OUT, _("Leave it out")), *((one.name, _named(one)) for one in COLUMNS[run.noun])]
        self.names: list[str] = []
        self.below = below
        for place, heading in enumerate(run.headings):
            name = f"column_{place}"
            self.fields[name] = forms.ChoiceField(
                label=heading or _("Column %(letter)s") % {"letter": letter_of(place)},
                choices=options,
                initial=(run.columns[place] if place < len(run.columns) else "") or LEAVE_OUT,
            )
            self.names.append(name)

    def columns(self) -> list[str]:
        """Return what the columns are; the form must be valid."""
        chosen = (self.cleaned_data[name] for name in self.names)
        return ["" if name == LEAVE_OUT else name for name in chosen]

    def rows(self) -> list[dict[str, Any]]:
        """Return the field of each column with what stands first in it."""
        return [{"field": self[name], "sample": self._sample(place)} for place, name in enumerate(self.names)]

    def _sample(self, place: int) -> list[str]:
        found = dict.fromkeys(line[place] for line in self.below if place < len(line) and line[place])
        return [text[:LONGEST_SAMPLE] for text in list(found)[:SAMPLES]]


def _named(column: Any) -> str:
    return _("%(label)s (needed)") % {"label": column.label} if column.is_required else str(column.label)


class WordsForm(forms.Form):
    """What words of the file mean, each once."""

    def __init__(
        self, *args: Any, words: Iterable[ImportWord], labels: Mapping[int, str], found: Mapping[int, Sequence[int]],
        noun: str, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.words = list(words)
        for word in self.words:
            self.fields[f"word_{word.pk}"] = forms.ChoiceField(
                label=word.shown, required=False, choices=_options(word, labels, found.get(word.pk, ()), noun)
            )
            if word.column == "skills":
                self.fields[f"find_{word.pk}"] = forms.CharField(
                    label=_("Look for another word"),
                    required=False,
                    max_length=80,
                    widget=forms.TextInput(attrs={**_AUTO, "placeholder": _("Another word")}),
                )

    def rows(self) -> list[dict[str, Any]]:
        """Return each word with its fields."""
        return [{"word": word, "field": self[f"word_{word.pk}"], "find": self._find(word)} for word in self.words]

    def _find(self, word: ImportWord) -> forms.BoundField | None:
        return self[f"find_{word.pk}"] if word.column == "skills" else None

    def wanted(self) -> dict[int, str]:
        """Return by word what else is to be looked for, where nothing was chosen; the form must be valid."""
        asked = {word.pk: self.cleaned_data.get(f"find_{word.pk}", "").strip() for word in self.words}
        return {pk: text for pk, text in asked.items() if text and not self.cleaned_data[f"word_{pk}"]}

    def meanings(self) -> dict[int, Any]:
        """Return by word the concept, code or None for one that is left out; the form must be valid."""
        said: dict[int, Any] = {}
        for word in self.words:
            if chosen := self.cleaned_data[f"word_{word.pk}"]:
                meant: Any = int(chosen) if word.column == "skills" and chosen != LEAVE_OUT else chosen
                said[word.pk] = None if chosen == LEAVE_OUT else meant
        return said


def _options(word: ImportWord, labels: Mapping[int, str], found: Sequence[int], noun: str) -> list[tuple[str, str]]:
    first = [("", _("Not said yet"))]
    if word.column != "skills":
        column = column_of(noun, word.column)
        return [*first, *(codes_of(column) if column else [])]
    known = dict.fromkeys([*found, *word.suggested])
    return [*first, *((str(pk), labels[pk]) for pk in known if pk in labels), (LEAVE_OUT, _("Leave it out"))]


class RunForm(forms.Form):
    """What happens to rows that are here already."""

    twins = forms.ChoiceField(
        label=gettext_lazy("Rows that are here already"), choices=Twins, initial=Twins.SKIP, widget=forms.RadioSelect
    )


class ListedForm(forms.Form):
    """What somebody adds who confirms, because the list did not say it; nothing in most cases."""

    full_name = forms.CharField(label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs=_AUTO))
    residence = forms.ChoiceField(label=gettext_lazy("The country you live in"))

    def __init__(self, *args: Any, person: ListedPerson, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["residence"].choices = [("", "—"), *countries]  # type: ignore[attr-defined]
        if person.details.get("full_name"):
            del self.fields["full_name"]
        if person.details.get("residence") or person.organisation_id:
            del self.fields["residence"]
