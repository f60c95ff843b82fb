"""What the staff card is asked: a language, a pair, a product, a past day, what one may do."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from benefits.models import LedgerEntry
from benefits.services.links import revoke_link
from partnercenter.demo.accounts import (
    CONTOSO,
    EXHAUSTED,
    EXPIRED,
    FABRIKAM,
    PROSEWARE,
    SCHEDULED,
    TAILSPIN,
    WINGTIP,
)
from partners.models import User
from portal import languages
from portal.models import AuditRecord
from tests.factories import LinkFactory
from tests.pages.html import Element
from tests.pages.states import CLOUD, SAY
from tests.pages.visits import (
    STAFF,
    account,
    admin_of,
    client_of,
    contract,
    main_of,
    numbers,
    page_of,
    plan,
)
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

MANAGER, AUDITOR, ROOT = (f"{who}@portal.example" for who in ("manager", "auditor", "root"))
SERVER, OLD_WINDOWS, AZURE = "Windows Server/2025", "Windows/10", "Azure/Virtual Machines"
NOBODY = "no@body.example"


def card(mpn_id: str, *, who: str = STAFF, **asked: str) -> Element:
    """Return the card as it answers what its address asks."""
    response = client_of(who).get(reverse("support:staff-partner", args=[mpn_id]), asked)
    assert response.status_code == 200
    return main_of(page_of(response))


def answer(mpn_id: str, **asked: str) -> str:
    """Return what the card answers to whether it would work."""
    return card(mpn_id, **asked).one(id="answer").text


# --- the caller's language -------------------------------------------------------------------


def test_line_offers_the_six_languages_by_their_own_names():
    said = card(FABRIKAM, language="sv", account="kofi").one(cls="say-line")

    offered = {link.attrs["lang"]: link for link in said.all("a")}
    assert {code: link.text for code, link in offered.items()} == languages.NAMES
    assert [code for code, link in offered.items() if "aria-current" in link.attrs] == ["sv"]
    assert offered["ru"].attrs["href"] == "?language=ru&account=kofi"


SWEDISH = "17 av 20 lokala incidenter återstår att använda till och med 13 april."


@pytest.mark.parametrize(
    ("reader", "asked", "spoken", "line"),
    [
        ("", "", "en", SAY[FABRIKAM]),
        ("", "sv", "sv", SWEDISH),
        ("sv", "", "sv", SWEDISH),
        ("sv", "en", "en", SAY[FABRIKAM]),
        ("", "xx", "en", SAY[FABRIKAM]),
        ("sv", "../en", "sv", SWEDISH),
    ],
)
def test_line_is_in_the_callers_language_else_in_the_readers(
    reader: str, asked: str, spoken: str, line: str
):
    User.objects.filter(email=STAFF).update(language=reader)

    said = card(FABRIKAM, language=asked).one(cls="say-line")

    element = said.one(id="say")
    assert (element.attrs["lang"], element.text[: len(line)]) == (spoken, line)
    assert said.has("button", data_copy=element.text)


def test_line_that_cannot_be_said_in_a_language_is_english_and_marked_so(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    languages.is_translated.cache_clear()
    try:
        said = card(FABRIKAM, language="hu").one(cls="say-line")
    finally:
        languages.is_translated.cache_clear()

    line = said.one(id="say")
    assert (line.text, line.attrs["lang"]) == (SAY[FABRIKAM], "en")
    assert "not translated" in said.text


# --- the pair --------------------------------------------------------------------------------


def check(mpn_id: str, access_id: str, contract_id: str, *, status: int = 200, who: str = STAFF):
    """Post the pair to the partner's card; return the part of the page that answers."""
    typed = {"access_id": access_id, "contract_id": contract_id}
    response = client_of(who).post(reverse("support:staff-partner", args=[mpn_id]), typed)
    assert response.status_code == status
    assert contract_id not in response.content.decode()
    return page_of(response).one(id="check")


def test_pair_that_matches_is_said_to_and_recorded():
    access_id, contract_id = numbers(contract(FABRIKAM))

    part = check(FABRIKAM, access_id, contract_id, who=AUDITOR)

    assert part.one(id="pair-outcome").text == "The pair matches."
    assert [field.attrs.get("value", "") for field in part.all("input")[1:]] == ["", ""]
    record = AuditRecord.objects.filter(action="support.check_pair").latest("pk")
    assert record.actor_id == account(AUDITOR).pk
    assert record.target_id == str(contract(FABRIKAM).public_id)
    assert contract_id not in json.dumps(record.facts)


