"""The views of the pipeline that coordinators keep: save, list, open, watch, delete."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import remit_countries
from diaspora_net.core.errors import Conflict
from diaspora_net.core.forms import filter_chips, refusals_on
from engagements.actions import pipeline_views as actions
from engagements.forms.pipeline_views import ViewForm
from engagements.queries import pipeline_views as queries
from engagements.queries.pipeline import rows_of
from engagements.states.pipeline_views import ViewAlertWhen
from engagements.views.pipeline import filter_form, look_of


@signed_in
def views(request: SignedInRequest) -> HttpResponse:
    """List the views one sees, with one's own alerts."""
    rows = [
        {"view": view, "when": alert.when if alert else ViewAlertWhen.OFF, "is_own": view.owner_id == request.user.pk}
        for view, alert in queries.views_with_alerts(request.user)
    ]
    return render(request, "engagements/views.html", {"rows": rows, "alerts": ViewAlertWhen.choices})


@signed_in
def view_new(request: SignedInRequest) -> HttpResponse:
    """Keep the filters of the address under a name."""
    countries = remit_countries(request.user)
    filters_form = filter_form(request, countries)
    filters = filters_form.filters()
    count = rows_of(request.user, countries, filters).count()
    form = ViewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, Conflict):
            view = actions.save_view(actor=request.user, filters=filters, look=look_of(request), **form.cleaned_data)
            messages.success(request, _("The view is saved."))
            return redirect("engagements:view", reference=view.reference)
    context = {"form": form, "chips": filter_chips(filters_form, request.GET), "count": count}
    return render(request, "engagements/view_form.html", context, status=422 if form.errors else 200)


@signed_in
def view(request: SignedInRequest, reference: str) -> HttpResponse:
    """Open a view: the pipeline with its filters."""
    found = queries.get_view(request.user, reference)
    return redirect(queries.address_of(queries.filters_of(found), found.look))


@signed_in
@require_POST
def view_watch(request: SignedInRequest, reference: str) -> HttpResponse:
    """Be told what is new in a view, or no more."""
    found = queries.get_view(request.user, reference)
    actions.watch_view(actor=request.user, view=found, when=request.POST.get("alert", ""))
    messages.success(request, _("Saved."))
    return redirect("engagements:views")


@signed_in
@require_POST
def view_delete(request: SignedInRequest, reference: str) -> HttpResponse:
    """Forget a view of one's own."""
    actions.delete_view(actor=request.user, view=queries.get_view(request.user, reference))
    messages.success(request, _("The view is deleted."))
    return redirect("engagements:views")


ACTS = (("watch", view_watch), ("delete", view_delete))
