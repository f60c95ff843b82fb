"""The description: complete, equal to the file in docs, its examples true to its own words."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from portal.rest.schema import description
from tests.api.described import validator

FILE = Path(__file__).resolve().parent.parent.parent / "docs" / "openapi.json"
OPERATIONS = [
    (path, method) for path, methods in description()["paths"].items() for method in methods
]
EXAMPLES = [
    (path, method, status, media, name)
    for path, method in OPERATIONS
    for status, answer in description()["paths"][path][method]["responses"].items()
    for media, content in answer.get("content", {}).items()
    for name in content.get("examples", {})
]


def operation(path: str, method: str) -> dict[str, Any]:
    """Return one operation of the description."""
    found: dict[str, Any] = description()["paths"][path][method]
    return found


def test_description_in_docs_is_the_one_that_the_code_gives():
    """`make schema` writes it."""
    assert json.loads(FILE.read_text(encoding="utf-8")) == json.loads(json.dumps(description()))


def test_description_speaks_of_openapi_3_1():
    assert description()["openapi"].startswith("3.1")


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_says_what_it_is_and_shows_an_answer(path, method):
    says = operation(path, method)
    good = [status for status in says["responses"] if status.startswith("2")]
    shown = [
        status
        for status in good
        for content in says["responses"][status].get("content", {}).values()
        if content.get("examples")
    ]

    assert [name for name in ("operationId", "summary", "tags", "security") if not says[name]] == []
    assert shown != [] or good == ["204"]
    assert {"401", "429", "503"} <= set(says["responses"])


@pytest.mark.parametrize(("path", "method", "status", "media", "name"), EXAMPLES)
def test_every_example_is_as_described(path, method, status, media, name):
    where = path.replace("/", "~1")
    pointer = f"#/paths/{where}/{method}/responses/{status}/content/{media.replace('/', '~1')}"
    example = operation(path, method)["responses"][status]["content"][media]["examples"][name]
    shared = description()["components"]["examples"].get(name, {})

    value = example.get("value", shared.get("value"))
    errors = [e.message for e in validator(f"{pointer}/schema").iter_errors(value)]

    assert errors == []


@pytest.mark.parametrize(
    ("path", "method"), [key for key in OPERATIONS if "requestBody" in operation(*key)]
)
def test_every_example_of_a_body_is_as_described(path, method):
    content = operation(path, method)["requestBody"]["content"]["application/json"]
    where = f"#/paths/{path.replace('/', '~1')}/{method}/requestBody/content/application~1json"

    errors = validator(f"{where}/schema").iter_errors(content["examples"]["request"]["value"])

    assert [error.message for error in errors] == []


@pytest.mark.parametrize("name", sorted(description()["components"]["schemas"]))
def test_every_schema_is_a_schema(name):
    Draft202012Validator.check_schema(description()["components"]["schemas"][name])


def test_every_reference_leads_somewhere():
    text = json.dumps(description())
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert names - set(description()["components"]["schemas"]) == set()