def test_pair_that_is_wrong_is_told_apart_from_one_of_another_card():
    access_id, contract_id = numbers(contract(FABRIKAM))
    _others, others_contract_id = numbers(contract(TAILSPIN))

    wrong = check(FABRIKAM, access_id, others_contract_id)
    elsewhere = check(TAILSPIN, access_id, contract_id)

    assert wrong.one(id="pair-outcome").text == "The Contract ID does not match."
    assert elsewhere.one(id="pair-outcome").text == "The pair matches."
    assert "It is about a contract of Fabrikam." in elsewhere.text
    where = reverse("support:staff-contract", args=[contract(FABRIKAM).public_id])
    assert elsewhere.has("a", href=where)


def test_pair_with_a_typing_error_says_in_which_field_and_writes_no_number_down():
    access_id, contract_id = numbers(contract(FABRIKAM))
    mistyped = contract_id[:-1] + str((int(contract_id[-1]) + 1) % 10)

    part = check(FABRIKAM, access_id, mistyped, status=400)

    (error,) = part.all(cls="field__error")
    assert error.text.startswith("The Contract ID has a typing error")
    record = AuditRecord.objects.filter(action="support.check_pair").latest("pk")
    assert (record.refusal_code, record.facts) == ("malformed_id", {"fields": ["contract_id"]})


def test_pair_tried_too_often_is_stopped_with_the_time():
    access_id, _own = numbers(contract(FABRIKAM))
    _others, wrong = numbers(contract(TAILSPIN))
    client = client_of(STAFF)
    url = reverse("support:staff-partner", args=[FABRIKAM])

    answers = [
        client.post(url, {"access_id": access_id, "contract_id": wrong}) for _try in range(11)
    ]

    assert [one.status_code for one in answers] == [200] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


# --- would it work ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mpn_id", "version", "email", "words"),
    [
        (FABRIKAM, SERVER, "", ["Yes", "Partner support Gold 20pack", "17 → 16 remaining."]),
        (FABRIKAM, SERVER, "Consultant@outlook.example ", ["Yes", "Kofi Mensah", "17 → 16"]),
        (TAILSPIN, AZURE, "admin@tailspin.example", ["Yes", "Signature Cloud", "unlimited."]),
        (FABRIKAM, OLD_WINDOWS, "", ["No", "its mainstream support ended on 14 October 2025"]),
        (WINGTIP, AZURE, "admin@wingtip.example", ["Yes", "5 → 4 remaining."]),
        (
            EXHAUSTED,
            AZURE,
            "",
            ["No", "All 10 incidents have been used", "Cloud support now"],
        ),
        (EXPIRED, SERVER, "", ["No", "This plan ended on"]),
        (SCHEDULED, SERVER, "", ["No", "This benefit starts on 30 November 2026."]),
        (CONTOSO, SERVER, "user@contoso.example", ["No", "has not activated", "Ana Berg"]),
        (FABRIKAM, SERVER, "pat@outlook.example", ["No", "no usable support plan"]),
        (FABRIKAM, SERVER, NOBODY, ["No account has this e-mail address."]),
        (FABRIKAM, SERVER, AUDITOR, ["This is an account of staff"]),
        (FABRIKAM, "Windows/3.11", "", ["Choose a product and its version."]),
        (FABRIKAM, "", "consultant@outlook.example", ["Choose a product and its version."]),
        (PROSEWARE, SERVER, "", ["There is no support plan."]),
    ],
)
def test_question_is_answered_by_the_rules_of_the_wizard(mpn_id, version, email, words):
    text = answer(mpn_id, version=version, email=email)

    assert [word for word in words if word not in text] == [], text


def test_question_about_an_account_whose_link_was_taken_away_says_so():
    revoke_link(
        contract_id=contract(FABRIKAM).public_id,
        user=account("consultant@outlook.example"),
        by=admin_of(FABRIKAM),
        at=NOW,
    )

    text = answer(FABRIKAM, version=SERVER, email="consultant@outlook.example")

    assert "Fabrikam took this contract away from your account on 20 November 2026." in text


