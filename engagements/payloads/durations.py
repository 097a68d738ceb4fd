"""Lengths of time as people read them."""

from django.utils.translation import gettext as _


def duration(minutes: int) -> str:
    """Return minutes as hours and minutes, like “1 h 30 min”, in the active language."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
