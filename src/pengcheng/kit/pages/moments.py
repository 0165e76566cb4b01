"""Moments and ages in words."""

from datetime import date, datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pengcheng.kernel import clock

MINUTE, HOUR, DAY = 60, 3600, 86400


def day(moment: date) -> str:
    """A day as all pages write it."""
    return str(formats.date_format(moment, "DATE_FORMAT"))


def told(moment: datetime | None) -> str:
    """A moment in the city's time, to the minute; nothing for none."""
    return str(stamp(moment)["text"]) if moment else ""


def terse(moment: datetime) -> str:
    """For readings and walls full of them, where figures stand under figures."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


def stamp(moment: datetime) -> dict[str, Any]:
    local = clock.local(moment)
    return {
        "iso": local.isoformat(timespec="seconds"),
        "text": f"{day(local)} {local:%H:%M}",
    }


def ago(moment: datetime) -> str:
    seconds = max(0, int((clock.now() - moment).total_seconds()))
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        count = seconds // MINUTE
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", count) % {"count": count}
    if seconds < DAY:
        count = seconds // HOUR
        return ngettext("%(count)d hour ago", "%(count)d hours ago", count) % {"count": count}
    count = seconds // DAY
    return ngettext("%(count)d day ago", "%(count)d days ago", count) % {"count": count}


def lasting(seconds: int) -> str:
    """A span in words: `3 hours 1 second`."""
    days, rest = divmod(max(0, seconds), DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = (
        (days, ngettext("%(count)d day", "%(count)d days", days)),
        (hours, ngettext("%(count)d hour", "%(count)d hours", hours)),
        (minutes, ngettext("%(count)d minute", "%(count)d minutes", minutes)),
        (left, ngettext("%(count)d second", "%(count)d seconds", left)),
    )
    shown = [each for each in parts if each[0]] or parts[-1:]
    return " ".join(text % {"count": count} for count, text in shown)
