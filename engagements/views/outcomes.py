"""The pages on which the two sides say what came of an engagement, at each of the three points."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.forms import refusals_on
from engagements.actions.outcomes import give_outcome
from engagements.forms.outcomes import OutcomeForm
from engagements.queries.outcome_pages import outcome_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def outcome_give(request: SignedInRequest, reference: str, moment: str) -> HttpResponse:
    """Ask for one's own side what came of it, and take the answer down."""
    page = outcome_page(request.user, reference, moment)
    form = OutcomeForm(
        request.POST if request.method == "POST" else None,
        moment=moment,
        respondent=page.respondent,
        skills=page.skills,
        before=page.before,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            give_outcome(actor=request.user, engagement=page.engagement, moment=moment, **form.cleaned_data["answers"])
            messages.success(request, _("Thank you. This is kept with the engagement."))
            return redirect("engagements:engagement", reference=reference)
    context = {"page": page, "engagement": page.engagement, "form": form}
    return render(request, "engagements/outcome.html", context, status=422 if form.errors else 200)
