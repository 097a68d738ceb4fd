"""Sweeps over what waits; ``diaspora_net.schedule`` says when. Each may run twice or at once."""

from celery import shared_task

from diaspora_net.accounts.actions.renewal import begin_renewals, lapse_verifications
from engagements.actions import shared_files, wave_sweeps
from engagements.actions.broadcast_sweep import send_due_broadcasts
from engagements.actions.bulk import work_due_bulk
from engagements.actions.digests import plan_digests, send_due_digests
from engagements.actions.foreseen import remind_due_foreseen
from engagements.actions.gap_invitations import ask_due_interest
from engagements.actions.imports.mails import forget_old_lists, send_listed_mails
from engagements.actions.imports.sweep import work_due_imports
from engagements.actions.invitations import send_due_invitations
from engagements.actions.meeting_ends import expire_due_meetings
from engagements.actions.meeting_reminders import send_due_reminders, tell_changed_clocks
from engagements.actions.outcome_clocks import ask_due_outcomes, remind_due_outcomes, send_participant_mails
from engagements.actions.pauses import flag_quiet_engagements, resume_due_engagements
from engagements.actions.pipeline_views import tell_due_views
from engagements.actions.place_watches import tell_due_watches
from engagements.actions.plan_sweep import work_due_plans
from engagements.actions.reminders import remind_waiting as remind_of_what_waits
from engagements.actions.report_orders import make_due_files
from engagements.actions.report_sending import send_due_report_mails
from engagements.actions.rescues import ask_due_experts
from engagements.actions.round_sweep import ask_skills_rounds as ask_who_is_due
from engagements.actions.searches import tell_due_searches
from engagements.actions.terms import rewrite_open_terms
from engagements.actions.waiting_ends import end_waiting as end_what_waits
from engagements.actions.work_spread import refresh_work_spread as count_work_spread


@shared_task(name="engagements.tasks.renew_verifications")
def renew_verifications() -> int:
    """Ask for renewal a month before a verification ends, and let what nobody renewed lapse."""
    return begin_renewals() + lapse_verifications()


@shared_task(name="engagements.tasks.remind_waiting")
def remind_waiting() -> int:
    """Remind whoever is waited for."""
    return remind_of_what_waits()


@shared_task(name="engagements.tasks.end_waiting")
def end_waiting() -> int:
    """End what nobody did in time."""
    return end_what_waits()


@shared_task(name="engagements.tasks.tell_place_watches")
def tell_place_watches() -> int:
    """Tell those who wait that a need reads offers again."""
    return tell_due_watches()


@shared_task(name="engagements.tasks.tell_saved_searches")
def tell_saved_searches() -> int:
    """Tell people of new needs that fit their saved searches."""
    return tell_due_searches()


@shared_task(name="engagements.tasks.ask_next_experts")
def ask_next_experts() -> int:
    """Ask the next experts for needs that nobody answers."""
    return ask_due_experts()


@shared_task(name="engagements.tasks.work_bulk")
def work_bulk() -> int:
    """Work what coordinators asked for with many rows."""
    return work_due_bulk()


@shared_task(name="engagements.tasks.work_imports")
def work_imports() -> int:
    """Check, import and take back the files that coordinators brought."""
    return work_due_imports()


@shared_task(name="engagements.tasks.mail_listed")
def mail_listed() -> int:
    """Ask the people whom a list named whether they want to take part."""
    return send_listed_mails()


@shared_task(name="engagements.tasks.forget_lists")
def forget_lists() -> int:
    """Delete what lists said of people who did not answer, and old files."""
    return forget_old_lists()


@shared_task(name="engagements.tasks.tell_views")
def tell_views() -> int:
    """Tell coordinators what is new in their views of the pipeline."""
    return tell_due_views()


@shared_task(name="engagements.tasks.send_digests")
def send_digests() -> int:
    """Send experts the weekly e-mail about new needs that fit."""
    plan_digests()
    return send_due_digests()


@shared_task(name="engagements.tasks.refresh_terms")
def refresh_terms() -> int:
    """Weigh the terms of needs anew: how rare each skill is has been counted meanwhile."""
    return rewrite_open_terms()


@shared_task(name="engagements.tasks.refresh_work_spread")
def refresh_work_spread() -> float:
    """Count how evenly completed work is spread over the experts."""
    return count_work_spread()


@shared_task(name="engagements.tasks.expire_meetings")
def expire_meetings() -> int:
    """Close the offers of times that nobody answered."""
    return expire_due_meetings()


@shared_task(name="engagements.tasks.send_invitations")
def send_invitations() -> int:
    """Tell calendars by e-mail what was agreed, moved or called off."""
    return send_due_invitations()


@shared_task(name="engagements.tasks.remind_meetings")
def remind_meetings() -> int:
    """Remind both sides of a session a day and an hour before, and ask afterwards how it went."""
    return send_due_reminders()


@shared_task(name="engagements.tasks.watch_clocks")
def watch_clocks() -> int:
    """Tell both sides of a session when a country has changed its clocks meanwhile."""
    return tell_changed_clocks()


@shared_task(name="engagements.tasks.resume_engagements")
def resume_engagements() -> int:
    """Go on with the work whose pause is over."""
    return resume_due_engagements()


@shared_task(name="engagements.tasks.flag_engagements")
def flag_engagements() -> int:
    """Flag the engagements in which nothing has happened for long."""
    return flag_quiet_engagements()


@shared_task(name="engagements.tasks.tell_rejected_files")
def tell_rejected_files() -> int:
    """Tell people that a file they shared was not accepted."""
    return shared_files.tell_rejected_files()


@shared_task(name="engagements.tasks.ask_outcomes")
def ask_outcomes() -> int:
    """Ask what came of the work where it is due, ask again, and write to counterparts and mentees."""
    asked = ask_due_outcomes() + remind_due_outcomes()
    send_participant_mails()
    return asked


@shared_task(name="engagements.tasks.remind_foreseen")
def remind_foreseen() -> int:
    """Remind of the needs that were foreseen for the coming quarter."""
    return remind_due_foreseen()


@shared_task(name="engagements.tasks.ask_skills_rounds")
def ask_skills_rounds() -> int:
    """Ask institutions which skills they will lack, where a round is open."""
    return ask_who_is_due()


@shared_task(name="engagements.tasks.ask_interest")
def ask_interest() -> int:
    """Ask experts whether they would help with a skill that will be needed."""
    return ask_due_interest()


@shared_task(name="engagements.tasks.send_broadcasts")
def send_broadcasts() -> int:
    """Tell the readers of coordinators' messages whose morning it is."""
    return send_due_broadcasts()


@shared_task(name="engagements.tasks.make_report_files")
def make_report_files() -> int:
    """Make the files of reports that were ordered."""
    return make_due_files()


@shared_task(name="engagements.tasks.work_plans")
def work_plans() -> int:
    """Compute the assignments of cohorts that wait, and send the nominations of those on their way."""
    return work_due_plans()


@shared_task(name="engagements.tasks.send_reports")
def send_reports() -> int:
    """Send reports to those outside to whom coordinators send them."""
    return send_due_report_mails()


@shared_task(name="engagements.tasks.work_waves")
def work_waves() -> int:
    """Tell who is asked by mapping waves, close those that are over, and let the links to answers leave."""
    return wave_sweeps.tell_due_waves() + wave_sweeps.close_due_waves() + wave_sweeps.send_wave_mails()


@shared_task(name="engagements.tasks.erase_waves")
def erase_waves() -> int:
    """Delete the answers of mapping waves whose day is over."""
    return wave_sweeps.erase_due_waves()
