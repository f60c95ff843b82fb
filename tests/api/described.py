"""The description as a judge: every answer of the tests is held against it."""

import re
from copy import deepcopy
from functools import cache
from typing import Any

from django.urls import ResolverMatch, resolve
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from portal.rest.schema import description

DOCUMENT = "urn:api"


def template_of(match: ResolverMatch) -> str:
    """Return the path of a route as the description writes it."""
    return "/" + re.sub(r"<\w+:(\w+)>", lambda part: _in_braces(str(part[1])), str(match.route))


def _in_braces(name: str) -> str:
    """Return the name of a part of an address as clients know it: {entitlementId}."""
    first, *others = name.split("_")
    return "{" + first + "".join(word.title() for word in others) + "}"


def described(path: str, method: str) -> dict[str, Any]:
    """Return what the description says of a method of an address."""
    operation: dict[str, Any] = description()["paths"][template_of(resolve(path))][method.lower()]
    return operation


def hold(response: Any, *, path: str, method: str) -> None:
    """Fail unless status, media type, headers and body are as described."""
    answers = described(path, "GET" if method == "HEAD" else method)["responses"]
    assert str(response.status_code) in answers, f"{response.status_code} is not described"
    answer = answers[str(response.status_code)]
    for name in answer.get("headers", {}):
        assert name in response, f"{name} is described and missing"
    if "content" not in answer:
        assert response.content == b""
        return
    media = response["Content-Type"].partition(";")[0]
    assert list(answer["content"]) == [media]
    if method != "HEAD":
        pointer = f"responses/{response.status_code}/content/{media.replace('/', '~1')}/schema"
        where = f"{_pointer(path)}/{method.lower()}/{pointer}"
        errors = [
            f"{e.json_path}: {e.message}" for e in validator(where).iter_errors(response.json())
        ]
        assert errors == []


def _pointer(path: str) -> str:
    return f"#/paths/{template_of(resolve(path)).replace('/', '~1')}"


@cache
def closed() -> dict[str, Any]:
    """
    Return the description with its shapes closed: an answer may hold nothing that they don't say.

    Clients are promised that fields may be added, so the description itself stays open.
    """
    found = deepcopy(description())
    for shape in found["components"]["schemas"].values():
        if "properties" in shape:
            shape.setdefault("additionalProperties", False)
    return found


@cache
def validator(pointer: str) -> Validator:
    """Return what checks a value against a schema somewhere in the description."""
    resource: Any = DRAFT202012.create_resource(closed())
    registry: Registry[Any] = Registry().with_resource(DOCUMENT, resource)
    return Draft202012Validator(
        {"$ref": f"{DOCUMENT}{pointer}"}, registry=registry, format_checker=FormatChecker()
    )
