"""Take the pictures that the README shows, docs/images, of a fresh demo world: `make pictures`."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import django
from playwright.sync_api import Page

from scripts.checks import ROOT, TEST_ENVIRONMENT
from scripts.demo_portal import browsing, load_world, serving, window_of
from scripts.servers import NoPortalError
from scripts.tours import CARD, FABRIKAM_ADMIN, MANAGER, choose_product

FOLDER = ROOT / "docs" / "images"


def welcome(page: Page) -> None:
    """What somebody reads before signing in."""
    page.goto("/")


def technical_benefits(page: Page) -> None:
    """A plan's open row: what is left, the IDs, what used them."""
    page.goto("/dashboard/mpn/membership/benefits/technical")
    page.locator("main table a").first.click()
    page.locator("#details").wait_for()
    page.evaluate("window.scrollTo(0, 0)")


def plans_in_the_wizard(page: Page) -> None:
    """The plans that can pay for a product."""
    page.goto("/supportforbusiness/create")
    choose_product(page, "Windows", "11")
    page.locator("main .plan-card").first.scroll_into_view_if_needed()


def staff_card(page: Page) -> None:
    """What staff read out."""
    page.goto(CARD)


PICTURES: Mapping[str, tuple[str, Callable[[Page], None]]] = {
    "welcome": ("", welcome),
    "technical-benefits": (FABRIKAM_ADMIN, technical_benefits),
    "plans-in-the-wizard": (FABRIKAM_ADMIN, plans_in_the_wizard),
    "staff-card": (MANAGER, staff_card),
}


def main() -> int:
    """Take them; return 1 after one clear sentence when that cannot be done."""
    os.environ.update(TEST_ENVIRONMENT)
    django.setup()
    try:
        with tempfile.TemporaryDirectory() as folder, browsing() as browser:
            world = load_world(Path(folder))
            with serving(world, name="pictures") as url:
                for name, (who, open_page) in PICTURES.items():
                    page = window_of(browser, url=url, who=who)
                    open_page(page)
                    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
                    page.context.close()
    except NoPortalError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"took {len(PICTURES)} pictures for {FOLDER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
