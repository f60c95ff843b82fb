"""
Run every check and test, all of them even when one fails, and sum up: `make test`.

`--only lint,sqlite` runs single parts; `--coverage` counts what the tests on SQLite reach; what
follows `--` goes to pytest.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from scripts import chromium, fuzz, postgres
from scripts.checks import (
    CORES,
    RESULTS,
    SHARED_FOLDER,
    STATIC_CHECKS,
    Check,
    Outcome,
    run_pytest,
    run_static,
)

# Modules that share a world stay together; in their order, so that the last ones are short.
BY_MODULE = ("--dist", "loadscope", "--no-loadscope-reorder")
# Tests that have a world each: whoever is free takes the next one.
BY_TEST = ("--dist", "worksteal")
EVERYWHERE = ("-m", "not browser and not fuzz", *BY_MODULE)
# Where they are and nowhere else (tests/conventions), so that nothing else has to be collected.
BROWSER = ("-m", "browser", "-o", "testpaths=tests/browser", *BY_TEST)
# How long it takes is for FUZZ_SECONDS to say: no traces of what would else be taken for stuck.
FUZZ = (
    *("-m", "fuzz", "-o", "testpaths=tests/fuzz", "-o", "faulthandler_timeout=0"),
    *BY_TEST,
)
COVERAGE_REPORT = RESULTS / "coverage.json"
COVERAGE = ("--cov", "--cov-report=term:skip-covered", f"--cov-report=json:{COVERAGE_REPORT}")
INTERRUPTED = 130
# SQLite waits for the disk at every commit; what is thrown away afterwards needs none.
MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a new folder of its own below it
ENOUGH_MEMORY = 2**30
# Test, browser and server mostly wait for each other.
BROWSERS_AT_ONCE = CORES + 1
# One for each test: none is left to go on alone.
CALLERS_AT_ONCE = 3


def main() -> int:
    """Run what was asked for; return 1 when anything failed."""
    signal.signal(signal.SIGTERM, _stop)
    options = _options()
    parts = {**PARTS, "sqlite": test_with_coverage} if options.coverage else PARTS
    outcomes: list[Outcome] = []
    with contextlib.suppress(KeyboardInterrupt), shared_by_all_parts():
        for outcome in _run([(name, parts[name]) for name in options.only], options.pytest):
            if outcome.output:
                print(f"\n===== {outcome.name} =====\n{outcome.output}")
            print(f"{outcome.name}: {outcome.result} ({outcome.seconds:.1f} s)", flush=True)
            outcomes.append(outcome)
        print_summary(outcomes)
        return int(any(outcome.failed for outcome in outcomes))
    return INTERRUPTED


def _run(parts: Sequence[tuple[str, "Part"]], arguments: Sequence[str]) -> Iterator[Outcome]:
    """
    Yield how each part ends: the tests one part after the other, each on all cores.

    The checks go on beside them, one at a time: the type checker alone would leave a core idle, and
    so do tests that wait for a server of theirs.
    """
    checks = [part for name, part in parts if name not in TESTS]
    tests = [part for name, part in parts if name in TESTS]
    with ThreadPoolExecutor(max_workers=1 if tests else CORES) as pool:
        waiting = deque(pool.submit(part, arguments) for part in checks)
        for part in tests:
            yield part(arguments)
            while waiting and waiting[0].done():
                yield waiting.popleft().result()
        for check in waiting:
            yield check.result()


def _run_static(check: Check, _arguments: Sequence[str]) -> Outcome:
    """Run a check that pytest's arguments do not concern."""
    return run_static(check)


def test_on_sqlite(arguments: Sequence[str]) -> Outcome:
    """Run the tests on SQLite."""
    return run_pytest("sqlite", select=EVERYWHERE, extra_environment={}, arguments=arguments)