def test_question_stays_in_its_form_and_keeps_what_else_was_asked():
    part = card(FABRIKAM, version=SERVER, email=NOBODY, language="sv").one(id="would-it-work")

    assert part.one("option", selected="").attrs["value"] == SERVER
    assert part.one("input", id="id_email").attrs["value"] == NOBODY
    assert part.one("input", type="hidden").attrs == {
        "type": "hidden",
        "name": "language",
        "value": "sv",
    }


# --- as of a past day ------------------------------------------------------------------------


def test_past_day_shows_the_balance_of_then_with_the_entries_that_prove_it():
    of = plan(FABRIKAM, CLOUD)
    uses = LedgerEntry.objects.filter(plan=of, kind="CONSUME").order_by("number")
    day = (uses[0].occurred_at + timedelta(days=1)).date()

    main = card(FABRIKAM, day=day.isoformat())

    tile = main.one("li", data_plan=str(of.public_id))
    assert (tile.one(cls="number-large").text, "of 10 · 1 used" in tile.text) == ("9", True)
    assert f"Balance on {day.day} " in main.one(cls="alert__title").text
    assert not main.has(id="say")
    until = LedgerEntry.objects.filter(plan__package=of.package, occurred_at__date__lte=day)
    newest_first = until.order_by("-occurred_at", "-pk").values_list("quantity", flat=True)
    listed = main.all("table")[0].all("td", data_label="Quantity")
    assert [int(cell.text.replace("\u2212", "-")) for cell in listed] == list(newest_first)
    assert main.one(id=f"chart-{of.public_id}").texts(cls="chart__text--number")[-1].strip() == "9"


def test_past_day_before_the_activation_shows_what_was_not_active_then():
    day = (contract(FABRIKAM).requested_at - timedelta(days=2)).date()

    main = card(FABRIKAM, day=day.isoformat())

    tile = main.one("li", data_plan=str(plan(FABRIKAM).public_id))
    assert tile.texts(cls="badge") == ["Not activated"]
    assert "Access ID" not in tile.text


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("2026-11-21", "This day lies in the future. Enter a past one."),
        ("9999-12-31", "This day lies in the future. Enter a past one."),
        ("2001-01-01", "Nothing had started on 1 January 2001. Enter a later day."),
        ("0001-01-01", "Nothing had started on 1 January 0001. Enter a later day."),
        ("yesterday", "Enter a day as year, month and day, such as 2026-03-01."),
        ("2026-02-30", "Enter a day as year, month and day, such as 2026-03-01."),
        ("2026-11-20", ""),
        ("", ""),
    ],
)
def test_day_that_is_no_past_one_is_explained_and_the_card_stays_as_of_now(day, problem):
    main = card(FABRIKAM, day=day)

    assert main.one(id="past").texts(cls="field__error") == ([problem] if problem else [])
    assert main.one(id="say").text == SAY[FABRIKAM]
    # What is no day at all, a browser would not show in the field of a day.
    shown = "" if problem.startswith("Enter") else day
    assert main.one("input", id="id_day").attrs["value"] == shown


# --- what one may do -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        (STAFF, ["Work on the open requests"]),
        (
            MANAGER,
            [
                "Work on the open requests",
                "Correct On-premises support incidents (Gold competency)",
                "Correct Cloud support incidents (Gold competency)",
                "Correct Technical presales and deployment (Gold competency)",
            ],
        ),
        (AUDITOR, []),
    ],
)
def test_card_offers_what_the_role_may_do(who: str, offered: list[str]):
    part = card(FABRIKAM, who=who).one(id="actions")

    assert part.texts("a") == offered
    assert ("changes nothing" in part.text) == (who == AUDITOR)
    assert card(FABRIKAM, who=ROOT).one(id="actions").texts("a") == card(FABRIKAM, who=MANAGER).one(
        id="actions"
    ).texts("a")


# --- linked accounts -------------------------------------------------------------------------


def test_many_linked_accounts_page_by_key():
    for number in range(40):
        LinkFactory(contract=contract(FABRIKAM), user__email=f"n{number:02}@x.example")
    main = card(FABRIKAM, account="n")
    (more,) = [link for link in main.all("a") if link.text == "More"]
    key = more.attrs["href"].rpartition("after=")[2]

    rest = card(FABRIKAM, account="n", after=key)

    shown = [main.text.count("@x.example"), rest.text.count("@x.example")]
    assert shown == [25, 15]
    assert card(FABRIKAM, account="n", after="nonsense").text.count("@x.example") == 25
