"""The chat of the Channels tutorial (channels.readthedocs.io, parts 2 and 3) that saves its messages, on our tables.

One group per conversation, the ORM through ``database_sync_to_async``, the message itself through the channel layer. It
checks the right to write, keeps a client's number and counts within the conversation, as any chat of this kind has to.
"""

import os
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.chat.tutorial_settings"

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

http_application = get_asgi_application()

from django.db import transaction  # noqa: E402

from messaging.models import Conversation, Message, Participant  # noqa: E402


class ChatConsumer(AsyncJsonWebsocketConsumer):
    """One open socket."""

    async def connect(self) -> None:
        """Enter the group of every conversation."""
        self.user = self.scope["user"]
        self.numbers = await self.find_numbers()
        for talk in self.numbers:
            await self.channel_layer.group_add(f"chat_{talk}", self.channel_name)
        await self.accept()
        await self.send_json({"t": "hello", "conversations": self.numbers})

    async def disconnect(self, code: int) -> None:
        """Leave the groups."""
        for talk in getattr(self, "numbers", ()):
            await self.channel_layer.group_discard(f"chat_{talk}", self.channel_name)

    async def receive_json(self, content: dict[str, Any], **_kwargs: Any) -> None:
        """Save a message, acknowledge it and send it to the group; or send what was missed."""
        if content["t"] == "resume":
            for talk, seq in content["cursors"].items():
                for message in await self.find_missed(talk, seq):
                    await self.send_json(message)
            await self.send_json({"t": "resumed", "rid": content["rid"]})
            return
        message, is_new = await self.save(content["conversation"], content["client_id"], content["text"])
        await self.send_json({**message, "t": "ack", "rid": content["rid"], "dup": not is_new})
        if is_new:
            await self.channel_layer.group_send(
                f"chat_{content['conversation']}", {"type": "chat.message", "message": message}
            )

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Pass a message of the group on."""
        await self.send_json(event["message"])

    @database_sync_to_async
    def find_numbers(self) -> dict[str, int]:
        """Return the newest number of each conversation."""
        mine = Participant.objects.filter(user=self.user, left_at=None).select_related("conversation")
        return {str(place.conversation_id): place.conversation.last_seq for place in mine}

    @database_sync_to_async
    def find_missed(self, talk: str, seq: int) -> list[dict[str, Any]]:
        """Return what came after ``seq``."""
        if not Participant.objects.filter(conversation_id=talk, user=self.user, left_at=None).exists():
            return []
        return [shown(message) for message in Message.objects.filter(conversation_id=talk, seq__gt=seq).order_by("seq")]

    @database_sync_to_async
    def save(self, talk: str, client_id: str, text: str) -> tuple[dict[str, Any], bool]:
        """Save a message once, numbered."""
        with transaction.atomic():
            conversation = Conversation.objects.select_for_update().get(pk=talk)
            Participant.objects.get(conversation=conversation, user=self.user, left_at=None)
            stored = Message.objects.filter(conversation=conversation, sender=self.user, client_id=client_id).first()
            if stored:
                return shown(stored), False
            conversation.last_seq += 1
            message = Message.objects.create(
                conversation=conversation, seq=conversation.last_seq, sender=self.user, client_id=client_id, text=text
            )
            conversation.last_message_at = message.created_at
            conversation.save(update_fields=["last_seq", "last_message_at"])
            return shown(message), True


def shown(message: Message) -> dict[str, Any]:
    """Return a message as it travels."""
    return {
        "t": "message",
        "conversation": str(message.conversation_id),
        "seq": message.seq,
        "id": str(message.pk),
        "client_id": str(message.client_id),
        "sender": message.sender_id,
        "text": message.text,
        "at": message.created_at.isoformat(),
    }


application = ProtocolTypeRouter(
    {
        "http": http_application,
        "websocket": AuthMiddlewareStack(URLRouter([path("ws/", ChatConsumer.as_asgi())])),
    }
)
