"""What staff do with files to be imported."""

from playwright.sync_api import FilePayload, Locator, Page

GOOD = "mpn_id,name,country,programs\n4700001,Lucerne,SE,MPN\n4700002,Alpine,CH,MPN|CSP\n"
BAD = "mpn_id,name,country,programs\n47,Lucerne,SE,MPN\n4700002,Alpine,Swiss,MPN|CSP\n"


def csv_file(name: str, text: str) -> FilePayload:
    """Return a file to be chosen."""
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def import_state(page: Page) -> Locator:
    """Return what the page of an import says of it, and goes on saying."""
    return page.get_by_role("main").get_by_role("status")
