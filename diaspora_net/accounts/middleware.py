"""Put the person's language and time zone in force for each request, and give refused forms their status."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone, translation

from diaspora_net.core.sessions import SessionStore


class PersonMiddleware:
    """Activate the language and time zone that the person chose, and keep their pages out of shared caches.

    Sessions at shared computers are short, and begin anew with each page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's language and on their clock."""
        if not request.user.is_authenticated:
            # Password, code and passkey come by different forms; the tick means the same in each.
            if request.method == "POST" and "is_shared" in request.POST:
                request.session.set_expiry(0)
            return self.get_response(request)
        with translation.override(request.user.language), timezone.override(request.user.zone):
            request.LANGUAGE_CODE = request.user.language
            response = self.get_response(request)
        # An open page that polls is not a person at work.
        is_polled = request.path.startswith("/api/") or "X-Polled" in request.headers
        if isinstance(request.session, SessionStore) and not is_polled:
            request.session.renew()
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class RefusedFormMiddleware:
    """Answer 422 where allauth shows a form again because of its errors, as all our own forms do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on unchanged."""
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Change the status only; the page is allauth's."""
        context = response.context_data or {}
        forms = [context.get(name) for name in ("form", "verify_form", "change_form")]
        if (
            request.method == "POST"
            and response.status_code == 200
            and any(getattr(form, "errors", None) for form in forms)
        ):
            response.status_code = 422
        return response
