"""What is sent to the API on purpose wrong, and how its refusal is read."""

import json
from typing import Any

from portal.rest.problems import MEDIA_TYPE
from tests.api.calls import Caller
from tests.api.visits import request_body

KEY = {"Idempotency-Key": "a-key"}
REQUESTS = "/api/v1/supportRequests"
GOOD = json.dumps(request_body())
QUESTION = {"productFamily": "Windows Server", "productVersion": "2025"}


def refused(response: Any, status: int, code: str) -> list[str]:
    """Hold the answer to status and code; return the names that it calls invalid, sorted."""
    assert response["Content-Type"] == MEDIA_TYPE
    problem = response.json()
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert all(invalid["reason"] for invalid in problem.get("invalidParameters", []))
    return sorted({invalid["name"] for invalid in problem.get("invalidParameters", [])})


def post_raw(
    caller: Caller, content: bytes | str, *, media: str = "application/json", to: str = REQUESTS
) -> Any:
    """Post something that may be no JSON at all."""
    headers = {"Authorization": f"Bearer {caller.token}", **KEY}
    return caller.browser.generic("POST", to, content, content_type=media, headers=headers)
