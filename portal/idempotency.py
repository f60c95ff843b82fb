"""
A key never executes twice, ever.

The key's row is inserted first, in the transaction of the effect: the unique constraint makes a
second caller wait for the first one's commit and then find the stored answer. When the effect is
refused or fails, the row goes with it and the key is free again.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from portal.models import IdempotencyKey
from portal.refusals import NextStep, Refusal

# PostgreSQL: the wait for a lock, or the whole statement, took longer than a web request may.
WAITED_TOO_LONG = ("55P03", "57014")
ACCEPTABLE_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class IdempotencyKeyInvalid(Refusal):
    """The key is empty, too long, or holds other than printable ASCII."""

    code = "idempotency_key_invalid"
    status = 400


class IdempotencyKeyReused(Refusal):
    """The key was used before, for something else."""

    code = "idempotency_key_reused"
    status = 422


class RequestInProgress(Refusal):
    """The first call with this key is still at work."""

    code = "request_in_progress"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("The same request is being worked on right now."),
            next_step=NextStep(_("Send it again in a moment, with the same key.")),
        )

    @property
    def retry_after(self) -> int | None:
        """The other call is as good as done."""
        return 1


@dataclass
class Claim:
    """The right to execute once, or the answer of the time it was executed."""

    row: IdempotencyKey
    is_replay: bool

    @property
    def answer(self) -> dict[str, Any]:
        """The stored answer; only a replay has one."""
        return self.row.answer

    def store(self, answer: Mapping[str, Any]) -> None:
        """Keep the answer for whoever repeats the call."""
        self.row.answer = dict(answer)
        self.row.save(update_fields=["answer"])


def fingerprint(content: Mapping[str, Any]) -> str:
    """Return a digest that is equal for equal content, whatever the order of its names."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def claim(
    *,
    by: AbstractBaseUser,
    operation: str,
    key: str,
    content: Mapping[str, Any],
    answer: Mapping[str, Any] | None = None,
) -> Claim:
    """
    Claim `key` for one execution of `operation`; call it first in the effect's transaction.

    :param answer: what to keep for whoever repeats the call, where it is known before the effect
    :raises RequestInProgress: the first call with this key still works after the wait for it
    :raises IdempotencyKeyInvalid: the key is not 1 to 255 printable ASCII characters
    :raises IdempotencyKeyReused: the key was used with another content
    """
    if not ACCEPTABLE_KEY.fullmatch(key):
        raise IdempotencyKeyInvalid(_("The key must be 1 to 255 printable characters."))
    digest = fingerprint(content)
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(
                caller_id=by.pk,
                operation=operation,
                key=key,
                fingerprint=digest,
                answer=dict(answer or {}),
            )
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) not in WAITED_TOO_LONG:
            raise
        raise RequestInProgress from error
    except IntegrityError:
        row = IdempotencyKey.objects.get(caller_id=by.pk, operation=operation, key=key)
    else:
        return Claim(row=row, is_replay=False)
    if row.fingerprint != digest:
        raise IdempotencyKeyReused(
            _("This was sent before under the same key, with other content."),
            facts={"operation": operation},
            next_step=NextStep(_("Look at what was created then, or start a new form.")),
        )
    return Claim(row=row, is_replay=True)


def stored_answer(*, by: AbstractBaseUser, operation: str, key: str) -> dict[str, Any] | None:
    """Return the answer kept under the key, or None when the key was never used."""
    row = IdempotencyKey.objects.filter(caller_id=by.pk, operation=operation, key=key).first()
    return row.answer if row else None


def key_of_form(sent: str, *, refusal: Refusal | None = None) -> str:
    """Return the key of a form as it is shown again: its own, unless that one is of no more use."""
    if not sent or isinstance(refusal, IdempotencyKeyReused | IdempotencyKeyInvalid):
        return str(uuid.uuid4())
    return sent
