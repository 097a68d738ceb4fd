"""The live side: wakes between processes, and the hub that turns them into frames."""

from messaging.realtime.wakes import Wake, kick, publish, publish_after_commit

__all__ = ["Wake", "kick", "publish", "publish_after_commit"]
