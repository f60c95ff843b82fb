"""Two admins activate one package at once: one contract, one pair, one grant for each plan."""

import time
from functools import partial

import pytest

from partnercenter.demo import accounts
from tests.faults import books, clients, stages
from tests.faults.figures import tell
from tests.world.server import Server

pytestmark = pytest.mark.race
ATTEMPTS_EACH = 10
TECHNICAL = "/dashboard/mpn/membership/benefits/technical"


def test_activation_by_two_admins_at_once_issues_one_pair(server: Server, record_property) -> None:
    world = server.world
    sessions = world.call(
        stages.sessions, emails=["admin@contoso.example", "mpnadmin@contoso.example"]
    )
    plan = world.call(stages.plan_id, mpn_id=accounts.CONTOSO, scope="ON_PREMISES")
    admins = [clients.Visitor(server.url, session) for session in sessions]
    for admin in admins:
        assert admin.open(f"{TECHNICAL}/{plan}").status == 200
    windows = [
        clients.Visitor(server.url, admin.session, cookies=clients.copy_of(admin.cookies))
        for admin in admins
        for _ in range(ATTEMPTS_EACH)
    ]
    before = world.call(books.read)
    assert world.call(stages.package_of, plan=plan) == {"ids": [], "grants": []}
    started = time.monotonic()

    answers = clients.all_at_once(
        [partial(window.send, f"{TECHNICAL}/{plan}/activate", {}) for window in windows]
    )

    tell(
        record_property,
        seconds=f"{time.monotonic() - started:.1f}",
        answers=dict(clients.statuses(answers)),
        unavailable=clients.unavailable(answers),
    )
    assert clients.statuses(answers) == {302: 2 * ATTEMPTS_EACH}
    assert {answer.location for answer in answers} == {f"{TECHNICAL}/{plan}#ids"}
    # Gold with a cloud competency: the cloud plan is unlimited, so it has no grant.
    assert world.call(stages.package_of, plan=plan) == {
        "ids": ["ACCESS", "CONTRACT"],
        "grants": [["MICROSOFT_PRODUCT_SUPPORT", 20]],
    }
    after = world.call(books.read)
    assert after["problems"] == []
    assert after["issued_ids"] == before["issued_ids"] + 2
    assert after["entries"] == {**before["entries"], "GRANT": before["entries"]["GRANT"] + 1}
    activated = "benefits.activate_package"
    assert after["done"] == {**before["done"], activated: before["done"][activated] + 1}
