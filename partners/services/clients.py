"""
Register the programs that call the API, give them new secrets and other scopes, stop them.

A secret is returned by the call that made it and can be read nowhere after that: only its digest is
stored. Source: "Access" in docs/api.md.
"""

import secrets
import string
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken

from partners import permissions
from partners.models import Affiliation, ApiClient, Partner, User
from partners.permissions import NotAuthorized
from partners.roles import Permission, StaffPermission
from partners.scopes import PARTNER_SCOPES, STAFF_SCOPES, ClientScope
from portal import audit, idempotency
from portal.refusals import NextStep, Refusal
from portal.sentences import listed

REGISTER = "register_client"
ROTATE = "rotate_client_secret"
# 256 bits; a double click selects all of it, for it has letters and digits only.
ALPHABET, SECRET_LENGTH = string.ascii_letters + string.digits, 43
MOST_CLIENTS = 20
LONGEST_NAME = 120


class ClientInvalid(Refusal):
    """What was asked for is no client that may be: its name, its scopes, or one too many."""

    code = "validation_error"
    status = 400


@dataclass(frozen=True)
class Registered:
    """The client and its secret in clear, once; a repeat of the same form has no secret."""

    client: ApiClient
    secret: str = field(repr=False)
    is_replay: bool = False


@audit.attempt("partners.register_client", target_kind="client", target_from="client_id")
def register_client(
    *,
    partner: Partner | None,
    name: str,
    scopes: Sequence[str],
    by: User | None,
    at: datetime,
    client_id: str | None = None,
    secret: str | None = None,
    key: str | None = None,
) -> Registered:
    """
    Register a client with exactly these scopes, and return its secret for the only time.

    :param partner: for whom it acts; None: for the portal's staff
    :param by: None when the installation itself registers it (command, demo)
    :param client_id, secret: given by the demo only; drawn otherwise
    :param key: of the form it was asked for with; the same form gives the same client
    :raises NotAuthorized: `by` may not, or the partner is not in MPN
    :raises ClientInvalid: no or too long a name; no, unknown or foreign scopes; too many clients
    :raises IdempotencyKeyReused: the form was sent before with other content
    """
    _refuse_unauthorized(by, partner=partner)
    name, wanted = _checked_name(name), _checked_scopes(scopes, partner=partner)
    client_id = client_id or str(uuid.uuid4())
    secret, digest = _secret(secret)
    with transaction.atomic():
        if by is not None and key is not None:
            content = {"partner": partner and partner.mpn_id, "name": name, "scopes": wanted}
            claim = idempotency.claim(
                by=by, operation=REGISTER, key=key, content=content, answer={"client_id": client_id}
            )
            if claim.is_replay:
                return _replayed(str(claim.answer["client_id"]))
        _refuse_one_too_many(partner)
        client = ApiClient(client_id=client_id, client_secret=digest, name=name, scopes=wanted)
        _write(client, partner=partner, by=by, at=at)
    return Registered(client, secret)


@audit.attempt("partners.rotate_client_secret", target_kind="client", target_from="client_id")
def rotate_secret(*, client_id: str, by: User, at: datetime, key: str | None = None) -> Registered:
    """
    Give the client a new secret; the old one and all tokens stop at once.

    :param key: of the form it was asked for with; the same form gives one new secret
    :raises ApiClient.DoesNotExist: absent, or another partner's
    :raises NotAuthorized: `by` may not
    :raises ClientInvalid: it was revoked
    """
    secret, digest = _secret(None)
    with transaction.atomic():
        client = _locked(client_id, by=by)
        _refuse_revoked(client)
        if key is not None:
            content = {"client": client_id}
            claim = idempotency.claim(by=by, operation=ROTATE, key=key, content=content)
            if claim.is_replay:
                return _replayed(client_id)
        client.client_secret, client.secret_changed_at = digest, at
        client.save(update_fields=["client_secret", "secret_changed_at", "updated"])
        _stop_tokens(client)
        _record("partners.rotate_client_secret", client, by=by, at=at)
    return Registered(client, secret)


@audit.attempt("partners.change_client_scopes", target_kind="client", target_from="client_id")
@transaction.atomic
def change_scopes(*, client_id: str, scopes: Sequence[str], by: User, at: datetime) -> ApiClient:
    """
    Give the client exactly these scopes; a scope it loses is gone from its tokens at once.

    :raises ApiClient.DoesNotExist: absent, or another partner's
    :raises NotAuthorized: `by` may not
    :raises ClientInvalid: no, unknown or foreign scopes, or it was revoked
    """
    client = _locked(client_id, by=by)
    _refuse_revoked(client)
    wanted, before = _checked_scopes(scopes, partner=client.partner), client.scopes
    if wanted == before:
        return client
    client.scopes = wanted
    client.user.staff_kind = _staff_kind(wanted, partner=client.partner)
    client.save(update_fields=["scopes", "updated"])
    client.user.save(update_fields=["staff_kind"])
    facts = {"before": before, "scopes": wanted}
    _record("partners.change_client_scopes", client, by=by, at=at, facts=facts)
    return client


@audit.attempt("partners.revoke_client", target_kind="client", target_from="client_id")
@transaction.atomic
def revoke_client(*, client_id: str, by: User, at: datetime) -> ApiClient:
    """
    Stop the client and its tokens for good; twice is once.

    :raises ApiClient.DoesNotExist: absent, or another partner's
    :raises NotAuthorized: `by` may not
    """
    client = _locked(client_id, by=by)
    if client.is_revoked:
        return client
    client.revoked_at, client.revoked_by = at, by
    client.save(update_fields=["revoked_at", "revoked_by", "updated"])
    _stop_tokens(client)
    _record("partners.revoke_client", client, by=by, at=at)
    return client


