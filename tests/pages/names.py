"""The words on pages that no catalogue translates."""

from benefits.allotments import COMPETENCIES
from benefits.models import Plan
from benefits.support_plans import SUPPORT_PLANS
from partnercenter.demo import accounts
from portal import languages, places
from support.products import CATALOGUE
from tests.pages.wizard import ISSUE
from tests.pseudo_language import WORD
from tests.world.loaded import NOW


def proper_names() -> set[str]:
    """Return the words that are the same in every language, or that no catalogue translates."""
    names = [
        *(p.name for p in CATALOGUE),
        *Plan.objects.values_list("name", flat=True),
        *(plan.name for plan in SUPPORT_PLANS),
        *(f"{fact.name} {fact.solution_area}" for fact in COMPETENCIES.values()),
        *(name for _code, name in [*places.countries(), *places.languages()]),
        *(name for name, _label in places.time_zones(on=NOW.date())),
        *(a.name for a in accounts.ACCOUNTS),
        *(c.client_id for c in accounts.CLIENTS),
        # Each is offered by its own name.
        *languages.NAMES.values(),
        *ISSUE.values(),
        "Microsoft MPN CSP",
    ]
    return {word for name in names for word in WORD.findall(name)}
