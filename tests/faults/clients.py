"""People at their browsers, many at once: real requests over real connections."""

import re
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

Result = TypeVar("Result")
PATIENCE = 40
# The server speaks plain HTTP; without one context for all, each connection would read all the
# certificates of this machine.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
REQUEST_PATH = re.compile(r"/supportforbusiness/manage/(\d{15})$")
CREATE = "/supportforbusiness/create"
PRODUCT = {
    "category": "CRASH",
    "severity": "C",
    "hours": "BUSINESS",
    "country": "SE",
    "time_zone": "Europe/Stockholm",
    "contact_method": "EMAIL",
    "action": "continue",
}
ON_PREMISES = {"family": "Windows", "version": "11"}
CLOUD = {"family": "Azure", "version": "App Service"}
ISSUE = {
    "title": "Setup stops",
    "description": "Setup stops at 80 % since this morning.",
    "tried": "",
    "action": "continue",
}
CONTACT = {
    "contact_name": "Pat Moore",
    "contact_email": "pat@outlook.example",
    "contact_phone": "",
    "action": "submit",
}


@dataclass(frozen=True)
class Answer:
    """What the server said, and how often it had asked to come again (503) before that."""

    status: int
    text: str
    location: str = ""
    retry_after: str = ""
    came_again: int = 0

    @property
    def request_number(self) -> str:
        """The number of the request that the answer leads to, or nothing."""
        found = REQUEST_PATH.search(self.location)
        return found[1] if found and self.status == httpx.codes.FOUND else ""


@dataclass
class Visitor:
    """A signed-in account at a browser that keeps cookies and sends forms as pages ask for."""

    url: str
    session: str
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def __post_init__(self) -> None:
        """Take the session along."""
        self.cookies.set("sessionid", self.session, domain="127.0.0.1")

    def open(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path)

    def send(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form with the token of this browser."""
        token = self.cookies.get("csrftoken", domain="127.0.0.1") or ""
        return self._ask("POST", path, data={"csrfmiddlewaretoken": token, **fields})

    def _ask(self, method: str, path: str, **options: Any) -> Answer:
        """Ask; come again when the server asks for that (503 with Retry-After)."""
        deadline = time.monotonic() + PATIENCE
        came_again = 0
        with httpx.Client(
            base_url=self.url, cookies=self.cookies, timeout=PATIENCE, verify=NO_TLS
        ) as browser:
            while True:
                response = browser.request(method, path, **options)
                if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    break
                assert time.monotonic() < deadline, "the server never recovered"
                came_again += 1
                time.sleep(int(response.headers["Retry-After"]))
            self.cookies = browser.cookies
        return Answer(
            response.status_code,
            response.text,
            response.headers.get("Location", ""),
            response.headers.get("Retry-After", ""),
            came_again,
        )


def walk_to_review(visitor: Visitor, *, plan: str, product: dict[str, str]) -> str:
    """Fill in the wizard's first two steps; return the address of the third."""
    page = visitor.open(CREATE)
    draft = f"{CREATE}/{re.findall(rf'{CREATE}/([0-9a-f-]{{36}})/product', page.text)[0]}"
    chosen = visitor.send(f"{draft}/product", {**PRODUCT, **product, "plan": plan})
    assert (chosen.status, chosen.location) == (302, f"{draft}/issue"), chosen
    described = visitor.send(f"{draft}/issue", ISSUE)
    assert (described.status, described.location) == (302, f"{draft}/review"), described
    review = visitor.open(f"{draft}/review")
    assert review.status == 200, review
    return f"{draft}/review"


def review_of(draft: str) -> str:
    """Return the address of the draft's third step."""
    return f"{CREATE}/{draft}/review"


def copy_of(cookies: httpx.Cookies) -> httpx.Cookies:
    """Return the same cookies for another window."""
    return httpx.Cookies(cookies)


def all_at_once(tasks: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do all tasks in the same moment: none begins before every thread is ready."""
    barrier = threading.Barrier(len(tasks), timeout=PATIENCE)

    def begin(task: Callable[[], Result]) -> Result:
        barrier.wait()
        return task()

    with ThreadPoolExecutor(max_workers=len(tasks)) as pool:
        return list(pool.map(begin, tasks))


def statuses(answers: Iterable[Answer]) -> Counter[int]:
    """Count the final answers by status."""
    return Counter(answer.status for answer in answers)


def unavailable(answers: Iterable[Answer]) -> int:
    """Count how often the server asked to come again."""
    return sum(answer.came_again for answer in answers)
