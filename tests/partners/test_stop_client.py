"""The commands that list clients of the API and stop one, from the machine itself."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from partners.models import ApiClient
from partners.roles import Role
from tests.factories import AffiliationFactory, ApiClientFactory, UserFactory, token_of
from tests.partners.client_records import records

pytestmark = pytest.mark.django_db


def run(*arguments):
    """Run the command and return what it prints."""
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def root():
    """Return an administrator of the portal."""
    return UserFactory(email="root@portal.example", staff_kind="ADMINISTRATOR")


@pytest.fixture
def desk():
    """Return a client of staff that has a token."""
    client = ApiClientFactory(name="Desk statistics", staff=True)
    token_of(client)
    return client


def test_client_of_staff_is_stopped_by_an_administrator_and_recorded(root, desk):
    printed = run("revoke_client", desk.client_id, "--by", "Root@portal.example")

    assert printed == "Desk statistics is revoked; it gets no token, and those it has are gone.\n"
    desk.refresh_from_db()
    assert (desk.is_revoked, desk.revoked_by, desk.accesstoken_set.count()) == (True, root, 0)
    assert records() == [("partners.revoke_client", root, "", "client", desk.client_id, {})]


def test_client_of_a_partner_is_stopped_by_its_global_admin():
    admin = AffiliationFactory(roles=[Role.GLOBAL_ADMIN])
    client = ApiClientFactory(partner=admin.partner)

    run("revoke_client", client.client_id, "--by", admin.user.email)

    client.refresh_from_db()
    assert client.revoked_by == admin.user


def test_client_of_staff_is_not_stopped_by_an_agent_and_the_attempt_is_recorded(desk):
    agent = UserFactory(staff=True)

    with pytest.raises(CommandError, match="You are not authorized for this action"):
        run("revoke_client", desk.client_id, "--by", agent.email)

    assert not ApiClient.objects.get(pk=desk.pk).is_revoked
    assert [record[:2] for record in records()] == [("partners.revoke_client", agent)]


@pytest.mark.parametrize(
    ("client_id", "by", "said"),
    [
        ("nothing", "root@portal.example", "root@portal.example has no client nothing."),
        ("nothing", "nobody@portal.example", "There is no active account nobody@portal.example."),
    ],
)
@pytest.mark.usefixtures("root")
def test_client_or_account_that_is_not_there_is_said_to_be_none(client_id, by, said):
    with pytest.raises(CommandError, match=said):
        run("revoke_client", client_id, "--by", by)


def test_clients_of_staff_and_of_a_partner_are_listed_apart(root, desk):
    of_partner = ApiClientFactory(name="Monitor", scopes=["events.read"])
    run("revoke_client", desk.client_id, "--by", root.email)
    desk.refresh_from_db()

    staff = run("list_clients", "--staff")
    partner = run("list_clients", "--partner", of_partner.partner.mpn_id)

    def since(moment: datetime) -> str:
        return f"registered {moment:%Y-%m-%d}"

    assert staff == (
        f"{desk.client_id}  Desk statistics  {since(desk.registered_at)}, "
        f"revoked {desk.revoked_at:%Y-%m-%d}  {' '.join(desk.scopes)}\n"
    )
    assert partner == (
        f"{of_partner.client_id}  Monitor  {since(of_partner.registered_at)}, never used  "
        "events.read\n"
    )


def test_clients_of_no_partner_are_not_listed():
    with pytest.raises(CommandError, match="no partner with the MPN ID 9999999"):
        run("list_clients", "--partner", "9999999")
