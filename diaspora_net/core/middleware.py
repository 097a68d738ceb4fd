"""Turn the domain's errors into pages."""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from diaspora_net.core.errors import DomainError, SlowDown


class DomainErrorMiddleware:
    """Answer a DomainError that a view let through with its status and its sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Pass the request on unchanged."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render ``refused.html`` for a domain error; leave every other exception alone."""
        if not isinstance(error, DomainError):
            return None
        response = render(request, "refused.html", {"error": error}, status=error.status)
        if isinstance(error, SlowDown):
            response["Retry-After"] = str(error.retry_after)
        return response
