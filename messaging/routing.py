"""Address of the live socket."""

from typing import Any, cast

from django.urls import path

from messaging.consumers import live_socket

websocket_urlpatterns: list[Any] = [path("ws/", cast(Any, live_socket))]
