"""The composition root's own pages: landing page, home per role, help pages, health, error pages, and the frame of every page."""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Give every page its navigation."""
    return {"navigation": [], "footer_links": []}


def landing(request: HttpRequest) -> HttpResponse:
    """Show what the network is."""
    return HttpResponse("Diaspora Net")


home = how_lists_are_made = help_page = privacy = accessibility = styleguide = landing


def live(request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """Say that the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token did not match."""
    return render(request, "csrf_failure.html", status=403)
