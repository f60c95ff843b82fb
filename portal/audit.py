"""Who did what, for which partner, on what, when and from where (product rule: every change)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth.models import AbstractBaseUser

from portal import bulk, clock, origin
from portal.models import AuditRecord
from portal.refusals import Attempt, Refusal

P = ParamSpec("P")
R = TypeVar("R")


def attempt(
    action: str, *, target_kind: str = "", target_from: str = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Decorate a service: a refusal that leaves it says what was attempted, as `record` would have.

    :param target_from: the keyword argument that holds the target's public id
    """

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        @wraps(service)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return service(*args, **kwargs)
            except Refusal as refusal:
                named = kwargs.get(target_from)
                target = (target_kind, str(named)) if named is not None else None
                refusal.name_attempt(Attempt(action=action, target=target))
                raise

        return run

    return decorate


def record(
    action: str,
    *,
    by: AbstractBaseUser | None,
    at: datetime,
    target: tuple[str, object] | None = None,
    partner: str = "",
    facts: Mapping[str, Any] | None = None,
) -> AuditRecord:
    """
    Append the record of a change; call it inside the transaction of the change itself.

    :param action: what was done, as `app.verb_noun`
    :param target: kind and public id of what it was done to
    :param partner: the MPN ID of the partner it was done for
    :param facts: JSON types; never a Contract ID, password or token
    """
    return _append(action, by=by, at=at, target=target, partner=partner, facts=facts or {})


@dataclass(frozen=True)
class Line:
    """One of many records of the same action: for which partner, on what, and its facts."""

    partner: str
    target: tuple[str, object]
    facts: Mapping[str, Any]


def record_all(
    action: str, *, by: AbstractBaseUser | None, at: datetime, lines: Iterable[Line]
) -> None:
    """Append a record of the same action for each line, inside the transaction of the changes."""
    source, recorded_at = origin.current(), clock.real_now()
    actor_id = by.pk if by is not None else None
    of_all = (action, actor_id, "", at, recorded_at)
    whence = (source.channel.value, source.address, source.request_id)
    bulk.insert(
        model=AuditRecord,
        fields=(
            *("action", "actor_id", "refusal_code", "occurred_at", "recorded_at"),
            *("channel", "address", "request_id"),
            *("partner_mpn_id", "target_kind", "target_id", "facts"),
        ),
        rows=[
            (*of_all, *whence, line.partner, line.target[0], str(line.target[1]), line.facts)
            for line in lines
        ],
    )


def record_refused(
    action: str,
    *,
    refusal: Refusal,
    by: AbstractBaseUser | None,
    at: datetime,
    target: tuple[str, object] | None = None,
    partner: str = "",
) -> AuditRecord:
    """Append the record of an attempt that was refused; call it after the rollback (edge.py)."""
    return _append(
        action,
        by=by,
        at=at,
        target=target,
        partner=partner,
        facts=dict(refusal.explanation.facts),
        refusal_code=refusal.code,
    )


def _append(
    action: str,
    *,
    by: AbstractBaseUser | None,
    at: datetime,
    target: tuple[str, object] | None,
    partner: str,
    facts: Mapping[str, Any],
    refusal_code: str = "",
) -> AuditRecord:
    source = origin.current()
    target_kind, target_id = target or ("", "")
    return AuditRecord.objects.create(
        action=action,
        actor_id=by.pk if by is not None else None,
        partner_mpn_id=partner,
        target_kind=target_kind,
        target_id=str(target_id),
        refusal_code=refusal_code,
        facts=dict(facts),
        occurred_at=at,
        channel=source.channel,
        address=source.address,
        request_id=source.request_id,
    )
