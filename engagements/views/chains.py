"""Planning the engagement that follows on another."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import refusals_on
from engagements.actions.chains import plan_next
from engagements.actions.engagements import require_side
from engagements.forms.chains import NextForm
from engagements.payloads.chains import SEQUELS, next_plan, sequel_of
from engagements.queries.work import get_engagement


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def engagement_next(request: SignedInRequest, reference: str) -> HttpResponse:
    """Plan what follows, starting from the way to go on that is chosen, or the usual one."""
    found = get_engagement(request.user, reference)
    require_side(request.user, found)
    sequel = sequel_of(found, request.GET.get("as", ""))
    form = NextForm(request.POST if request.method == "POST" else None, initial=next_plan(found, sequel))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, Conflict):
            planned = plan_next(actor=request.user, engagement=found, **form.cleaned_data)
            messages.success(request, _("Planned. The other side is asked to agree."))
            return redirect("engagements:engagement", reference=planned.reference)
    ways = [{"label": one.label, "url": f"?as={one.key}", "is_current": one is sequel} for one in SEQUELS]
    context = {"engagement": found, "form": form, "ways": ways}
    return render(request, "engagements/engagement_next.html", context, status=422 if form.errors else 200)
