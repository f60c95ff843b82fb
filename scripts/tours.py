"""The states of pages that no link leads to: forms on their way, with errors, and sent."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db import OperationalError
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Page, Route

from scripts.demo_portal import sign_in
from scripts.sights import TECHNICAL

FABRIKAM_ADMIN = "admin@fabrikam.example"
MANAGER = "manager@portal.example"
CARD = "/staff/partners/5234567"
RESET_LINK = re.compile(r"/accounts/password/reset/key/\S+")
AT_WORK = ".htmx-request, .htmx-swapping, .htmx-settling"
WRONG_PARTNERS = b"mpn_id,name,country,programs\n12,,Nowhere,MPN\n5234567,Fabrikam,DE,XYZ\n"


@dataclass(frozen=True)
class Tour:
    """
    A walk of one account; it stops, and is photographed, wherever it yields a name.

    `shows` are the names of the pages on which it stops; the walk gets the server's log too.
    """

    who: str
    name: str
    shows: frozenset[str]
    walk: Callable[[Page, Path], Iterator[str]]


def turned_away_at_sign_in(page: Page, log: Path) -> Iterator[str]:
    """The wrong password, a form of another session, a new password, one that is too short."""
    sign_in(page, "nobody@contoso.example", password="not-the-password")  # noqa: S106
    yield "sign-in, wrong"
    page.goto("/accounts/login/")
    page.locator("#id_password").fill("any")
    page.locator("#id_login").fill("pat@outlook.example")
    page.context.clear_cookies()
    page.locator("#id_password").press("Enter")
    page.wait_for_load_state()
    yield "form of another session"
    page.goto("/accounts/password/reset/")
    page.locator("#id_email").fill("user@renewal.example")
    page.locator("#id_email").press("Enter")
    page.wait_for_url("**/done/")
    page.goto(RESET_LINK.findall(log.read_text())[-1])
    yield "new password"
    page.locator("#id_password1").fill("short")
    page.locator("#id_password2").fill("other")
    page.locator("#id_password2").press("Enter")
    _wait_for_error(page)
    yield "new password, errors"


def not_for_the_address_bar(page: Page, _log: Path) -> Iterator[str]:
    """An address that takes forms only, and one whose filter is nonsense."""
    page.goto("/dashboard/notifications/read")
    yield "405"
    page.goto("/supportforbusiness/manage?state=NONSENSE")
    yield "requests, a filter that is none"


def out_of_order(page: Page, _log: Path) -> Iterator[str]:
    """What a bug and a lost database answer: as the portal says it, put in place of a page."""
    from portal import errors  # noqa: PLC0415 - has models, which only a set-up portal imports

    asked = RequestFactory().get("/help/")
    with translation.override(page.evaluate("navigator.language")):
        answers = {
            "500": errors.server_error(asked),
            "503": errors.unavailable(asked, OperationalError()),
        }
    for status, answer in answers.items():
        page.route("**/help/", partial(_answer, html=answer.content.decode()))
        page.goto("/help/")
        yield status
        page.unroute("**/help/")


def _answer(route: Route, *, html: str) -> None:
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


def menus(page: Page, _log: Path) -> Iterator[str]:
    """The menus of the top bar, and the navigation where it is folded."""
    page.goto("/dashboard/")
    for number in range(page.locator("header details > summary").count()):
        summary = page.locator("header details > summary").nth(number)
        if summary.is_visible():
            summary.click()
            yield f"menu {number + 1}"
            summary.click()


def wizard(page: Page, _log: Path) -> Iterator[str]:
    """Support for Business: each step, with errors, to the request."""
    page.goto("/supportforbusiness/create")
    yield "step 1"
    choose_product(page, "Windows", "10")
    yield "step 1, nothing usable"
    _open_expanders(page)
    page.locator("#id_access_id").fill("123 456 789")
    page.locator("#id_contract_id").fill("12")
    _press(page, "add")
    _wait_for_error(page)
    yield "step 1, IDs mistyped"
    page.locator("#id_access_id").clear()
    choose_product(page, "Windows", "11")
    _open_expanders(page)
    yield "step 1, plans"
    _press(page, "continue")
    _wait_for_error(page)
    yield "step 1, errors"
    for field, value in (("category", "CRASH"), ("severity", "C"), ("country", "SE")):
        page.locator(f"#id_{field}").select_option(value)
    _press(page, "continue")
    page.wait_for_url("**/issue")
    yield "step 2"
    yield from _wizard_to_its_end(page)


def _wizard_to_its_end(page: Page) -> Iterator[str]:
    _press(page, "continue")
    _wait_for_error(page)
    yield "step 2, errors"
    page.locator("#id_title").fill("Setup stops at 80 %")
    page.locator("#id_description").fill("It stops with error 0x80070005 since this morning.")
    _press(page, "continue")
    page.wait_for_url("**/review")
    yield "step 3"
    page.locator("#id_contact_email").fill("not an address")
    _press(page, "submit")
    _wait_for_error(page)
    yield "step 3, errors"
    page.locator("#id_contact_email").fill(FABRIKAM_ADMIN)
    _press(page, "submit")
    page.wait_for_url("**/manage/*")
    yield "request, just opened"


def portal_wizard(page: Page, _log: Path) -> Iterator[str]:
    """Azure: each step, with errors."""
    page.goto("/portals/azure/create")
    yield "step 1"
    _press(page, "continue")
    _wait_for_error(page)
    yield "step 1, errors"
    page.locator("[name=kind][value=TECHNICAL]").check()
    page.locator("#id_service").select_option(index=1)
    page.locator("#id_title").fill("It stops")
    page.locator("#id_description").fill("Since this morning.")
    _press(page, "continue")
    page.wait_for_url("**/details")
    _open_expanders(page)
    yield "step 2"
    _press(page, "continue")
    _wait_for_error(page)
    yield "step 2, errors"
    for field, value in (("category", "CRASH"), ("severity", "C")):
        page.locator(f"#id_{field}").select_option(value)
    _press(page, "continue")
    page.wait_for_url("**/review")
    yield "step 3"


def forms_of_an_admin(page: Page, _log: Path) -> Iterator[str]:
    """Forms that were sent empty or wrong: advice, a user, an API client, a contract."""
    for name, path in (
        (
            "advice",
            f"{TECHNICAL}/createadvisoryhours-servicerequest",
        ),
        ("new user", "/dashboard/account/usermanagement/add"),
        ("API clients", "/dashboard/account/api-clients"),
    ):
        page.goto(path)
        page.locator("main form button:not([name])").last.click()
        _wait_for_error(page)
        yield f"{name}, errors"
    page.goto("/supportforbusiness/plans")
    page.locator("#id_access_id").fill("123456789")
    page.locator("#id_contract_id").fill("1")
    _press(page, "add")
    _wait_for_error(page)
    yield "add contract, errors"


def on_paper(page: Page, _log: Path) -> Iterator[str]:
    """The ledger as it is printed."""
    page.goto(TECHNICAL)
    page.locator("main table a").first.click()
    page.locator("#details a[href$='/ledger']").first.click()
    page.wait_for_url("**/ledger")
    page.emulate_media(media="print")
    yield "ledger, printed"
    page.emulate_media(media="screen")


def activation(page: Page, _log: Path) -> Iterator[str]:
    """What Activate changes, and the pair shown."""
    page.goto(TECHNICAL)
    page.locator("main table a").first.click()
    page.locator("#details form[action$='/activate'] button").click()
    page.locator("#ids").wait_for()
    yield "just activated"
    page.locator("#ids form[action*='/ids'] button").first.click()
    page.locator("#ids dd .id-number").nth(1).wait_for()
    yield "IDs shown"


def desk(page: Page, _log: Path) -> Iterator[str]:
    """The look-up with a typing error, with several found; the card's checks; the card printed."""
    for name, query in (
        ("typing error", "123456789"),
        ("several found", "multi@contoso.example"),
        ("nobody found", "nobody of that name"),
    ):
        page.goto("/staff/")
        page.locator("#id_query").fill(query)
        page.locator("#id_query").press("Enter")
        page.wait_for_load_state()
        yield f"look-up, {name}"
    page.goto(CARD)
    page.locator("#id_access_id").fill("123456789")
    page.locator("#id_contract_id").fill("987654321")
    page.locator("#id_contract_id").press("Enter")
    page.wait_for_load_state()
    yield "card, pair checked"
    page.goto(f"{CARD}?family=Windows&version=10&email=user%40fabrikam.example")
    yield "card, would it work"
    page.goto(CARD)
    page.emulate_media(media="print")
    yield "card, printed"
    page.emulate_media(media="screen")


