"""The composition root's own pages: landing, home per role, help, health and errors; and the frame of every page."""

from dataclasses import dataclass, replace
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from diaspora_net.accounts import demo
from diaspora_net.accounts.entrance import SignedInRequest, signed_in
from diaspora_net.accounts.queries.people import Roles, roles_of
from diaspora_net.accounts.states import JoinRole
from engagements.payloads import fits_in_words, shares_in_words
from engagements.queries.needs import open_need_figures
from mentors.queries.profiles import has_profile, own_profile
from messaging.queries.messages import Badge, unread_badge


@dataclass(frozen=True)
class Place:
    """One entry of the navigation, current on all addresses that begin with ``within`` or else with ``url``."""

    url: str
    label: str
    icon: str
    count: int = 0
    is_current: bool = False
    within: str = ""


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Give every page its navigation, its footer and what the sign-in page offers.

    Only what a template shows is read, so that a part of a page costs nothing. Queries: 4 (0 for nobody).
    """
    frame: dict[str, Any] = {
        "footer_links": [
            {"url": reverse("help"), "label": _("Help")},
            {"url": reverse("engagements:programmes"), "label": _("Programmes")},
            {"url": reverse("engagements:map"), "label": _("Where experts live")},
            {"url": reverse("how"), "label": _("How lists are made")},
            {"url": reverse("accessibility"), "label": _("Accessibility")},
            {"url": reverse("privacy"), "label": _("Privacy")},
        ],
        "demo_people": demo.PEOPLE if settings.DEMO else (),
        "languages_offered": settings.LANGUAGES_OFFERED,
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frame | {"navigation": _visitor_places(request.path)}
    own: Any = SimpleLazyObject(lambda: (roles_of(user), unread_badge(user), has_profile(user)))
    notifications = reverse("messaging:notifications")
    return frame | {
        "navigation": SimpleLazyObject(lambda: _places(request.path, *own)),
        "personal_places": SimpleLazyObject(lambda: _personal_places(request.path, is_expert=own[2])),
        "notifications": SimpleLazyObject(lambda: {"url": notifications, "count": own[1].notifications}),
        "settings_url": reverse("accounts:settings"),
        "profile_url": reverse("mentors:me"),
    }


def _visitor_places(path: str) -> list[Place]:
    places = [
        (reverse("engagements:needs"), _("Needs"), "needs"),
        (reverse("how"), _("How it works"), "info"),
        (reverse("accounts:join"), _("Join"), "people"),
    ]
    return [Place(url, label, icon, is_current=path.startswith(url)) for url, label, icon in places]


def _places(path: str, roles: Roles, badge: Badge, is_expert: bool) -> list[Place]:
    """Return where this person goes, what brings them here first; a phone shows the first five."""
    places: list[Place] = []
    if roles.is_coordinator:
        places.append(Place(reverse("engagements:desk"), _("Today"), "today"))
        places.append(Place(reverse("engagements:pipeline"), _("Pipeline"), "pipeline"))
        places.append(Place(reverse("engagements:donor-reports"), _("Reports"), "reports"))
    if roles.organisations:
        places.append(Place(_organisation_url(roles), _("Organisation"), "organisation", within="/org/"))
    if is_expert or not places:
        places.append(Place(reverse("engagements:for-you"), _("For you"), "foryou"))
    places.append(Place(reverse("messaging:conversations"), _("Messages"), "messages", badge.messages))
    # A coordinator's engagements stand in the pipeline.
    if is_expert or roles.organisations or not roles.is_coordinator:
        places.append(Place(reverse("engagements:engagements"), _("Engagements"), "engagements"))
    places.append(Place(reverse("engagements:needs"), _("Needs"), "needs"))
    roots = [place.within or place.url for place in places]
    here = max((root for root in roots if path.startswith(root)), key=len, default="")
    return [replace(place, is_current=root == here) for place, root in zip(places, roots, strict=True)]


def _organisation_url(roles: Roles) -> str:
    """Return where who belongs to organisations goes: to what waits for the only one, or to the list."""
    if len(roles.organisations) == 1:
        return reverse("engagements:organisation-needs", args=[roles.organisations[0]])
    return reverse("accounts:organisations")


def _personal_places(path: str, *, is_expert: bool) -> list[Place]:
    """Return what a person looks for less often; it stands in the menu of the account."""
    places = [(reverse("engagements:my-sessions"), _("Sessions"), "clock")]
    of_experts = [
        (reverse("engagements:offers"), _("Offers"), "send"),
        (reverse("engagements:programmes"), _("Programmes"), "people"),
        (reverse("engagements:record"), _("My record"), "verify"),
    ]
    places += of_experts if is_expert else []
    return [Place(url, label, icon, is_current=path.startswith(url)) for url, label, icon in places]


def landing(request: HttpRequest) -> HttpResponse:
    """Say what the network is and for whom; people who are signed in go to their home."""
    if request.user.is_authenticated:
        return redirect("home")
    return render(request, "landing.html", {"figures": open_need_figures()})


@signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """Send each person to where their work is: desk, organisation, onboarding or suggestions."""
    roles = roles_of(request.user)
    if roles.is_coordinator:
        return redirect("engagements:desk")
    if roles.organisations:
        return redirect(_organisation_url(roles))
    if request.user.join_role == JoinRole.ORGANISATION:
        return redirect("accounts:organisation-new")
    profile = own_profile(request.user)
    if profile is not None and profile.published_at:
        return redirect("engagements:for-you")
    if request.user.join_role == JoinRole.COORDINATOR and profile is None:
        return render(request, "remit_pending.html")
    return redirect("mentors:start", step="identity")


def how_lists_are_made(request: HttpRequest) -> HttpResponse:
    """Explain how suggestions come about, what is not used, and how to change them."""
    return render(request, "how.html", {"shares": shares_in_words(), "fits": fits_in_words()})


def help_page(request: HttpRequest) -> HttpResponse:
    """Answer the questions people ask first."""
    return render(request, "help.html")


def privacy(request: HttpRequest) -> HttpResponse:
    """Say who sees what."""
    return render(request, "privacy.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how far the site is accessible and whom to tell."""
    return render(request, "accessibility.html")


def live(request: HttpRequest) -> JsonResponse:
    """Say that the process answers, whatever it depends on."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """Say whether the process can serve people: 503 without the database, ``degraded`` without Valkey."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok" if _hint_bus_answers() else "degraded"})


def _hint_bus_answers() -> bool:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: the same page whether a thing does not exist or may not be seen."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching the database."""
    return HttpResponse(loader.render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token did not match, usually after a long break."""
    return render(request, "csrf_failure.html", status=403)
