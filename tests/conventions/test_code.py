"""How queries, locks and services are written, and how long files are."""

import ast
import importlib
import inspect
from types import FunctionType

import pytest

from tests.conventions.code import ROOT, calls_in, lines_of, name_of, sources, templates

# Functions in services that take something by position, and why.
MAY_TAKE_POSITIONS = {
    "benefits.services.ledger.locked": "which plan, before for whom and when",
}
# The last column of an ordering, by which two rows never tie.
UNIQUE_COLUMNS = {
    "pk": "the key",
    "number": "counts within a plan, and queries with it look at one plan or begin with plan_id",
    "position": "unique in the change feed",
    "key": "unique within a scope, and the query looks at one scope",
    "user_id": "one affiliation for each account and partner",
}
# Where the columns come as an argument that ends with a unique one.
ORDERED_BY_KEYS = {"portal/rest/paging.py"}
LONGEST_MODULE = 400
LONGEST_TEMPLATE = 80


def test_every_list_ends_its_order_with_a_unique_column():
    tied = {
        (name_of(path), ast.unparse(call.args[-1]))
        for path in sources()
        for name, call in calls_in(path)
        if name.endswith(".order_by") and call.args
        if name_of(path) not in ORDERED_BY_KEYS
        if ast.literal_eval(call.args[-1]).lstrip("-") not in UNIQUE_COLUMNS
    }

    assert tied == set()


def test_every_lock_says_what_it_locks_and_how_strongly():
    vague = {
        (name_of(path), call.lineno)
        for path in sources()
        for name, call in calls_in(path)
        if name.endswith(".select_for_update")
        if {keyword.arg for keyword in call.keywords} != {"of", "no_key"}
    }

    assert vague == set()


# --- services --------------------------------------------------------------------------------


def services() -> list[FunctionType]:
    """Return the public functions of all services modules."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sources()
        if "services" in path.parts and path.name != "__init__.py"
    ]
    return [
        inspect.unwrap(function)
        for module in modules
        for name, function in vars(importlib.import_module(module)).items()
        if inspect.isfunction(function)
        if function.__module__ == module and not name.startswith("_")
    ]


@pytest.mark.parametrize("service", services(), ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_services_take_what_they_need_by_keyword(service):
    by_position = [
        parameter.name
        for parameter in inspect.signature(service).parameters.values()
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    ]

    listed = f"{service.__module__}.{service.__name__}" in MAY_TAKE_POSITIONS
    assert (by_position != []) is listed


@pytest.mark.parametrize("service", services(), ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_services_promise_something_and_say_their_types(service):
    signature = inspect.signature(service)
    untyped = [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.annotation is inspect.Parameter.empty
    ]

    assert (service.__doc__ or "").strip() != ""
    assert (untyped, signature.return_annotation is inspect.Signature.empty) == ([], False)


# --- sizes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "longest"), [(sources(), LONGEST_MODULE), (templates(), LONGEST_TEMPLATE)]
)
def test_files_are_short_enough_to_be_read(paths, longest):
    assert {name_of(path): lines_of(path) for path in paths if lines_of(path) > longest} == {}


# --- tests -----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["browser", "fuzz"])
def test_tests_of_a_part_of_its_own_stand_in_its_folder(part: str):
    """Elsewhere they would run in no part at all: scripts/test.py looks for them there only."""
    marked = {
        path.relative_to(ROOT / "tests").parts[0]
        for path in (ROOT / "tests").rglob("*.py")
        if f"pytest.mark.{part}\n" in path.read_text(encoding="utf-8")
    }

    assert marked == {part}
