"""From what a form says of a skill to the concept: an id somebody chose, or words nobody has named yet."""

from django.utils.translation import gettext as _

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Invalid
from mentors.actions.skills import propose_skill
from mentors.models import Skill
from mentors.queries.skills import accepted_skills


def named_skill(*, actor: User, value: str, language: str, field: str = "skill") -> Skill:
    """Return the concept of ``value``: an accepted one's id in digits, or words, which are proposed when unknown.

    Raises Invalid at ``field`` for an id that nobody may use, else as ``propose_skill``.
    """
    if not value.isdecimal():
        try:
            return propose_skill(actor=actor, label=value, language=language)
        except Invalid as error:
            raise Invalid(error.message, fields={field: error.message}) from None
    known = accepted_skills([int(value)])
    if not known:
        problem = _("Choose a skill of the list, or write it in a few words.")
        raise Invalid(problem, fields={field: problem})
    return known[0]
