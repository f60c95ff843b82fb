"""How the tests ask for support through the API."""

from typing import Any

from tests.api.calls import Caller
from tests.api.resources import answered

PATH = "supportRequests"
CONTACT = {
    "name": "Ana Berg",
    "email": "ana@contoso.example",
    "phone": "",
    "country": "SE",
    "timeZone": "Europe/Stockholm",
    "preferredContactMethod": "EMAIL",
    "language": "en",
}
SERVER = {"productFamily": "Windows Server", "productVersion": "2025"}
OLD_SERVER = {"productFamily": "Windows Server", "productVersion": "2016"}
AZURE = {"productFamily": "Azure", "productVersion": "Virtual Machines"}
BODY: dict[str, Any] = {
    **SERVER,
    "category": "Configuration",
    "title": "Sign-in fails",
    "description": "Sign-in fails since the host was renamed.",
    "severity": "C",
    "require24x7": False,
    "contact": CONTACT,
}


def ask(caller: Caller, *, key: str | None = "a-key", **changes: Any) -> Any:
    """Send a request about Windows Server 2025, with the default plan unless one is named."""
    headers = None if key is None else {"Idempotency-Key": key}
    return caller.post(PATH, BODY | changes, headers=headers)


def try_out(caller: Caller, **changes: Any) -> Any:
    """Only ask whether it would work; return the verdict."""
    return answered(caller.post(PATH, BODY | changes, dryRun="true"))


def asked(caller: Caller, *, key: str = "a-key", **changes: Any) -> Any:
    """Open a request, and return it as it was answered."""
    return answered(ask(caller, key=key, **changes), 201)
