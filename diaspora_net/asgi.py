"""The entrance of the web process: HTTP to Django, ``/ws/`` to the live socket."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_net.settings")
# Loads the apps, so it must come before anything that imports models.
http_application = get_asgi_application()

from messaging.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {"http": http_application, "websocket": SessionMiddlewareStack(URLRouter(websocket_urlpatterns))}
)
