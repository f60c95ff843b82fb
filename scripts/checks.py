"""What there is to check, in which environment, and how one check is run and counted."""

import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / ".cache" / "tests"
APPS = ("portal", "partners", "benefits", "support", "partnercenter")
NO_TESTS_COLLECTED = 5
# Where it is set, each of hundreds of processes would compile the portal and its tests again.
NOTHING_COMPILED_IS_KEPT = "PYTHONDONTWRITEBYTECODE"
# What the tests count on.
CORES = 2
# Names the folder for what the parts of one run build once; each builds its own without it.
SHARED_FOLDER = "PORTAL_TESTS_SHARED"

# The tests run in the environment of a demo; tests/conftest.py uses the same.
TEST_ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "partnercenter.settings",
    "SECRET_KEY": "for-the-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "DEMO": "True",
    "HTTPS": "False",
}
PRODUCTION_ENVIRONMENT = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "DEMO": "False",
    "HTTPS": "True",
    "ALLOWED_HOSTS": "portal.example.org",
    "DATABASE_URL": "postgresql://portal@database.example.org/portal",
    "EMAIL_HOST": "mail.example.org",
}
# Makemigrations looks into the database for its history; an empty one will do.
NO_DATABASE = {"DATABASE_URL": "sqlite://:memory:"}


@dataclass(frozen=True)
class Check:
    """A command that passes with exit code 0."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a check ended, and what it adds to the totals."""

    name: str
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""
    output: str = ""

    @property
    def result(self) -> str:
        """The word for the summary."""
        if self.failed:
            return "failed"
        return "passed" if self.passed or not self.skipped else "skipped"


MANAGE = (sys.executable, "manage.py")
MODULE = (sys.executable, "-m")
STATIC_CHECKS = (
    Check("lint", (*MODULE, "ruff", "check", ".")),
    Check("format", (*MODULE, "ruff", "format", "--check", ".")),
    Check("types", (*MODULE, "mypy")),
    Check("templates", (*MODULE, "djlint", "templates", "--lint", "--quiet")),
    Check("security", (*MODULE, "bandit", "-q", "-ll", "-c", "pyproject.toml", "-r", *APPS)),
    Check("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run"), NO_DATABASE),
    Check(
        "deploy",
        (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
        PRODUCTION_ENVIRONMENT,
    ),
)


def run_static(check: Check) -> Outcome:
    """Run a check; its output is kept only when it fails."""
    started = time.monotonic()
    process = subprocess.run(
        check.command,
        cwd=ROOT,
        env=environment(check.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    failed = process.returncode != 0
    return Outcome(
        check.name,
        time.monotonic() - started,
        passed=int(not failed),
        failed=int(failed),
        output=process.stdout if failed else "",
    )


def run_pytest(
    name: str,
    *,
    select: Sequence[str],
    extra_environment: Mapping[str, str],
    arguments: Sequence[str],
    at_once: int = CORES,
) -> Outcome:
    """Run one part of the tests, its output shown as it comes; count from pytest's own report."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = RESULTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    print(f"\n===== {name} =====", flush=True)
    started = time.monotonic()
    process = subprocess.run(
        [
            *(*MODULE, "pytest", *select, f"--junit-xml={report}"),
            *("-n", str(at_once), *arguments),
        ],
        cwd=ROOT,
        env=environment(extra_environment),
        check=False,
    )
    passed, failed, skipped = _counts(report)
    # A selection by hand may leave nothing to do here; otherwise no tests is a mistake.
    nothing_selected = bool(arguments) and process.returncode == NO_TESTS_COLLECTED
    if process.returncode != 0 and not nothing_selected:
        failed = max(failed, 1)
    return Outcome(name, time.monotonic() - started, passed=passed, failed=failed, skipped=skipped)


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without the portal's own variables, then with these."""
    names = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    left_out = {*names, NOTHING_COMPILED_IS_KEPT}
    neutral = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**neutral, **TEST_ENVIRONMENT, **extra}


def _counts(report: Path) -> tuple[int, int, int]:
    """Return how many tests passed, failed and were skipped, from a JUnit report."""
    if not report.exists():
        return 0, 0, 0
    suite = ET.parse(report).getroot().find("testsuite")
    if suite is None:
        return 0, 0, 0
    skipped = int(suite.get("skipped", 0))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return max(int(suite.get("tests", 0)) - failed - skipped, 0), failed, skipped
