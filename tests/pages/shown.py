"""What a page shows of one plan, read from its markup: benefits page, wizard, staff card."""

from dataclasses import dataclass

from benefits.models import LedgerEntry, Plan
from tests.pages.html import Element
from tests.pages.states import State


@dataclass(frozen=True)
class Shown:
    """The large number, the line under it, the badges."""

    number: str
    line: str
    badges: tuple[str, ...]


def expected(state: State, plan: Plan) -> Shown:
    """Return what the table says of the plan."""
    uses = LedgerEntry.objects.filter(plan=plan, kind="CONSUME").order_by("-number")
    last = uses.first()
    line = state.line.format(last.request_number if last else "")
    return Shown(state.number, line, state.badges)


def on_benefits_page(page: Element, plan: Plan) -> Shown:
    """Read the plan's row of Technical benefits."""
    row = page.one("tr", id=f"plan-{plan.public_id}")
    cell = row.one("td", data_label="Remaining")
    line = cell.one("span", cls="secondary").text
    return Shown(cell.one(cls="number-large").text, line, badges_in(row))


def on_staff_card(page: Element, plan: Plan) -> Shown:
    """Read the plan's tile of the staff card; number and line are one sentence."""
    tile = page.one("li", data_plan=str(plan.public_id))
    number, line = tile.one("p", cls="tile__amount")
    return Shown(number.text, line.text, badges_in(tile))


def explanation_in(part: Element) -> tuple[str, str]:
    """Return code and words of the one explanation inside; two empty texts without any."""
    found = part.all(cls="explanation")
    assert len(found) < 2
    return (found[0].attrs["data-code"], found[0].text) if found else ("", "")


def badges_in(part: Element) -> tuple[str, ...]:
    """Return the words of the badges inside."""
    return tuple(part.texts(cls="badge"))
