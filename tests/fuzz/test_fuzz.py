"""
Schemathesis reads the description and calls every operation, as allowed and as forbidden.

`FUZZ_SECONDS=300 make test ONLY=fuzz` goes on for so long with each caller, with ever new examples.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from partnercenter.demo import accounts
from scripts.checks import ROOT
from tests.faults.figures import tell
from tests.fuzz import scene
from tests.world.demo import World
from tests.world.server import Server

pytestmark = pytest.mark.fuzz
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
)
SEED = 20_261_120
EXAMPLES = 8
PATIENCE = 120
HOOKS = ROOT / "tests" / "fuzz" / "hooks.py"


def length() -> tuple[list[str], int]:
    """Return how much is tried, as options, and the seconds that it may take at most."""
    seconds = int(os.environ.get("FUZZ_SECONDS", "0"))
    if seconds:
        return ["--max-time", str(seconds)], seconds + PATIENCE
    return ["--max-examples", str(EXAMPLES), "--seed", str(SEED), "--no-shrink"], PATIENCE


def run(server: Server, called_by: dict[str, Any], *, report: Path) -> tuple[str, Any]:
    """Let schemathesis call the server; return what it printed and its report."""
    options, timeout = length()
    process = subprocess.run(
        [
            *(os.environ["SCHEMATHESIS"], "run", f"{server.url}/api/v1/schema", "--no-color"),
            *("--header", f"Authorization: Bearer {called_by['token']}"),
            *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
            *("--generation-database", "none", "--continue-on-failure", "--warnings", "off"),
            *("--report-json-path", str(report), *options),
        ],
        cwd=report.parent,
        env={
            **server.world.environment,
            "SCHEMATHESIS_HOOKS": str(HOOKS),
            "FUZZ_KNOWN": json.dumps(called_by["known"]),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    assert report.exists(), f"{process.stdout}{process.stderr}"
    return process.stdout, json.loads(report.read_text())


@pytest.mark.parametrize(
    "mpn_id", [accounts.CONTOSO, accounts.FABRIKAM, None], ids=["contoso", "fabrikam", "staff"]
)
def test_description_called_at_random_holds_for_every_answer(
    world: World, serve: Callable[..., Server], tmp_path: Path, mpn_id, record_property
) -> None:
    server = serve(world, API_CALLS_PER_MINUTE="1000000")
    called_by = world.call(scene.caller, mpn_id=mpn_id)

    printed, report = run(server, called_by, report=tmp_path / "report.json")

    cases, operations = report["test_cases"], report["operations"]
    tell(record_property, **cases, operations=operations["tested"], seconds=report["running_time"])
    assert (cases["unique_failures"], cases["errored"], report["errors"]) == (0, 0, []), printed
    assert operations["tested"] == operations["total"] == operations["selected"]
    assert report["exit_code"] == 0, printed
    assert world.manage("verify_ledger").splitlines() == ["0 differences"]
