"""Read the rows out of a spreadsheet that somebody brings; what they mean is not known here."""

from engagements.documents.tables import LARGEST, Line, Overview, Sheet, Unreadable, overview_of, rows_of

__all__ = ["LARGEST", "Line", "Overview", "Sheet", "Unreadable", "overview_of", "rows_of"]
