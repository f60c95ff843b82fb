"""The API's surroundings: the fixed clock, the demo world, and a worker that has leased nothing."""

from collections.abc import Iterator

import pytest

from tests.world.loaded import _fixed_clock, world

__all__ = ["_fixed_clock", "world"]


@pytest.fixture(autouse=True)
def _fresh_meter() -> Iterator[None]:
    """Forget what was leased in a database that is rolled back."""
    # The models can be imported only after Django's set-up, which comes after this file.
    from portal.rest.rate_limit import METER  # noqa: PLC0415

    METER.forget()
    yield
    METER.forget()
