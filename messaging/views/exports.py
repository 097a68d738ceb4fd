"""Take a conversation along: its text as a file, for the people in it."""

import uuid

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.limits import check_pace
from messaging.queries.conversations import get_conversation, others_in
from messaging.queries.files import files_of
from messaging.queries.messages import newest_messages
from messaging.reports.pages import render_pages
from messaging.reports.plain import render_text
from messaging.reports.record import make_record

# How many messages and letters go into a file. Setting a page of Arabic takes its time; who needs more takes the text.
MOST = {"txt": (20_000, 2_000_000), "pdf": (500, 100_000)}
FILES_IN_TEN_MINUTES = 10


@require_safe
@signed_in
def thread_export(request: SignedInRequest, id: uuid.UUID, form: str) -> HttpResponse:  # noqa: A002 - the address's name
    """Give the conversation as text or PDF, on the reader's clock; it says who saved it and when."""
    talk = get_conversation(request.user, id)
    if form not in MOST:
        raise Http404
    check_pace("messaging.export", str(request.user.pk), most=FILES_IN_TEN_MINUTES, seconds=600)
    messages, omitted = newest_messages(request.user, talk, *MOST[form])
    record = make_record(request.user, talk, others_in(talk, request.user), messages, files_of(messages), omitted)
    if form == "pdf":
        response = HttpResponse(render_pages(record), content_type="application/pdf")
    else:
        response = HttpResponse(render_text(record), content_type="text/plain; charset=utf-8")
    name = f"{record.title} {timezone.localdate():%Y-%m-%d}.{form}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Cache-Control"] = "no-store, private"
    return response