def imports(page: Page, _log: Path) -> Iterator[str]:
    """No file, and a dry run with errors."""
    page.goto("/staff/imports")
    page.locator("main form[enctype] button").last.click()
    _wait_for_error(page)
    yield "imports, no file"
    page.locator("[name=kind][value=partners]").check()
    file = {"name": "partners.csv", "mimeType": "text/csv", "buffer": WRONG_PARTNERS}
    page.locator("#id_file").set_input_files(file)  # type: ignore[arg-type]
    page.locator("main form[enctype] button").last.click()
    page.wait_for_url(re.compile(r"/staff/imports/[0-9a-f-]{36}"))
    # It is checked while the page waits; then its errors come.
    page.locator("main table").first.wait_for()
    yield "import, errors of its dry run"


def work_on_a_request(page: Page, _log: Path) -> Iterator[str]:
    """A request that was claimed, and the queue with nothing in it."""
    page.goto("/staff/requests")
    page.locator("main form[action$='/claim'] button").first.click()
    page.wait_for_load_state()
    yield "queue, one claimed"
    page.goto("/staff/requests?state=RESOLVED&severity=A&due=overdue")
    yield "queue, filtered"
    page.goto("/staff/partners/new")
    page.locator("main form[method=post] button").last.click()
    _wait_for_error(page)
    yield "new partner, errors"


