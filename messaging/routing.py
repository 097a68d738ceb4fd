"""Address of the live socket."""

from django.urls import URLPattern, path

from messaging.consumers import LiveConsumer

websocket_urlpatterns: list[URLPattern] = [path("ws/", LiveConsumer.as_asgi())]
