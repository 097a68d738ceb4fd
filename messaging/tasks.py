"""The sweeps of messaging. ``diaspora_net.schedule`` says how often they run; each can run twice at once."""

from celery import shared_task

from messaging.actions import emails, file_checks, file_collecting, indexing, news_emails


@shared_task(name="messaging.tasks.email_notifications")
def email_notifications() -> int:
    """Send the news that is due by e-mail."""
    return news_emails.send_notification_emails()


@shared_task(name="messaging.tasks.email_unread")
def email_unread() -> int:
    """Tell people by e-mail of messages that have waited unread."""
    return emails.send_unread_emails()


@shared_task(name="messaging.tasks.check_files")
def check_files() -> int:
    """Check the files that were sent."""
    return file_checks.check_files()


@shared_task(name="messaging.tasks.collect_files")
def collect_files() -> int:
    """Remove files that nobody can reach any more."""
    return len(file_collecting.collect_files())


@shared_task(name="messaging.tasks.index_messages")
def index_messages() -> int:
    """Make new messages quick to search."""
    return indexing.index_messages()
