"""CSV downloads: streamed, and harmless when a spreadsheet opens them."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

# A cell that begins so would be run as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    def write(self, value: str) -> str:
        return value


def defused(value: Any) -> Any:
    """Return text that a spreadsheet shows instead of running; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value


def csv_response(
    *, name: str, header: list[str], rows: Iterable[list[Any]]
) -> StreamingHttpResponse:
    """Return the rows as a file download, one line at a time, UTF-8 with BOM for spreadsheets."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow(header)
        for row in rows:
            yield writer.writerow([defused(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
