"""Who imports whom, and where the real time is read."""

import ast
import re

import pytest

from tests.conventions.code import APPS, ROOT, calls_in, imported_by, name_of, parsed, sources

# Each package may import itself and the ones listed; nothing imports the composition root.
MAY_IMPORT = {
    "portal": set(),
    "partners": {"portal"},
    "benefits": {"portal", "partners"},
    "support": {"portal", "partners", "benefits"},
    "partnercenter": {"portal", "partners", "benefits", "support"},
}
# Who may read the real time, and why.
READS_REAL_TIME = {
    "portal/clock.py": "it is the clock",
    "portal/throttle.py": "guessing is counted in real time, also where the rules' clock is fixed",
}


@pytest.mark.parametrize("app", APPS)
def test_lower_apps_never_import_higher_ones(app):
    wrong = {
        (name_of(path), imported)
        for path in sources(migrations=True)
        if path.relative_to(ROOT).parts[0] == app
        for imported in imported_by(parsed(path))
        if imported.split(".")[0] in {*APPS, "tests", "scripts"} - MAY_IMPORT[app] - {app}
    }

    assert wrong == set()


def test_imports_stand_at_the_top_of_the_file():
    inline = {
        (name_of(path), imported)
        for path in sources()
        for function in ast.walk(parsed(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for imported in imported_by(function)
    }

    assert inline == set()


def test_there_are_no_signals():
    wrong = {
        (name_of(path), imported)
        for path in sources()
        for imported in imported_by(parsed(path))
        if imported.startswith(("django.db.models.signals", "django.dispatch"))
    }

    assert wrong == set()


def test_the_real_time_is_read_by_clock_and_throttle_only():
    readers = re.compile(
        r"(^|\.)(timezone\.now|datetime\.(now|utcnow|today)|date\.today|time\.time)$"
    )
    found = {
        name_of(path)
        for path in sources()
        for name, _call in calls_in(path)
        if readers.search(name)
    }

    assert found == set(READS_REAL_TIME)


def test_tests_mock_nothing_of_their_own():
    mocking = {
        name_of(path)
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for imported in imported_by(parsed(path))
        if imported.split(".")[0] in ("mock", "pytest_mock") or imported == "unittest.mock"
    }

    assert mocking == set()
