"""Read a CV that an expert starts from. Nothing of it is kept: neither the document nor its text."""

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Invalid, SlowDown
from mentors.documents import Unreadable, text_of

# Longer than any document is read, so that a process that died does not keep its person out for ever.
READING_SECONDS = 60
PROBLEMS = {
    "broken": gettext_lazy("We could not read this document. Open it, copy its text and paste it below."),
    "empty": gettext_lazy("This document holds no text, as a scan does. Write or paste the text below instead."),
    "locked": gettext_lazy("This document is locked by a password. Save it without, or paste its text below."),
    "unknown": gettext_lazy("We read PDF, Word (.docx), OpenDocument, Europass XML, JSON Resume and plain text."),
}


def read_cv(*, actor: User, document: bytes) -> str:
    """Return the text of a document, at most 60,000 signs.

    Effects: none lasting; a person's second document waits until the first is read. Raises Invalid (field
    ``document``) saying what to do, SlowDown.
    """
    key = f"mentors.cv.{actor.pk}"
    if not cache.add(key, True, READING_SECONDS):
        raise SlowDown(_("Your first document is still being read. Wait a moment."), retry_after=READING_SECONDS)
    try:
        return text_of(document)
    except Unreadable as error:
        problem = str(PROBLEMS[error.reason])
        raise Invalid(problem, fields={"document": problem}) from error
    finally:
        cache.delete(key)