def _tour(who: str, walk: Callable[[Page, Path], Iterator[str]], *shows: str) -> Tour:
    return Tour(who, walk.__name__.replace("_", " "), frozenset(shows), walk)


# What changes something comes after what only looks.
TOURS = (
    _tour("", turned_away_at_sign_in, "account_login", "account_reset_password_from_key"),
    _tour("", out_of_order),
    _tour(FABRIKAM_ADMIN, not_for_the_address_bar, "notifications-read", "support:requests"),
    _tour("multi@contoso.example", menus, "dashboard"),
    _tour(FABRIKAM_ADMIN, on_paper, "benefits:ledger"),
    _tour(FABRIKAM_ADMIN, forms_of_an_admin, "support:consultation", "support:plans"),
    _tour(
        *(FABRIKAM_ADMIN, portal_wizard),
        *("support:portal-problem", "support:portal-details", "support:portal-review"),
    ),
    _tour(
        *(FABRIKAM_ADMIN, wizard),
        *("support:create-product", "support:create-issue", "support:create-review"),
        "support:request",
    ),
    _tour("admin@contoso.example", activation, "benefits:plan", "benefits:show-ids"),
    _tour(MANAGER, desk, "support:staff-desk", "support:staff-partner"),
    _tour(MANAGER, imports, "support:staff-imports", "support:staff-import"),
    _tour(MANAGER, work_on_a_request, "support:staff-requests", "support:staff-partner-add"),
)


def _press(page: Page, action: str) -> None:
    page.locator(f"main [name=action][value={action}]").click()
    page.wait_for_load_state()


def choose_product(page: Page, family: str, version: str) -> None:
    """Choose both; each choice that changes something is answered by a part of the page."""
    for field, value in (("family", family), ("version", version)):
        if page.locator(f"#id_{field}").input_value() != value:
            with page.expect_response(lambda response: "/product" in response.url):
                page.locator(f"#id_{field}").select_option(value)
            # By a selector: the portal's policy lets no text be evaluated.
            page.locator(AT_WORK).first.wait_for(state="detached")


def _open_expanders(page: Page) -> None:
    closed = page.locator("main details:not([open]) > summary:visible")
    while closed.count():
        # The next one is the first, once this one is open.
        closed.first.click()


def _wait_for_error(page: Page) -> None:
    page.locator("main [role=alert], main [aria-invalid=true]").first.wait_for()
