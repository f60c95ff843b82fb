"""Partners themselves: added, changed, refused, and what the audit says."""

from typing import Any

import pytest

from partners.models import Partner, User
from partners.permissions import NotAuthorized
from partners.services.companies import (
    Company,
    PartnerInvalid,
    change_partner,
    company_of,
    create_partner,
)
from portal import audit_words
from portal.models import AuditRecord
from tests.factories import USED_AT, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db

CONTOSO = Company(name="Contoso Ltd", country="SE", programs=["MPN"])


def manager() -> User:
    """Return the benefits manager, always the same."""
    found = User.objects.filter(staff_kind="BENEFITS_MANAGER").first()
    return found or UserFactory(staff_kind="BENEFITS_MANAGER")


def create(company: Company = CONTOSO, *, mpn_id: str = "5123456", by: Any = None) -> Any:
    """Add Contoso."""
    return create_partner(mpn_id=mpn_id, company=company, by=by or manager(), at=USED_AT)


def test_partner_is_added_once_and_recorded():
    first = create(Company(name="  Contoso   Ltd ", country="SE", programs=("MPN",)))
    again = create()

    assert (first.is_changed, again.is_changed) == (True, False)
    partner = Partner.objects.get()
    assert (partner.name, partner.name_folded, company_of(partner=partner)) == (
        "Contoso Ltd",
        "contoso ltd",
        CONTOSO,
    )
    record = AuditRecord.objects.get()
    assert (record.action, record.partner_mpn_id, record.target_id) == (
        "partners.create_partner",
        "5123456",
        "5123456",
    )
    assert audit_words.detail_of(record.action, record.facts) == "Contoso Ltd, SE, MPN"


def test_partner_is_changed_once_and_recorded_with_what_was_before():
    partner = PartnerFactory(name="Contoso", country="US")
    changed = Company(name="Łódź AG", country="PL", programs=["CSP", "MPN"])

    results = [
        change_partner(mpn_id=partner.mpn_id, company=changed, by=manager(), at=USED_AT)
        for _ in range(2)
    ]

    assert [result.is_changed for result in results] == [True, False]
    partner.refresh_from_db()
    assert (partner.name, partner.name_folded, partner.in_csp) == ("Łódź AG", "łódź ag", True)
    record = AuditRecord.objects.get()
    assert audit_words.detail_of(record.action, record.facts) == (
        "Łódź AG, PL, MPN, CSP. Before: Contoso, US, MPN."
    )


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"mpn_id": "123456"}, "mpn_id", "An MPN ID has seven digits."),
        ({"mpn_id": "123456７"}, "mpn_id", "An MPN ID has seven digits."),
        ({"mpn_id": "5999999"}, "mpn_id", "The MPN ID 5999999 belongs to Litware."),
        ({"name": " "}, "name", "Enter the name of the company."),
        ({"name": "a\x00b"}, "name", "Enter the name of the company."),
        ({"name": "x" * 121}, "name", "A name has at most 120 characters."),
        ({"country": "Sweden"}, "country", "There is no country with the code Sweden."),
        ({"country": ""}, "country", "There is no country with the code ."),
        ({"programs": []}, "programs", "Choose MPN, CSP or both."),
        ({"programs": ["MPN", "OEM"]}, "programs", "Choose MPN, CSP or both."),
    ],
)
def test_partner_that_may_not_be_is_refused(changes, field, sentence):
    PartnerFactory(mpn_id="5999999", name="Litware")
    mpn_id = changes.pop("mpn_id", "5123456")

    with pytest.raises(PartnerInvalid) as refused:
        create(Company(**{**vars(CONTOSO), **changes}), mpn_id=mpn_id)

    assert (refused.value.message, refused.value.explanation.facts) == (sentence, {"field": field})
    assert Partner.objects.count() == 1


@pytest.mark.parametrize("kind", ["SUPPORT_AGENT", "AUDITOR", None])
def test_partner_is_written_by_managers_and_administrators_only(kind):
    partner, nobody = PartnerFactory(), UserFactory(staff_kind=kind)

    with pytest.raises(NotAuthorized):
        create(by=nobody)
    with pytest.raises(NotAuthorized):
        change_partner(mpn_id=partner.mpn_id, company=CONTOSO, by=nobody, at=USED_AT)

    assert list(Partner.objects.values_list("name", flat=True)) == [partner.name]
