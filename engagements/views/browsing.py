"""The list of open needs, for everybody, with its filters in the address."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, ngettext

from diaspora_net.core.forms import filter_chips
from engagements.forms.needs import NeedFilterForm
from engagements.payloads import need_card
from engagements.queries.browsing import count_open_needs, without_one_filter
from engagements.queries.needs import NeedFilters, browse_needs, countries_with_needs, labels_of_needs

PAGE_SIZE = 20
# Where the form's field has another name than the filter.
FIELDS = {"text": "q"}


def needs(request: HttpRequest) -> HttpResponse:
    """List the open needs, filtered by the address."""
    form = NeedFilterForm(request.GET or None, codes=countries_with_needs())
    filters = form.filters() if request.GET else NeedFilters()
    found = browse_needs(filters, language=get_language() or "en")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    labels = labels_of_needs(page.object_list)
    parameters = request.GET.copy()
    parameters.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "cards": [need_card(need, labels) for need in page.object_list],
        "query": f"{parameters.urlencode()}&" if parameters else "",
        "chips": filter_chips(form, request.GET),
    }
    if context["chips"] and not page.object_list:
        context |= _fewer_filters(request, form, filters)
    return render(request, "engagements/need_list.html", context)


def _fewer_filters(request: HttpRequest, form: NeedFilterForm, filters: NeedFilters) -> dict[str, Any]:
    """Return the filters whose absence alone would bring needs, as chips with their counts, and how many are open."""
    chips = {chip["name"]: chip for chip in filter_chips(form, request.GET)}
    found = without_one_filter(filters, language=get_language() or "en")
    return {
        "open_count": count_open_needs(),
        "changes": [_without(chips[FIELDS.get(name, name)], count) for name, count in found],
    }


def _without(chip: dict[str, Any], count: int) -> dict[str, str]:
    label = ngettext("Without “%(filter)s”: %(count)s need", "Without “%(filter)s”: %(count)s needs", count)
    return {"url": chip["url"], "label": label % {"filter": chip["label"], "count": count}}
