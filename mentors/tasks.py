"""Sweeps of mentors; each can run twice without harm."""

from celery import shared_task

from mentors.actions import profiles, recognition, relatedness, skills


@shared_task(name="mentors.tasks.refresh_skill_counts")
def refresh_skill_counts() -> int:
    """Count the experts of each concept anew."""
    return skills.refresh_skill_counts()


@shared_task(name="mentors.tasks.refresh_relatedness")
def refresh_relatedness() -> int:
    """Learn anew which concepts are used together."""
    return relatedness.refresh_relatedness()


@shared_task(name="mentors.tasks.expire_recognition")
def expire_recognition() -> int:
    """Let recognitions end whose documents are no longer valid."""
    return recognition.expire_due_recognition()


@shared_task(name="mentors.tasks.resume_profiles")
def resume_profiles() -> int:
    """Show the paused profiles whose day has come."""
    return profiles.resume_due_profiles()
