"""The command that registers a client from the machine itself."""

from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from partners.models import ApiClient
from partners.scopes import PARTNER_SCOPES, STAFF_SCOPES
from portal.models import AuditRecord
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


def run(*arguments):
    """Run the command and return what it prints."""
    output = StringIO()
    call_command("register_client", *arguments, stdout=output)
    return output.getvalue()


def test_command_prints_id_and_secret_of_the_new_client():
    partner = PartnerFactory(mpn_id="5123456")

    printed = run("--partner", "5123456", "--name", "Monitor", "--scope", "events.read")

    client = ApiClient.objects.get()
    secret = printed.split("Client secret: ")[1].split()[0]
    assert (client.partner, client.name, client.scopes) == (partner, "Monitor", ["events.read"])
    assert check_password(secret, client.client_secret)
    assert printed == (
        f"Client ID:     {client.client_id}\n"
        f"Client secret: {secret}\n"
        "Scopes:        events.read\n"
        "The secret is not stored and will not be shown again.\n"
    )


def test_command_without_scopes_gives_all_that_are_allowed():
    PartnerFactory(mpn_id="5123456")

    run("--partner", "5123456", "--name", "Monitor")
    run("--staff", "--name", "Desk")

    of_partner, of_staff = ApiClient.objects.order_by("pk")
    assert of_partner.scopes == list(PARTNER_SCOPES)
    assert (of_staff.partner, of_staff.scopes) == (None, list(STAFF_SCOPES))


def test_command_is_recorded_as_one():
    run("--staff", "--name", "Desk", "--scope", "events.read", "--scope", "staff")

    record = AuditRecord.objects.get()
    assert (record.action, record.actor, record.channel) == (
        "partners.register_client",
        None,
        "COMMAND",
    )
    assert record.facts == {"name": "Desk", "scopes": ["events.read", "staff"]}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--partner", "5999999", "--name", "X"], "There is no active partner with the MPN ID"),
        (["--partner", "5000001", "--name", "X"], "There is no active partner with the MPN ID"),
        (["--partner", "5000002", "--name", "X"], "Litware isn't enrolled in MPN."),
        (["--partner", "5123456", "--name", " "], "Give the client a name."),
        (["--staff", "--name", "X", "--scope", "contracts.ids"], "may not have: contracts.ids."),
        (["--name", "X"], "one of the arguments --partner --staff is required"),
        (["--staff", "--partner", "5123456", "--name", "X"], "not allowed with argument"),
        (["--staff"], "the following arguments are required: --name"),
    ],
)
def test_command_that_cannot_be_done_says_so_in_a_sentence(arguments, sentence):
    PartnerFactory(mpn_id="5000001", inactive=True)
    PartnerFactory(mpn_id="5000002", name="Litware", csp_only=True)
    PartnerFactory(mpn_id="5123456")

    with pytest.raises(CommandError) as refused:
        run(*arguments)

    assert sentence in str(refused.value)
    assert ApiClient.objects.count() == 0


def test_command_that_is_refused_is_recorded():
    PartnerFactory(mpn_id="5000002", csp_only=True)

    with pytest.raises(CommandError):
        run("--partner", "5000002", "--name", "X")

    record = AuditRecord.objects.get()
    assert (record.action, record.partner_mpn_id, record.refusal_code) == (
        "partners.register_client",
        "5000002",
        "not_authorized",
    )
