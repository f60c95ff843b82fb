"""
Who may pass which door of the API: every address × method × actor, as one table.

What is asked for is Fabrikam's: its on-premises plan, package and contract, the request of its
Global admin. A method that no line names is refused with 405.
"""

from dataclasses import dataclass

ACTORS = {
    "nob": "nobody",
    "bad": "a token that nobody was issued",
    "cli": "client of Fabrikam with all scopes of partners",
    "few": "the same without the scope that the operation names",
    "for": "client of Northwind",
    "lnk": "client of Northwind that has linked Fabrikam's contract",
    "stf": "client of the staff with all its scopes",
    "bar": "the same without the scope staff",
    "agt": "session of a support agent",
    "aud": "session of an auditor",
    "own": "session of Fabrikam's Global admin",
    "nor": "session of a linked user of Fabrikam without a role",
    "csp": "session of an Admin agent of Fabrikam who is associated with CSP only",
    "riv": "session of Northwind's Global admin",
    "con": "session of a personal account that has linked Fabrikam's contract",
    "per": "session of a personal account without links",
}

TABLE = """
route        method nob bad cli few for lnk stf bar agt aud own nor csp riv con per

entitlements GET    401 401 200 403 200 200 200 200 200 200 200 200 200 200 200 200
entitlement  GET    401 401 200 403 404 200 200 200 200 200 200 200 403 404 200 404
ledger       GET    401 401 200 403 404 200 200 200 200 200 200 200 403 404 200 404
check        POST   401 401 200 403 200 200 200 200 200 200 200 200 200 200 200 200
benefits     GET    401 401 200 403 200 200 200 200 200 200 200 200 403 200 200 200
benefit      GET    401 401 200 403 404 404 200 200 200 200 200 200 403 404 404 404
activate     POST   401 401 200 403 404 404 403 403 403 403 200 403 403 404 404 404
contracts    GET    401 401 200 403 200 200 200 200 200 200 200 200 200 200 200 200
contract     GET    401 401 200 403 404 200 200 200 200 200 200 200 403 404 200 404
contract-ids GET    401 401 200 403 404 403 403 403 403 403 200 200 403 404 403 404
link         POST   401 401 201 403 201 200 403 403 403 403 200 200 201 201 200 201
unlink       DELETE 401 401 404 403 404 204 403 403 404 404 204 204 404 404 204 404
products     GET    401 401 200 403 200 200 200 200 200 200 200 200 200 200 200 200
requests     GET    401 401 200 403 200 200 200 200 200 200 200 200 200 200 200 200
requests     POST   401 401 201 403 409 201 403 403 403 403 201 201 409 409 201 409
request      GET    401 401 200 403 404 404 200 200 200 200 200 404 404 404 404 404
notes        POST   401 401 403 403 404 404 201 201 201 403 201 404 404 404 404 404
close        POST   401 401 403 403 404 404 200 200 200 403 200 404 404 404 404 404
reopen       POST   401 401 403 403 404 404 200 200 200 403 200 404 404 404 404 404
partners     GET    401 401 200 403 200 200 200 200 200 200 200 200 200 200 200 200
partner      GET    401 401 200 403 404 404 200 200 200 200 200 200 200 404 404 404
memberships  GET    401 401 200 403 404 404 200 200 200 200 200 200 403 404 404 404
lookups      POST   401 401 403 403 403 403 200 403 200 200 403 403 403 403 403 403
events       GET    401 401 200 403 200 200 200 200 200 200 200 200 200 200 200 200

schema       GET    200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
docs         GET    200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
"""

# Not resources but the description of them: for everybody, and not described in themselves.
ABOUT = frozenset(("schema", "docs"))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@dataclass(frozen=True)
class Door:
    """One address with one method, and what each actor gets there."""

    route: str
    method: str
    answers: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method}-{self.route}"


def _read() -> list[Door]:
    lines = [line.split() for line in TABLE.strip().splitlines() if line]
    assert lines[0][2:] == list(ACTORS)
    return [
        Door(route, method, dict(zip(ACTORS, map(int, answers), strict=True)))
        for route, method, *answers in lines[1:]
    ]


DOORS = _read()
ROUTES = {door.route for door in DOORS}


def opened(route: str) -> set[str]:
    """Return the methods that the route takes."""
    return {door.method for door in DOORS if door.route == route}


CLOSED = [
    (route, method) for route in sorted(ROUTES) for method in METHODS if method not in opened(route)
]

# What is asked for, by whom, and the status: of the own company, of another one, of nobody. The
# answers to the last two must not differ. Fabrikam and its Global admin ask, then its client.
OBJECTS = """
route        method  session    client

entitlement  GET     200 404    200 404
ledger       GET     200 404    200 404
benefit      GET     200 404    200 404
activate     POST    200 404    200 404
contract     GET     200 404    200 404
contract-ids GET     200 404    200 404
unlink       DELETE  204 404    404 404
request      GET     200 404    200 404
notes        POST    201 404    403 404
close        POST    200 404    403 404
reopen       POST    200 404    403 404
partner      GET     200 404    200 404
memberships  GET     200 404    200 404
requests     POST    201 409    201 409
"""


@dataclass(frozen=True)
class Thing:
    """One address with one method: the status for what is one's own, and for all else."""

    route: str
    method: str
    asker: str
    own: int
    other: int

    def __str__(self) -> str:
        return f"{self.asker}-{self.method}-{self.route}"


def _things() -> list[Thing]:
    found = []
    for line in OBJECTS.strip().splitlines()[2:]:
        route, method, *codes = line.split()
        own, other, own_of_client, other_of_client = map(int, codes)
        found.append(Thing(route, method, "own", own, other))
        found.append(Thing(route, method, "cli", own_of_client, other_of_client))
    return found


THINGS = _things()
