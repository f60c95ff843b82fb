"""
What the pages must say of every plan of the demo world on 20 November 2026, as one table.

Benefits page, wizard and staff card are held against the same lines. `{}` stands
for the number of the last request that the plan paid.
"""

from dataclasses import dataclass

from benefits.allotments import Scope
from partnercenter.demo import accounts
from partnercenter.demo.accounts import (
    ADATUM,
    CONTOSO,
    EXHAUSTED,
    EXPIRED,
    FABRIKAM,
    LITWARE,
    NORTHWIND,
    PENDING,
    PROSEWARE,
    RENEWAL,
    SCHEDULED,
    TAILSPIN,
    WINGTIP,
)

ON_PREMISES, CLOUD = Scope.ON_PREMISES, Scope.CLOUD
PLANS = {
    "GOLD": ("Partner support Gold 20pack", ON_PREMISES),
    "SILVER": ("Partner support Silver 15pack", ON_PREMISES),
    "PACK": ("Partner support MAPS 10pack", ON_PREMISES),
    "TEN": ("Signature 10-pack", CLOUD),
    "FIVE": ("Signature 5-pack", CLOUD),
    "ENDLESS": ("Signature Cloud Support", CLOUD),
}

# Partner, plan, large number, small line, badges.
TABLE = """
CONTOSO | GOLD | 20 | incidents after activation · activate by 20 Oct 2027 | Not activated
CONTOSO | ENDLESS | Unlimited | incidents after activation · activate by 20 Oct 2027 | Not activated
FABRIKAM | GOLD | 17 | of 20 left · ends 13 Apr 2027, in 144 days | Active
FABRIKAM | TEN | 6 | of 10 left · ends 13 Apr 2027, in 144 days | Active
NORTHWIND | SILVER | 3 | of 15 left · ends 22 Feb 2027, in 94 days | Few left
NORTHWIND | FIVE | 1 | of 5 left · ends 22 Feb 2027, in 94 days | Few left
TAILSPIN | SILVER | 14 | of 15 left · ends 21 Aug 2027, in 274 days | Active
TAILSPIN | ENDLESS | Unlimited | 4 used since 2 Aug 2026 · ends 21 Aug 2027, in 274 days | Active
ADATUM | PACK | 8 | of 10 left · ends 20 Sep 2027, in 304 days | Active
WINGTIP | PACK | 10 | of 10 left · ends 2 Jun 2027, in 194 days | Active
WINGTIP | SILVER | 12 | of 15 left · ends 22 Jul 2027, in 244 days | Active
WINGTIP | FIVE | 5 | of 5 left · ends 22 Jul 2027, in 244 days | Active
EXPIRED | GOLD | 0 | ended 10 Oct 2026 · 4 of 20 were unused | Ended
EXPIRED | TEN | 0 | ended 10 Oct 2026 · 3 of 10 were unused | Ended
RENEWAL | GOLD | 11 | of 20 left · ends 9 Dec 2026, in 19 days | Active, Ends in 19 days
RENEWAL | TEN | 7 | of 10 left · ends 9 Dec 2026, in 19 days | Active, Ends in 19 days
EXHAUSTED | GOLD | 0 | of 20 left · since 17 Nov 2026, request {} · ends 14 Mar 2027 | Used up
EXHAUSTED | TEN | 0 | of 10 left · since 17 Nov 2026, request {} · ends 14 Mar 2027 | Used up
PENDING | GOLD | 20 | requested 18 Nov 2026 by Paul Enders · ready by 21 Nov 2026 | Pending
PENDING | TEN | 10 | requested 18 Nov 2026 by Paul Enders · ready by 21 Nov 2026 | Pending
SCHEDULED | SILVER | 15 | from 30 Nov 2026 | Starts later
SCHEDULED | FIVE | 5 | from 30 Nov 2026 | Starts later
"""

