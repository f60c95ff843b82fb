"""What may be wrong with a row of memberships, beside what may be wrong with any row."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

SENTENCES: dict[str, Promise] = {
    "unknown_level": gettext_lazy("There is no level “%(value)s”. Write one of %(known)s."),
    "unknown_competency": gettext_lazy(
        "There is no competency “%(value)s”. Write names of the list below, with | between them."
    ),
    "bad_date": gettext_lazy("“%(value)s” is not a date. Write it as 2026-11-20."),
    "impossible_date": gettext_lazy(
        "%(value)s is not in the calendar. Write a day that there is, as 2026-11-20."
    ),
    "date_out_of_range": gettext_lazy(
        "%(value)s is out of range. Write a day from %(first)s to %(last)s."
    ),
    "not_in_mpn": gettext_lazy(
        "%(partner)s isn't enrolled in MPN, and memberships belong to MPN. Add the program to the "
        "partner first."
    ),
    "action_pack_competencies": gettext_lazy(
        "An Action Pack has no competencies. Leave them out, or write SILVER or GOLD."
    ),
    "overlapping_years": gettext_lazy(
        "A membership of this kind runs from %(first)s to %(last)s already. Write a start on or "
        "after %(last)s."
    ),
    "overlapping_lines": gettext_lazy(
        "This year and that of line %(other)s, from %(first)s, overlap. Write starts that are a "
        "year apart."
    ),
    "level_differs": gettext_lazy(
        "The year from this day is %(level)s. Write that: levels change by an upgrade, not by an "
        "import."
    ),
    "competency_differs": gettext_lazy(
        "The year from this day is there without the competency %(competency)s. Leave it out: "
        "competencies of a year that is there are added on the partner's card."
    ),
}
