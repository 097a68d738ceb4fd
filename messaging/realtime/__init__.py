"""The live side: wakes between processes, and the hub that turns them into frames."""

from messaging.realtime.wakes import Wake, publish, publish_after_commit

__all__ = ["Wake", "publish", "publish_after_commit"]
