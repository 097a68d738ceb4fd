"""Address of the live socket."""

from typing import Any, cast

from django.urls import path

from messaging.consumers import LiveConsumer

websocket_urlpatterns: list[Any] = [path("ws/", cast(Any, LiveConsumer.as_asgi()))]
