"""Entries of the audit trail in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaspora_net.accounts.states import CheckItem, CheckResult, VerificationState
from diaspora_net.core.models import AuditEntry

# By the last part of a verb; the kind of thing stands beside it.
DONE: dict[str, Promise] = {
    "accepted": gettext_lazy("accepted"),
    "acted": gettext_lazy("dealt with"),
    "added": gettext_lazy("document added"),
    "answered": gettext_lazy("answered what was asked"),
    "brought": gettext_lazy("brought as a file"),
    "discarded": gettext_lazy("thrown away"),
    "listed": gettext_lazy("entered from a list"),
    "run": gettext_lazy("imported"),
    "taken_back": gettext_lazy("taken back"),
    "words_named": gettext_lazy("said what words mean"),
    "assigned": gettext_lazy("given to someone"),
    "cancelled": gettext_lazy("called off"),
    "changed": gettext_lazy("changed"),
    "changes_requested": gettext_lazy("sent back for changes"),
    "checked": gettext_lazy("checked"),
    "closed": gettext_lazy("closed"),
    "confirmed": gettext_lazy("confirmed"),
    "declined": gettext_lazy("declined"),
    "documents_requested": gettext_lazy("asked for documents"),
    "ended": gettext_lazy("ended"),
    "ended_early": gettext_lazy("ended early"),
    "exported": gettext_lazy("taken away as a file"),
    "followed_up": gettext_lazy("followed up"),
    "granted": gettext_lazy("charge given"),
    "held": gettext_lazy("put on hold"),
    "kept": gettext_lazy("kept beside another like it"),
    "lapsed": gettext_lazy("let lapse"),
    "merged": gettext_lazy("merged into another"),
    "opened": gettext_lazy("opened"),
    "paused": gettext_lazy("paused"),
    "published": gettext_lazy("opened to experts"),
    "rejected": gettext_lazy("not accepted"),
    "recommended": gettext_lazy("recommended"),
    "released": gettext_lazy("released"),
    "reminded": gettext_lazy("reminded"),
    "removed": gettext_lazy("removed"),
    "renewal_due": gettext_lazy("renewal asked for"),
    "required": gettext_lazy("required checks chosen"),
    "rested": gettext_lazy("put aside"),
    "resumed": gettext_lazy("opened again"),
    "returned": gettext_lazy("given back with a question"),
    "revoked": gettext_lazy("withdrawn for good"),
    "running": gettext_lazy("started"),
    "saved": gettext_lazy("saved"),
    "seen": gettext_lazy("looked at"),
    "sent": gettext_lazy("sent"),
    "started": gettext_lazy("started"),
    "suspended": gettext_lazy("suspended"),
    "taken": gettext_lazy("taken on"),
    "verified": gettext_lazy("verified"),
    "withdrawn": gettext_lazy("taken back"),
    "written": gettext_lazy("noted"),
}

# How much of a profile was open to who looked at it.
LEVELS: dict[str, Promise] = {
    "institution": gettext_lazy("somebody of an institution: without city, capacity and who may find you"),
    "coordinator": gettext_lazy("coordinator: nearly all, never your e-mail address"),
}


# Numbers of rows say nothing to people; they stay in the file of the trail.
KEYS = frozenset(
    {
        *("check", "cohort", "decision", "document", "engagement", "expert", "need", "note", "order", "other", "pause"),
        *("period", "picture", "programme", "proposal", "question", "rescue", "review", "sent", "skill", "user"),
        *("sha256", "verification", "view"),
    }
)
# What an act wrote down as a code, by the last part of its verb.
CODES: dict[str, dict[Any, Any]] = {
    "checked": {**dict(CheckItem.choices), **dict(CheckResult.choices)},
    "returned": dict(VerificationState.choices),
}


@dataclass(frozen=True)
class Change:
    """One thing that an act changed; ``before`` is empty where the entry does not hold it.

    ``is_key`` says that it is the number of a row, which tells people nothing.
    """

    name: str
    before: str
    after: str
    is_key: bool = False


@dataclass(frozen=True)
class Act:
    """One act: who, when, what was done to which thing, and what it was before and after."""

    who: str
    when: datetime
    done: str
    kind: str
    title: str
    url: str
    changes: list[Change]
    verb: str

    @property
    def told(self) -> list[Change]:
        """Return the changes that tell people something."""
        return [change for change in self.changes if not change.is_key]


def act_in_words(entry: AuditEntry, title: str, url: str) -> Act:
    """Return an entry in words; ``title`` and ``url`` are those of what it was about. Queries: 0 with its actor."""
    model = apps.get_model(entry.noun) if entry.noun else None
    last = entry.verb.rpartition(".")[2]
    return Act(
        who=str(entry.actor) if entry.actor else _("by itself"),
        when=entry.created_at,
        done=str(DONE.get(last, last.replace("_", " "))),
        kind=str(model._meta.verbose_name) if model else "",
        title=title,
        url=url,
        changes=_changes(model, entry.changes, CODES.get(last, {})),
        verb=entry.verb,
    )


def _changes(model: Any, changes: dict[str, Any], codes: dict[Any, Any]) -> list[Change]:
    """Return pairs of before and after as such, whether they stand as a pair, as two values or as two dicts."""
    before, after = changes.get("before"), changes.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        return [
            Change(name, _word(model, name, before.get(name), codes), _word(model, name, after.get(name), codes))
            for name in names
        ]
    found = []
    for name, value in changes.items():
        if isinstance(value, list) and len(value) == 2 and name == "state":
            was, is_now = (_word(model, name, one, codes) for one in value)
            found.append(Change(_("state"), was, is_now))
        elif name == "level" and value in LEVELS:
            found.append(Change(_("as"), "", str(LEVELS[value])))
        elif name == "after" and "before" in changes and _is_plain(before, after):
            is_key = isinstance(before or after, int) and not isinstance(before or after, bool)
            was, is_now = (_word(model, name, one, codes) for one in (before, after))
            found.append(Change(_("result"), was, is_now, is_key=is_key))
        elif name != "before" and _is_plain(value):
            found.append(Change(name.replace("_", " "), "", _word(model, name, value, codes), is_key=name in KEYS))
    return found


def _is_plain(*values: Any) -> bool:
    return all(value is None or isinstance(value, (str, int, float, bool)) for value in values)


def _word(model: Any, name: str, value: Any, codes: dict[Any, Any]) -> str:
    """Return the label of a code, where the act or the model's field of that name knows one."""
    if value in (None, ""):
        return "–"
    field = next((one for one in model._meta.fields if one.name == name), None) if model else None
    labels = dict(field.flatchoices) if field is not None and field.choices else codes
    return str(labels.get(value, value))
