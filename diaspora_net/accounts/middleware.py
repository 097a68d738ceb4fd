"""Put the person's language and time zone in force for each request, and give refused forms their status."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone, translation


class PersonMiddleware:
    """Activate the language and time zone that the person chose, and keep their pages out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's language and on their clock."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        with translation.override(request.user.language), timezone.override(request.user.zone):
            request.LANGUAGE_CODE = request.user.language
            response = self.get_response(request)
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
