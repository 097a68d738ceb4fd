"""Read the text out of a document that somebody brings; nothing is kept and nothing is understood here."""

from mentors.documents.reading import LARGEST, Unreadable, text_of

__all__ = ["LARGEST", "Unreadable", "text_of"]
