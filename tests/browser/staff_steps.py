"""What staff do at their desk."""

from playwright.sync_api import Locator, Page


def look_up(page: Page, query: str) -> None:
    """Paste what the caller reads out, look it up, and wait for all of the answer."""
    page.get_by_label("What the caller reads out").fill(query)
    page.get_by_role("button", name="Look up", exact=True).click()
    page.wait_for_load_state()


def say_line(page: Page) -> str:
    """Return the line that is read out to the caller."""
    return page.locator("#say").inner_text()


def tile(page: Page, title: str) -> Locator:
    """Return the tile of the plan with that title among those shown at once."""
    return page.locator("#plans .tile").filter(has_text=title)


def section(page: Page, title: str) -> Locator:
    """Return what stands under a heading of the card, up to the next heading."""
    heading = page.get_by_role("heading", level=2, name=title)
    return heading.locator("xpath=following-sibling::*[1]")


def set_state(page: Page, state: str) -> None:
    """Put the request that is open into another state of work."""
    page.get_by_label("New state").select_option(state)
    page.get_by_role("button", name="Set the state").click()


def close_as(page: Page, reason: str) -> None:
    """Close the request that is open for a reason."""
    page.get_by_label(reason).check()
    page.get_by_role("button", name="Close with this reason").click()
