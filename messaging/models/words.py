"""What search looks in."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from messaging.models.message import Message


class MessageWords(models.Model):
    """The words of one message in the one form that search compares.

    ``actions.indexing`` writes them some seconds after the message, up to ``indexed_seq`` of each conversation; a
    trigger of the database keeps them in step with a message that changes, whoever changes it.
    """

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="+")
    words = SearchVectorField()

    class Meta:
        verbose_name = _("words of a message")
        verbose_name_plural = _("words of messages")
        indexes = [GinIndex(fields=["words"], name="message_words")]

    def __str__(self) -> str:
        return f"words of {self.message_id}"
