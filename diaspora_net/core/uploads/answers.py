"""Answer with a file of somebody: it is an attachment, its type is not guessed, and were a browser to open it as a page
all the same, it could do nothing.
"""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

SEALED = "sandbox; default-src 'none'; frame-ancestors 'none'"


def sealed(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Return an answer that saves ``content`` under ``name`` and is kept nowhere on the way."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SEALED
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store, private"
    return response
