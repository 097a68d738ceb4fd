"""Files of rows that coordinators bring: the import, its rows, the words in it, and the people it lists."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from diaspora_net.accounts.models import Organisation
from diaspora_net.core.mails import DueMail
from diaspora_net.core.references import new_reference
from engagements.states.imports import DayOrder, ImportNoun, ImportState, LegalBasis, ListedState, RowState, Twins


class Import(models.Model):
    """One file and what is done with it, by ``engagements.actions.imports`` only.

    ``sheets`` is what the file holds: name, number of lines and the first of them; ``columns`` says what each column of
    the chosen sheet is. The file and everything that was read from it is deleted once it is ``forgotten_at``; where it
    came from, why and on which ground stays. A sweep that works on it holds the row's lock, so that the next goes on
    where a dead one stopped.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    noun = models.CharField(_("what the rows are"), max_length=16, choices=ImportNoun)
    country = CountryField(_("country"))
    file_name = models.CharField(max_length=120)
    file_hash = models.CharField(max_length=64)
    encoding = models.CharField(max_length=16, blank=True)
    sheets = models.JSONField(default=list)
    sheet = models.CharField(max_length=120, blank=True)
    heading_line = models.PositiveIntegerField(default=1)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    day_order = models.CharField(max_length=3, choices=DayOrder, blank=True)
    source = models.CharField(_("name of the list"), max_length=160)
    source_owner = models.CharField(_("who kept it"), max_length=160)
    purpose = models.CharField(_("what it is for"), max_length=300)
    legal_basis = models.CharField(_("ground"), max_length=20, choices=LegalBasis)
    twins = models.CharField(max_length=6, choices=Twins, default=Twins.SKIP)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.MAPPING, editable=False)
    problem = models.CharField(max_length=24, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    brought_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    forgotten_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-brought_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(condition=Q(noun__in=ImportNoun.values), name="import_noun_known"),
            models.CheckConstraint(condition=Q(legal_basis__in=LegalBasis.values), name="import_basis_known"),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(source_owner="") & ~Q(purpose=""), name="import_says_where_from"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "undoing", "undone"]) | Q(done_at__isnull=False),
                name="import_done_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["country", "-brought_at"], name="import_of_country"),
            models.Index(
                fields=["id"], condition=Q(state__in=["checking", "running", "undoing"]), name="import_worked"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportFile(models.Model):
    """The bytes of an import; a row of its own, so that nobody loads them by accident and one delete forgets them."""

    run = models.OneToOneField(Import, models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("file of an import")
        verbose_name_plural = _("files of imports")

    def __str__(self) -> str:
        return str(self.run_id)


class ImportRow(models.Model):
    """One line of the file. What comes of it and what it makes are written in one transaction, so it is done once.

    ``cells`` is the line as it stood there, ``values`` what was understood of it, ``problems`` and ``words`` as
    ``engagements.documents`` tells them. ``key`` must not be in a file twice. ``thing`` is the id of what the row made,
    changed or is twin to, of the import's noun (of a listed person for experts); it may be gone. ``before`` is what was
    there before a change, ``reason`` why a row was skipped or kept.
    """

    run = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    words = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    key = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=RowState, default=RowState.READ, editable=False)
    thing = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    reason = models.CharField(max_length=24, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RowState.values), name="import_row_state_known"),
            models.UniqueConstraint(fields=["run", "number"], name="import_row_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["made", "changed"]) | Q(thing__isnull=False), name="import_row_made_something"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "state", "number"], name="import_row_state"),
            models.Index(fields=["run", "key"], name="import_row_key"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.number}"


class ImportWord(models.Model):
    """A word of a file that stands for something of ours: a skill, or a code of another column.

    ``text`` is folded, ``shown`` as somebody wrote it, ``count`` in how many rows. Found or chosen once, it holds for
    all of them: ``skills`` are the ids of concepts, ``code`` is one of the column's; neither of them nor
    ``is_left_out`` means that nobody has said yet. ``suggested`` are the ids of concepts that come near.
    """

    run = models.ForeignKey(Import, models.CASCADE, related_name="words")
    column = models.CharField(max_length=24)
    text = models.CharField(max_length=300)
    shown = models.CharField(max_length=300)
    count = models.PositiveIntegerField(default=0)
    skills = models.JSONField(default=list)
    code = models.CharField(max_length=24, blank=True)
    is_left_out = models.BooleanField(default=False)
    is_chosen = models.BooleanField(default=False)
    suggested = models.JSONField(default=list)

    class Meta:
        verbose_name = _("word of an import")
        verbose_name_plural = _("words of imports")
        ordering = ["-count", "text"]
        constraints = [
            models.UniqueConstraint(fields=["run", "column", "text"], name="import_word_once"),
            models.CheckConstraint(
                condition=Q(is_left_out=False) | Q(skills=[], code=""), name="import_word_means_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return self.shown


class ListedPerson(DueMail):
    """Somebody whom a list named, as an expert or as contact of ``organisation``, and who has not said yes to it.

    No account and no profile: organisations see nothing of it. Confirming by the link in the mail makes both by the
    ordinary actions and empties ``details``; otherwise the row is deleted at ``expires_at``. It got ``mails``.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    run = models.ForeignKey(Import, models.CASCADE, related_name="people")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    email = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="en")
    details = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ListedState, default=ListedState.WAITING, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    country = CountryField(_("country"))
    listed_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    mails = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("listed person")
        verbose_name_plural = _("listed people")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ListedState.values), name="listed_state_known"),
            models.UniqueConstraint(
                Lower("email"),
                "country",
                condition=Q(state="waiting", organisation__isnull=True),
                name="listed_expert_once",
            ),
            models.UniqueConstraint(
                Lower("email"),
                "organisation",
                condition=Q(state="waiting", organisation__isnull=False),
                name="listed_contact_once",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", confirmed_at__isnull=True)
                | Q(state="confirmed", confirmed_at__isnull=False, details={}, email="", mail_at__isnull=True),
                name="listed_confirmed_is_forgotten",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("listed_at")), name="listed_ends_after_it_began"),
        ]
        indexes = [
            models.Index(fields=["mail_at"], condition=Q(mail_at__isnull=False), name="listed_mail_due"),
            models.Index(fields=["expires_at"], condition=Q(state="waiting"), name="listed_expires"),
        ]

    def __str__(self) -> str:
        return self.reference


class ListRefusal(models.Model):
    """Somebody wants no list to name them here again: only a mark of their address, which tells nobody who it was."""

    mark = models.CharField(max_length=64, unique=True)
    refused_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("refusal of lists")
        verbose_name_plural = _("refusals of lists")

    def __str__(self) -> str:
        return self.mark[:8]