def test_with_coverage(arguments: Sequence[str]) -> Outcome:
    """Run the tests on SQLite, and fail when they reach too little of the code."""
    COVERAGE_REPORT.unlink(missing_ok=True)
    outcome = run_pytest(
        "sqlite", select=(*EVERYWHERE, *COVERAGE), extra_environment={}, arguments=arguments
    )
    if not COVERAGE_REPORT.exists():
        return outcome
    totals = json.loads(COVERAGE_REPORT.read_text())["totals"]
    return replace(outcome, note=f"coverage {totals['percent_covered_display']} %")


def test_on_postgresql(arguments: Sequence[str]) -> Outcome:
    """Run the tests on the server of TEST_DATABASE_URL, or on one of their own."""
    with contextlib.ExitStack() as stack:
        try:
            url = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(
                postgres.temporary_server()
            )
        except postgres.NoPostgresError as reason:
            return _not_run("postgresql", str(reason))
        return run_pytest(
            "postgresql",
            select=EVERYWHERE,
            extra_environment={"DATABASE_URL": url},
            arguments=arguments,
        )


def test_in_browser(arguments: Sequence[str]) -> Outcome:
    """Run the browser tests, on SQLite."""
    path = chromium.find_or_install()
    if path is None:
        return _not_run("browser", chromium.MISSING)
    return run_pytest(
        "browser",
        select=BROWSER,
        extra_environment={"CHROMIUM": path},
        arguments=arguments,
        at_once=BROWSERS_AT_ONCE,
    )


def test_by_fuzzing(arguments: Sequence[str]) -> Outcome:
    """Let schemathesis call a real server, on SQLite."""
    path = fuzz.find_or_install()
    if path is None:
        return _not_run("fuzz", fuzz.MISSING)
    return run_pytest(
        "fuzz",
        select=FUZZ,
        extra_environment={"SCHEMATHESIS": path},
        arguments=arguments,
        at_once=CALLERS_AT_ONCE,
    )


@contextlib.contextmanager
def shared_by_all_parts() -> Iterator[None]:
    """Let what one part builds for its servers (tests/world) serve the next parts too."""
    with tempfile.TemporaryDirectory(prefix="portal-tests-", dir=_memory()) as folder:
        os.environ[SHARED_FOLDER] = folder
        yield


def _memory() -> Path | None:
    """Return where files are kept in memory, if that is here and roomy."""
    is_roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY
    return MEMORY if is_roomy else None


Part = Callable[[Sequence[str]], Outcome]
TESTS: dict[str, Part] = {
    "sqlite": test_on_sqlite,
    "postgresql": test_on_postgresql,
    "browser": test_in_browser,
    "fuzz": test_by_fuzzing,
}
PARTS: dict[str, Part] = {
    **{check.name: partial(_run_static, check) for check in STATIC_CHECKS},
    **TESTS,
}


def print_summary(outcomes: Sequence[Outcome]) -> None:
    """Print one line for each check, and the totals alone on the last line."""
    print(f"\n{'check':<12}{'result':<10}{'seconds':>8}   tests")
    for outcome in outcomes:
        counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
        details = " - ".join(
            part for part in (counts if outcome.name in TESTS else "", outcome.note) if part
        )
        print(f"{outcome.name:<12}{outcome.result:<10}{outcome.seconds:>8.1f}   {details}".rstrip())
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)


def _not_run(name: str, reason: str) -> Outcome:
    """Count a part that cannot run here: a failure where the machine is ours to prepare (CI)."""
    in_ci = os.environ.get("CI", "").lower() in ("true", "1")
    return Outcome(name, 0, failed=int(in_ci), skipped=int(not in_ci), note=reason)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run every check and test.")
    parser.add_argument(
        "--only", type=_parts, default=list(PARTS), help=f"some of {', '.join(PARTS)}"
    )
    parser.add_argument(
        "--coverage", action="store_true", help="count what the tests on SQLite reach"
    )
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    return parser.parse_args()


def _parts(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}")
    return [name for name in PARTS if name in names]


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Turn a request to stop into one that cleans up on its way out."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
