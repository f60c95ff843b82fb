"""
What schemathesis knows of the demo world; loaded by it, in its own environment.

Its data is made up from the description, so hardly anything would be found. Half of the calls that
are as described get what is really there: the ids of the caller's world, a product, a country.
"""

import json
import os
import zlib
from typing import Any
from urllib.parse import quote

import schemathesis
from schemathesis import GenerationMode

KNOWN: dict[str, list[str]] = json.loads(os.environ["FUZZ_KNOWN"])
PRODUCT = {"productFamily": "Windows", "productVersion": "11"}
CONTACT = {"country": "SE", "timeZone": "Europe/Stockholm", "email": "pat@outlook.example"}
# The web server reads no longer address; what it answers to one is not the API's.
LONGEST_VALUE = 3000
TOO_LONG = 2001


@schemathesis.hook
def before_call(context: Any, case: Any, **_kwargs: Any) -> None:
    """Put in what is there, and keep addresses to a length that reaches the API."""
    for name, value in dict(case.query or {}).items():
        if isinstance(value, str) and len(quote(value)) > LONGEST_VALUE:
            case.query[name] = "x" * min(len(value), TOO_LONG)
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    chance = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
    if chance % 2:
        for name in case.path_parameters or {}:
            _put_in(case.path_parameters, name, chance)
        if isinstance(case.body, dict):
            _fill_in(case.body, chance)
            if "contact" in case.body and chance % 3:
                case.query = {}
                case.headers["Idempotency-Key"] = str(chance)


def _fill_in(body: dict[str, Any], chance: int) -> None:
    """Name a product, a plan and places that there are, where the body names any."""
    questions = body.get("questions")
    if isinstance(body.get("entitlementId"), str) and chance % 5 == 0:
        # The default plan pays.
        body["entitlementId"] = None
    for named in (body, *(questions if isinstance(questions, list) else ())):
        if "productVersion" in named:
            named.update(PRODUCT)
        for name in ("entitlementId", "contractId", "mpnId"):
            if isinstance(named.get(name), str):
                _put_in(named, name, chance)
    if isinstance(body.get("contact"), dict):
        body["contact"].update(CONTACT)


def _put_in(place: dict[str, Any], name: str, chance: int) -> None:
    found = KNOWN.get(name)
    if found:
        place[name] = found[chance // 2 % len(found)]
