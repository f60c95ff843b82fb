"""
The explanation object: one shape for every refusal and for every plan shown as unusable.

A refusal is defined next to the rule it comes from, as a subclass of `Refusal`. It may be raised
(the attempt ends) or merely built and shown (the plan is listed with its reason): page, staff card,
API and command read the same `explanation` from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class NextStep:
    """What to do now: a sentence, and where to do it (`url`) or who can (`people`)."""

    text: str
    url: str = ""
    people: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the step in JSON's types."""
        return {"text": self.text, "url": self.url or None, "people": list(self.people)}


@dataclass(frozen=True)
class Explanation:
    """A stable code, one plain sentence, the facts behind it (JSON types), the next step."""

    code: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    next_step: NextStep | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation in JSON's types; codes and fact names are never translated."""
        return {
            "code": self.code,
            "message": self.message,
            "facts": dict(self.facts),
            "nextStep": self.next_step.as_dict() if self.next_step else None,
        }


@dataclass(frozen=True)
class Attempt:
    """What somebody tried: the audit's action, and kind and public id of what it was tried on."""

    action: str
    target: tuple[str, str] | None = None


class Refusal(Exception):  # noqa: N818 - a refusal is anticipated, it is not an error
    """An anticipated "no". Subclasses fix the code and the HTTP status."""

    code: ClassVar[str]
    status: ClassVar[int]

    def __init__(
        self,
        message: str,
        *,
        facts: Mapping[str, Any] | None = None,
        next_step: NextStep | None = None,
    ) -> None:
        super().__init__(message)
        self._attempt: Attempt | None = None
        self.explanation = Explanation(
            code=self.code, message=message, facts=facts or {}, next_step=next_step
        )

    @property
    def attempt(self) -> "Attempt | None":
        """What was attempted, in the words of the audit; named by the service that refused."""
        return self._attempt

    def name_attempt(self, attempt: "Attempt") -> None:
        """Say what was attempted; the service that was called first knows best."""
        self._attempt = attempt

    @property
    def message(self) -> str:
        """The sentence for people."""
        return self.explanation.message

    @property
    def retry_after(self) -> int | None:
        """Whole seconds after which a repeat may succeed, or None where waiting won't help."""
        return None

    @property
    def headers(self) -> dict[str, str]:
        """The headers of whatever answers with it: when to try again, if waiting helps."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


class Unavailable(Refusal):
    """The database is out of reach, or too busy; nothing was changed."""

    code = "unavailable"
    status = 503

    @property
    def retry_after(self) -> int | None:
        """A short wait is enough for a busy database."""
        return 5
