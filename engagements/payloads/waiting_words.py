"""What people are told of a step that waits: the standard texts of every reminder, kind to whoever was slow.

The texts are translated in the reader's language when they are read; ``%(need)s``, ``%(organisation)s`` and ``%(day)s``
(when it ends) may stand in them.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from engagements.payloads.working_days import working_days_between
from engagements.states.clocks import WaitingKind

# kind → first reminder, second reminder
REMINDERS: dict[WaitingKind, tuple[str, str]] = {
    WaitingKind.REPLY: (
        gettext_noop("“%(need)s” waits for your answer. Yes or no, both help."),
        gettext_noop("“%(need)s” waits for your answer until %(day)s. Yes or no, both help."),
    ),
    WaitingKind.INFORMATION: (
        gettext_noop("A question about your proposal for “%(need)s” waits for your answer."),
        gettext_noop("A question about your proposal for “%(need)s” waits for your answer until %(day)s."),
    ),
    WaitingKind.AGREEMENT: (
        gettext_noop("The agreement for “%(need)s” waits for your yes. Read it, or propose a change."),
        gettext_noop("The agreement for “%(need)s” waits for your yes still. Say what stands in the way."),
    ),
    WaitingKind.TIME: (
        gettext_noop("Times for a session about “%(need)s” wait for you. Choose one, or propose others."),
        gettext_noop("Times for a session about “%(need)s” wait for you, the last until %(day)s."),
    ),
    WaitingKind.SESSION: (
        gettext_noop("Was the session about “%(need)s” held? One tap is enough."),
        gettext_noop("Was the session about “%(need)s” held? Until %(day)s one tap is enough."),
    ),
    WaitingKind.HOURS: (
        gettext_noop("Hours for “%(need)s” wait for you. Confirm them with one tap."),
        gettext_noop("Hours for “%(need)s” wait for you until %(day)s. Confirm them with one tap."),
    ),
    WaitingKind.OUTCOME: (
        gettext_noop("What came of “%(need)s”? A few lines are enough, and the work is complete."),
        gettext_noop("What came of “%(need)s”? On %(day)s it is completed without your view."),
    ),
    WaitingKind.PROPOSALS: (
        gettext_noop("Nobody has answered “%(need)s” yet. Look at who fits, and ask them yourself."),
        gettext_noop("“%(need)s” waits for an expert still. Your coordinator looks for one, too."),
    ),
    WaitingKind.CLOSING: (
        gettext_noop("The closing date of “%(need)s” is over. Is it needed still?"),
        gettext_noop("The closing date of “%(need)s” is over. Without a word from you it is hidden on %(day)s."),
    ),
    WaitingKind.RENEWAL: (
        gettext_noop("“%(need)s” is hidden from experts. Open it again with one tap, or close it."),
        gettext_noop("“%(need)s” is hidden from experts, and ends on %(day)s. One tap opens it again."),
    ),
    WaitingKind.CHECK: (
        gettext_noop("“%(need)s” waits to be checked."),
        gettext_noop("“%(need)s” waits to be checked still. On %(day)s the institution reads that it takes longer."),
    ),
    WaitingKind.CHANGES: (
        gettext_noop("“%(need)s” waits for your changes. Then a coordinator opens it."),
        gettext_noop("“%(need)s” waits for your changes still. Ask the coordinator if anything is unclear."),
    ),
    WaitingKind.VERIFICATION: (
        gettext_noop("%(organisation)s waits for verification."),
        gettext_noop("%(organisation)s waits for verification still. On %(day)s they read that it takes longer."),
    ),
    WaitingKind.DOCUMENTS: (
        gettext_noop("%(organisation)s can go on once the coordinator has the documents."),
        gettext_noop("%(organisation)s waits for your documents still. Ask the coordinator if you cannot get them."),
    ),
    WaitingKind.SECOND: (
        gettext_noop("%(organisation)s was recommended and waits for your decision."),
        gettext_noop("%(organisation)s waits for your decision still. On %(day)s they read that it takes longer."),
    ),
    WaitingKind.FACTS: (
        gettext_noop("Is everything about %(organisation)s still right? One tap renews what we know."),
        gettext_noop("Is everything about %(organisation)s still right? Without your yes its verification lapses."),
    ),
}
# What an e-mail says of each to who wants no names in it.
NEUTRAL: dict[WaitingKind, str] = {
    WaitingKind.REPLY: gettext_noop("A proposal waits for your answer."),
    WaitingKind.INFORMATION: gettext_noop("A question about a proposal waits for your answer."),
    WaitingKind.AGREEMENT: gettext_noop("An agreement waits for your yes."),
    WaitingKind.TIME: gettext_noop("Times for a session wait for you."),
    WaitingKind.SESSION: gettext_noop("A session waits to be confirmed."),
    WaitingKind.HOURS: gettext_noop("Hours wait for your confirmation."),
    WaitingKind.OUTCOME: gettext_noop("A report waits for you."),
    WaitingKind.PROPOSALS: gettext_noop("A need waits for an expert. Look at who fits."),
    WaitingKind.CLOSING: gettext_noop("A need is past its closing date."),
    WaitingKind.RENEWAL: gettext_noop("A need is hidden from experts until you open it again."),
    WaitingKind.CHECK: gettext_noop("A need waits to be checked."),
    WaitingKind.CHANGES: gettext_noop("A need waits for your changes."),
    WaitingKind.VERIFICATION: gettext_noop("An organisation waits for verification."),
    WaitingKind.DOCUMENTS: gettext_noop("The coordinator waits for documents of your organisation."),
    WaitingKind.SECOND: gettext_noop("An organisation waits for a second coordinator."),
    WaitingKind.FACTS: gettext_noop("Is everything we know of your organisation still right?"),
}


def reminder_text(kind: WaitingKind, number: int) -> str:
    """Return the text of the first or second reminder."""
    return REMINDERS[kind][number - 1]


def day_in_words(moment: datetime, zone: ZoneInfo) -> str:
    """Return the day on which a moment falls in ``zone``, in the active language: “Tuesday 9 June”."""
    return date_format(moment.astimezone(zone), "l j F")


def time_left(until: datetime, now: datetime, *, place: str, zone: ZoneInfo) -> str:
    """Return how long there is until a moment, in working days of ``place`` and in words; never a reproach."""
    left = working_days_between(now, until, place, zone)
    if left >= 1:
        return ngettext("%(days)d working day left", "%(days)d working days left", left) % {"days": left}
    if until > now:
        return _("less than a day left")
    return _("asked for by %(day)s") % {"day": day_in_words(until, zone)}
