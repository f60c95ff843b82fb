"""Where trying too often ends, and what is sent there once more: asked inside a world."""

from contextlib import suppress

from django.urls import reverse

from benefits.services.links import GUESSES, PairNotFound, link_contract
from partners.models import User
from partners.sign_in import PER_ACCOUNT
from portal import clock, throttle
from tests.browser.addresses import FRITZ, NOBODY
from tests.factories import well_formed
from tests.sessions import session_of

# By the name of each field.
Typed = dict[str, str]


def last_tries() -> list[tuple[str, str, Typed, str]]:
    """Try as often as is allowed; return session, address, what is typed, button of one more."""
    fritz = User.objects.get(email=FRITZ)
    pair = {"access_text": str(well_formed(1)), "contract_text": str(well_formed(2))}
    throttle.count_all([(PER_ACCOUNT, FRITZ)] * PER_ACCOUNT.hits)
    for _miss in range(GUESSES.hits):
        with suppress(PairNotFound):
            link_contract(**pair, by=fritz, at=clock.now())
    typed = {"access_id": pair["access_text"], "contract_id": pair["contract_text"]}
    wrong = {"login": FRITZ, "password": "a-wrong-one"}
    return [
        (NOBODY, reverse("account_login"), wrong, "Sign in"),
        (session_of(fritz), reverse("support:plans"), typed, "Add contract"),
    ]
