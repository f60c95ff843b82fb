"""How much a page weighs on its way to a browser, by itself and with what it asks for."""

import gzip
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

# What gunicorn, Django and WhiteNoise say of an answer before it.
HEADERS = 700
ASKED_FOR = re.compile(r"""(?:content|href|src)="/static/([^"#]+)""")


def page_weight(body: str) -> int:
    """Return the bytes of a page alone, as they are sent: what it asks for is kept already."""
    return HEADERS + len(gzip.compress(body.encode(), 6))


def first_weight(body: str) -> int:
    """Return the bytes of a page and of everything that it asks for, each once."""
    return page_weight(body) + sum(file_weight(name) for name in {*ASKED_FOR.findall(body)})


@cache
def file_weight(name: str) -> int:
    """Return the bytes of a static file as it is sent."""
    path = finders.find(name)
    assert path, f"{name} is no static file"
    return HEADERS + len(gzip.compress(Path(path).read_bytes(), 9))
