"""The product's settings with the channel layer of the Channels tutorial."""

from diaspora_net.settings import *  # noqa: F403
from diaspora_net.settings import DATABASES, REDIS_URL

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # As redis-py 8 comes, an idle socket would die after five seconds and a storm would run out of connections.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None, "max_connections": 5000}]},
    }
}
DATABASES["default"]["CONN_MAX_AGE"] = None
