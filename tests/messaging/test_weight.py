"""What a conversation costs on a slow line: its scripts, compressed."""

import gzip
import re

from django.conf import settings
from django.test import Client

from diaspora_net.accounts.models import User
from messaging.models import Conversation

MOST_BYTES = 20_000


def test_scripts_of_a_conversation_stay_light(amina: User, talk: Conversation) -> None:
    client = Client()
    client.force_login(amina, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(f"/messages/{talk.pk}/").content.decode()
    names = re.findall(r'<script src="/static/([^"]+)"', html)
    assert "js/chat.js" in names
    assert not [name for name in names if "htmx" in name]
    weights = {
        name: len(gzip.compress((settings.BASE_DIR / "diaspora_net" / "static" / name).read_bytes())) for name in names
    }
    assert sum(weights.values()) <= MOST_BYTES, weights
