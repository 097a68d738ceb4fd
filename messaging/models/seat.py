"""Who has sockets open, on all web processes together."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Seat(models.Model):
    """One open socket of a person, so that all web processes count them together; ``actions.seats`` keeps them.

    ``listener`` names the database connection by which the socket's process hears: rows of a process that is gone, or
    that cannot be heard, do not count. The table is unlogged, empty after PostgreSQL has crashed; the processes then
    write down anew what they have open.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    # No foreign key: it would cost every socket a lock on the person's row, and protects nothing that lasts.
    user_id = models.BigIntegerField(db_index=True)
    listener = models.CharField(max_length=60)
    opened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("open socket")
        verbose_name_plural = _("open sockets")

    def __str__(self) -> str:
        return f"seat {self.pk}"