NOT_ACTIVATED = (
    "Contoso has not activated this benefit yet. It can be activated until 20 October 2027. "
    "Ask somebody who can do it: Ana Berg or Li Wei"
)
WAITING = (
    "Activation was requested on 18 November 2026 by Paul Enders and is ready by 21 November "
    "2026. Nothing has to be done: it becomes active by itself."
)
LATER = "This benefit starts on 30 November 2026. It can be activated from that day on."
ENDED = (
    "This plan ended on 10 October 2026. Use a newer contract, or compare the partner support "
    "plans."
)
USED_UP = (
    "All 20 incidents have been used since 17 November 2026. Compare the partner support plans."
)
CLOUD_USED_UP = (
    "All 10 incidents have been used since 17 November 2026. Cloud support now needs a paid plan: "
    "compare the partner support plans."
)
# Why a plan cannot be used; those that are not named here can.
REASONS = {
    (CONTOSO, ON_PREMISES): ("benefit_not_activated", NOT_ACTIVATED),
    (CONTOSO, CLOUD): ("benefit_not_activated", NOT_ACTIVATED),
    (PENDING, ON_PREMISES): ("activation_pending", WAITING),
    (PENDING, CLOUD): ("activation_pending", WAITING),
    (SCHEDULED, ON_PREMISES): ("benefit_not_started", LATER),
    (SCHEDULED, CLOUD): ("benefit_not_started", LATER),
    (EXPIRED, ON_PREMISES): ("contract_expired", ENDED),
    (EXPIRED, CLOUD): ("contract_expired", ENDED),
    (EXHAUSTED, ON_PREMISES): ("no_incidents_remaining", USED_UP),
    (EXHAUSTED, CLOUD): ("no_incidents_remaining", CLOUD_USED_UP),
}


@dataclass(frozen=True)
class State:
    """One plan: where it stands, what is shown of it, and why it cannot be used, if so."""

    mpn_id: str
    plan_name: str
    scope: Scope
    number: str
    line: str
    badges: tuple[str, ...]

    @property
    def reason(self) -> tuple[str, str]:
        """Code and words of the explanation; two empty texts when it can be used."""
        return REASONS.get((self.mpn_id, self.scope), ("", ""))


def _read() -> dict[str, State]:
    states = {}
    for row in TABLE.strip().splitlines():
        partner, plan, number, line, badges = (cell.strip() for cell in row.split("|"))
        states[f"{partner}-{plan}".lower()] = State(
            getattr(accounts, partner), *PLANS[plan], number, line, tuple(badges.split(", "))
        )
    return states


STATES = _read()

HEADLINES = {
    CONTOSO: "20 on-premises incidents and unlimited cloud support, to be activated by "
    "20 October 2027",
    FABRIKAM: "17 on-premises incidents and 6 cloud incidents until 13 April 2027",
    NORTHWIND: "3 on-premises incidents and 1 cloud incident until 22 February 2027",
    TAILSPIN: "14 on-premises incidents and unlimited cloud support until 21 August 2027",
    ADATUM: "8 on-premises incidents until 20 September 2027",
    WINGTIP: "10 on-premises incidents from Action Pack until 2 June 2027; 12 on-premises "
    "incidents and 5 cloud incidents from Silver until 22 July 2027",
    RENEWAL: "11 on-premises incidents and 7 cloud incidents until 9 December 2026",
    EXHAUSTED: "No incidents left; the contract ends on 14 March 2027",
    PENDING: "20 on-premises incidents and 10 cloud incidents, ready by 21 November 2026",
    SCHEDULED: "15 on-premises incidents and 5 cloud incidents from 30 November 2026",
}

SAY = {
    CONTOSO: "Your company has 20 on-premises incidents and unlimited cloud support but hasn't "
    "activated them. Ana Berg or Li Wei can.",
    FABRIKAM: "17 of 20 on-premises incidents left until 13 April. 6 of 10 cloud incidents left "
    "until 13 April.",
    NORTHWIND: "Only 3 of 15 on-premises incidents left until 22 February. Only 1 of 5 cloud "
    "incidents left until 22 February.",
    TAILSPIN: "14 of 15 on-premises incidents left until 21 August. Cloud is unlimited until "
    "21 August.",
    ADATUM: "8 of 10 on-premises incidents left until 20 September 2027.",
    WINGTIP: "Action Pack: 10 of 10 on-premises incidents left until 2 June. Silver: 12 of 15 "
    "on-premises incidents left until 22 July. 5 of 5 cloud incidents left until 22 July.",
    LITWARE: "There is no support plan.",
    PROSEWARE: "There is no support plan.",
    EXPIRED: "Ended on 10 October; 4 unused on-premises incidents and 3 cloud incidents lapsed.",
    RENEWAL: "11 of 20 on-premises incidents left until 9 December. 7 of 10 cloud incidents left "
    "until 9 December.",
    EXHAUSTED: "None left since Tuesday; cloud needs a paid plan. On-premises none left since "
    "Tuesday.",
    PENDING: "Requested on the 18th, ready by the 21st.",
    SCHEDULED: "Starts on 30 November.",
}

NOTICES = {
    CONTOSO: ["Not activated"],
    FABRIKAM: [],
    NORTHWIND: ["Few left"],
    TAILSPIN: [],
    ADATUM: [],
    WINGTIP: [],
    RENEWAL: ["Ends soon"],
    EXPIRED: [],
    EXHAUSTED: ["Used up"],
    PENDING: ["Activation pending"],
    SCHEDULED: [],
    PROSEWARE: [],
}