def allowed_scopes(*, partner: Partner | None) -> tuple[ClientScope, ...]:
    """Return the scopes that a client of the partner may have; None: one of staff."""
    return STAFF_SCOPES if partner is None else PARTNER_SCOPES


# --- who may, and what -----------------------------------------------------------------------


def _refuse_unauthorized(by: User | None, *, partner: Partner | None) -> None:
    if partner is not None and not partner.in_mpn:
        raise permissions.refuse_without_mpn(partner=partner)
    if by is None:
        return
    if partner is not None:
        permissions.require(Permission.API_CLIENTS, by=by, partner=partner)
    elif not permissions.staff_may(by, StaffPermission.API_CLIENTS):
        raise NotAuthorized(
            _("You are not authorized for this action"),
            facts={"permission": StaffPermission.API_CLIENTS.value},
            next_step=NextStep(_("Ask an administrator of the portal.")),
        )


def _checked_name(name: str) -> str:
    text = name.strip()
    if not text:
        raise ClientInvalid(_("Give the client a name."), facts={"field": "name"})
    if len(text) > LONGEST_NAME:
        raise ClientInvalid(
            _("A name has at most %(limit)d characters.") % {"limit": LONGEST_NAME},
            facts={"field": "name", "limit": LONGEST_NAME},
        )
    return text


def _checked_scopes(scopes: Sequence[str], *, partner: Partner | None) -> list[str]:
    """Return the scopes once each, in the order of the enum."""
    allowed = [scope.value for scope in allowed_scopes(partner=partner)]
    refused = sorted(set(scopes) - set(allowed))
    if refused:
        raise ClientInvalid(
            _("This client may not have: %(scopes)s.") % {"scopes": listed(refused)},
            facts={"field": "scopes", "refused": refused, "allowed": allowed},
        )
    if not scopes:
        raise ClientInvalid(
            _("Choose at least one thing that the client may do."),
            facts={"field": "scopes", "allowed": allowed},
        )
    return [scope for scope in allowed if scope in set(scopes)]


def _refuse_one_too_many(partner: Partner | None) -> None:
    """Count under the partner's lock: two admins at once don't both get the last place."""
    if partner is None:
        return
    Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=partner.pk)
    if ApiClient.objects.of(partner).in_force().count() >= MOST_CLIENTS:
        raise ClientInvalid(
            _("%(partner)s has %(limit)d API clients already, and more are not allowed.")
            % {"partner": partner.name, "limit": MOST_CLIENTS},
            facts={"limit": MOST_CLIENTS},
            next_step=NextStep(_("Revoke one that is no longer used.")),
        )


def _refuse_revoked(client: ApiClient) -> None:
    if client.is_revoked:
        raise ClientInvalid(
            _("%(client)s was revoked, and that cannot be undone.") % {"client": client.name},
            facts={"client": client.client_id},
            next_step=NextStep(_("Register a new client.")),
        )


# --- reading and writing ---------------------------------------------------------------------


def _locked(client_id: str, *, by: User) -> ApiClient:
    """Lock the client and read it after the lock; then see whether `by` may touch it."""
    client = (
        ApiClient.objects.visible_to(by)
        .select_for_update(of=("self",), no_key=True)
        .select_related("user", "partner")
        .get(client_id=client_id)
    )
    _refuse_unauthorized(by, partner=client.partner)
    return client


def _secret(given: str | None) -> tuple[str, str]:
    """Return a secret and its digest; before any lock, for Argon2 takes a tenth of a second."""
    secret = given or "".join(secrets.choice(ALPHABET) for _place in range(SECRET_LENGTH))
    return secret, make_password(secret)


def _replayed(client_id: str) -> Registered:
    client = ApiClient.objects.select_related("user", "partner").get(client_id=client_id)
    return Registered(client, secret="", is_replay=True)


def _write(client: ApiClient, *, partner: Partner | None, by: User | None, at: datetime) -> None:
    client.user = User.objects.create_user(
        None,
        name=client.name,
        kind=User.Kind.CLIENT,
        staff_kind=_staff_kind(client.scopes, partner=partner),
    )
    if partner is not None:
        Affiliation.objects.create(user=client.user, partner=partner, mpn=True, csp=False)
    client.partner = partner
    client.client_type = ApiClient.CLIENT_CONFIDENTIAL
    client.authorization_grant_type = ApiClient.GRANT_CLIENT_CREDENTIALS
    client.registered_at, client.registered_by, client.secret_changed_at = at, by, at
    client.save(force_insert=True)
    facts = {"name": client.name, "scopes": client.scopes}
    _record("partners.register_client", client, by=by, at=at, facts=facts)


def _staff_kind(scopes: Sequence[str], *, partner: Partner | None) -> User.StaffKind | None:
    """Return what a client of staff is among them: only one that may write works on requests."""
    if partner is not None:
        return None
    writes = ClientScope.REQUESTS_WRITE in scopes
    return User.StaffKind.SUPPORT_AGENT if writes else User.StaffKind.AUDITOR


def _stop_tokens(client: ApiClient) -> None:
    AccessToken.objects.filter(application=client).delete()


def _record(
    action: str,
    client: ApiClient,
    *,
    by: User | None,
    at: datetime,
    facts: dict[str, object] | None = None,
) -> None:
    mpn_id = client.partner.mpn_id if client.partner is not None else ""
    audit.record(
        action, by=by, at=at, partner=mpn_id, target=("client", client.client_id), facts=facts
    )
