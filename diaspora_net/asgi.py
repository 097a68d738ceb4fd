"""The entrance of the web process: HTTP to Django, ``/ws/`` to the live socket."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_net.settings")
# Loads the apps, so it must come before anything that imports models.
http_application = get_asgi_application()

from diaspora_net.celery import app as celery_app  # noqa: E402 - so that actions can poke the worker's sweeps
from messaging.routing import websocket_urlpatterns  # noqa: E402

__all__ = ["application", "celery_app"]

# The socket reads the session itself, for many sockets in one statement, so only the cookies are parsed for it.
application = ProtocolTypeRouter(
    {"http": http_application, "websocket": CookieMiddleware(URLRouter(list(websocket_urlpatterns)))}
)
