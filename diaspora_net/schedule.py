"""The beat table: every sweep, how often it runs, and why. The only place where times of sweeps stand."""

from typing import Any

# name of the task → (seconds between runs, why so often)
SWEEPS: dict[str, tuple[float, str]] = {
    "messaging.tasks.email_notifications": (10.0, "news by e-mail leaves within seconds even when the poke was lost"),
    "messaging.tasks.email_unread": (300.0, "unread messages are told after ten minutes, at most once per half hour"),
    "messaging.tasks.check_files": (10.0, "a file can be had within seconds even when the poke was lost"),
    "messaging.tasks.collect_files": (
        3600.0,
        "what nobody can reach goes a day later, an hour does not matter",
    ),
    "messaging.tasks.index_messages": (30.0, "search reads what was said since by itself, so it should not be much"),
    "engagements.tasks.renew_verifications": (3600.0, "verifications end with a day, an hour does not matter"),
    "engagements.tasks.remind_waiting": (600.0, "reminders follow working days, some minutes do not matter"),
    "engagements.tasks.end_waiting": (300.0, "what has run out leaves the lists within minutes"),
    "engagements.tasks.send_invitations": (20.0, "an agreed time is in both calendars within seconds"),
    "engagements.tasks.work_plans": (10.0, "an assignment goes on within seconds even when the poke was lost"),
    "engagements.tasks.remind_meetings": (60.0, "an hour before is told to the minute"),
    "engagements.tasks.watch_clocks": (86400.0, "rules of time zones come with releases of the time-zone database"),
    "engagements.tasks.expire_meetings": (300.0, "offered times that are over leave the lists within minutes"),
    "engagements.tasks.tell_rejected_files": (60.0, "who shared a file learns within minutes that nobody can open it"),
    "engagements.tasks.resume_engagements": (900.0, "work that rests until a day goes on that day"),
    "engagements.tasks.flag_engagements": (3600.0, "weeks of silence, an hour does not matter"),
    "engagements.tasks.ask_outcomes": (60.0, "who is asked at the start or the end reads it within a minute"),
    "engagements.tasks.remind_foreseen": (3600.0, "four weeks before a quarter, an hour does not matter"),
    "engagements.tasks.ask_skills_rounds": (600.0, "a round begins in the morning, ten minutes do not matter"),
    "engagements.tasks.ask_interest": (300.0, "experts are asked in their morning, minutes do not matter"),
    "engagements.tasks.send_broadcasts": (60.0, "messages leave in the reader's morning, whatever their zone"),
    "engagements.tasks.tell_place_watches": (300.0, "who waits for a place is told within minutes of its opening"),
    "engagements.tasks.tell_saved_searches": (300.0, "a new need is told within minutes of its opening"),
    "engagements.tasks.ask_next_experts": (300.0, "the next expert is asked within minutes of the day that says so"),
    "engagements.tasks.work_bulk": (
        10.0,
        "many rows are worked within seconds even when the poke was lost",
    ),
    "engagements.tasks.work_imports": (10.0, "a file goes on within seconds even when the poke was lost"),
    "engagements.tasks.mail_listed": (60.0, "who was listed is asked within minutes"),
    "engagements.tasks.forget_lists": (3600.0, "thirty days are kept, an hour more does not matter"),
    "engagements.tasks.tell_views": (300.0, "what is new in a view is told within minutes, or in the morning"),
    "engagements.tasks.send_digests": (600.0, "the weekly e-mail leaves in the reader's morning, whatever their zone"),
    "mentors.tasks.refresh_skill_counts": (3600.0, "how rare a skill is changes slowly"),
    "mentors.tasks.refresh_relatedness": (86400.0, "what goes together changes more slowly still, and costs seconds"),
    "mentors.tasks.resume_profiles": (900.0, "who said until a day is found again on that day"),
    "mentors.tasks.expire_recognition": (3600.0, "a licence ends with its day, an hour more or less does not matter"),
    "engagements.tasks.refresh_terms": (3600.0, "what needs ask for is weighed by how rare each skill is"),
    "engagements.tasks.send_reports": (20.0, "a report that was sent leaves even when the poke was lost"),
    "engagements.tasks.work_waves": (60.0, "who answered has the link within a minute even when the poke was lost"),
    "engagements.tasks.erase_waves": (3600.0, "answers are kept until a day, an hour does not matter"),
    "engagements.tasks.make_report_files": (20.0, "a file that was ordered is begun even when the poke was lost"),
    "engagements.tasks.refresh_work_spread": (86400.0, "who does how much of the work changes over months"),
}


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Return the table in Celery's form."""
    return {name: {"task": name, "schedule": seconds} for name, (seconds, _why) in SWEEPS.items()}
