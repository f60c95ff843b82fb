"""
Roles and what each may do: one enum each, one table (partners/data/roles.csv), read at start.

Beside them what each kind of the portal's own staff may do (partners/data/staff.csv).
Who may do what is answered by permissions.py, and by nothing else.
"""

import csv
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy as _

TABLE = Path(__file__).parent / "data" / "roles.csv"
STAFF_TABLE = Path(__file__).parent / "data" / "staff.csv"


class Role(models.TextChoices):
    """What an affiliation may be."""

    GLOBAL_ADMIN = "GLOBAL_ADMIN", _("Global admin")
    MPN_PARTNER_ADMIN = "MPN_PARTNER_ADMIN", _("MPN partner admin")
    ADMIN_AGENT = "ADMIN_AGENT", _("Admin agent")
    HELPDESK_AGENT = "HELPDESK_AGENT", _("Helpdesk agent")
    SALES_AGENT = "SALES_AGENT", _("Sales agent")
    BILLING_ADMIN = "BILLING_ADMIN", _("Billing admin")
    USER_MANAGEMENT_ADMIN = "USER_MANAGEMENT_ADMIN", _("User management admin")
    ACCOUNT_ADMIN = "ACCOUNT_ADMIN", _("Account admin")
    REPORT_VIEWER = "REPORT_VIEWER", _("Report viewer")


class Permission(StrEnum):
    """What an account may be allowed to do; the values are the columns of the role table."""

    ACTIVATE = "activate"
    RENEW_OR_UPGRADE = "renew_or_upgrade"
    BUY_PLAN = "buy_plan"
    SEE_LINKED_ACCOUNTS = "see_linked_accounts"
    REVOKE_OR_REPLACE = "revoke_or_replace"
    CUSTOMER_REQUEST = "customer_request"
    PARTNER_REQUESTS = "partner_requests"
    MANAGE_ROLES = "manage_roles"
    AUDIT_TRAIL = "audit_trail"
    API_CLIENTS = "api_clients"


class StaffPermission(StrEnum):
    """What the portal's staff may be allowed to do; the values are the columns of their table."""

    LOOK_UP = "look_up"
    WORK_ON_REQUESTS = "work_on_requests"
    TAKE_OVER_REQUESTS = "take_over_requests"
    ADJUST_PLANS = "adjust_plans"
    IMPORTS = "imports"
    SEE_IMPORTS = "see_imports"
    MANAGE_MEMBERSHIPS = "manage_memberships"
    DJANGO_ADMIN = "django_admin"
    API_CLIENTS = "api_clients"
    READ_AUDIT = "read_audit"


def _read() -> dict[Role, frozenset[Permission]]:
    with TABLE.open(encoding="utf-8", newline="") as source:
        return {
            Role(row["code"]): frozenset(
                permission for permission in Permission if row[permission.value] == "yes"
            )
            for row in csv.DictReader(source)
            if row["code"]
        }


def _read_staff() -> Mapping[str, frozenset[StaffPermission]]:
    with STAFF_TABLE.open(encoding="utf-8", newline="") as source:
        return MappingProxyType(
            {
                row["code"]: frozenset(
                    permission for permission in StaffPermission if row[permission.value] == "yes"
                )
                for row in csv.DictReader(source)
            }
        )


PERMISSIONS_BY_ROLE: dict[Role, frozenset[Permission]] = _read()
# By the code of the kind: the accounts that are of it live in models.py, which imports this module.
PERMISSIONS_BY_STAFF_KIND = _read_staff()


def roles_with(permission: Permission) -> list[Role]:
    """Return the roles that carry `permission`, in the order of the table."""
    return [role for role, granted in PERMISSIONS_BY_ROLE.items() if permission in granted]


def staff_kinds_with(permission: StaffPermission) -> list[str]:
    """Return the codes of the kinds of staff that carry `permission`, in the order of the table."""
    return [kind for kind, granted in PERMISSIONS_BY_STAFF_KIND.items() if permission in granted]
