"""The entrance of the web process: HTTP to Django, ``/ws/`` to the live socket."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_net.settings")
# Loads the apps, so it must come before anything that imports models.
http_application = get_asgi_application()

from diaspora_net.celery import app as celery_app  # noqa: E402 - so that actions can poke the worker's sweeps
from diaspora_net.core.bodies import LimitedBody  # noqa: E402
from diaspora_net.core.garbage import settle  # noqa: E402
from messaging.routing import websocket_urlpatterns  # noqa: E402

__all__ = ["application", "celery_app"]

# A request waits for no broker: a poke that does not get through at once is lost, and the beat's sweep comes anyway.
celery_app.conf.broker_transport_options = {
    **celery_app.conf.broker_transport_options,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
}

# The socket reads the session itself, for many sockets in one statement, so only the cookies are parsed for it.
application = ProtocolTypeRouter(
    {"http": LimitedBody(http_application), "websocket": CookieMiddleware(URLRouter([*websocket_urlpatterns]))}
)

settle()
