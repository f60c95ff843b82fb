"""What roles and permissions are called, and why one is missing."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from partners.models import User
from partners.roles import (
    PERMISSIONS_BY_ROLE,
    Permission,
    Role,
    StaffPermission,
    staff_kinds_with,
)

PERMISSIONS: dict[Permission, Promise] = {
    Permission.ACTIVATE: gettext_lazy("Activate benefits"),
    Permission.RENEW_OR_UPGRADE: gettext_lazy("Renew or upgrade a membership"),
    Permission.BUY_PLAN: gettext_lazy("Buy a Partner Support plan"),
    Permission.SEE_LINKED_ACCOUNTS: gettext_lazy("See who has linked a contract"),
    Permission.REVOKE_OR_REPLACE: gettext_lazy("Revoke links, replace the IDs"),
    Permission.CUSTOMER_REQUEST: gettext_lazy("Open requests for CSP customers"),
    Permission.PARTNER_REQUESTS: gettext_lazy("See all requests on the company's plans"),
    Permission.MANAGE_ROLES: gettext_lazy("Manage users and roles"),
    Permission.AUDIT_TRAIL: gettext_lazy("Read the audit trail"),
    Permission.API_CLIENTS: gettext_lazy("Manage API clients"),
}
STAFF_PERMISSIONS: dict[StaffPermission, Promise] = {
    StaffPermission.LOOK_UP: gettext_lazy("Look up partners, contracts and requests"),
    StaffPermission.WORK_ON_REQUESTS: gettext_lazy("Work on support requests"),
    StaffPermission.TAKE_OVER_REQUESTS: gettext_lazy("Take over what somebody else works on"),
    StaffPermission.ADJUST_PLANS: gettext_lazy("Correct what a plan gave"),
    StaffPermission.IMPORTS: gettext_lazy("Import partners, memberships, users and roles"),
    StaffPermission.SEE_IMPORTS: gettext_lazy("See what was imported"),
    StaffPermission.MANAGE_MEMBERSHIPS: gettext_lazy(
        "Add and change partners and their memberships"
    ),
    StaffPermission.DJANGO_ADMIN: gettext_lazy("Open the administration, manage staff accounts"),
    StaffPermission.API_CLIENTS: gettext_lazy("Register API clients of staff"),
    StaffPermission.READ_AUDIT: gettext_lazy("Read the audit of the whole portal"),
}


def staff_who_may(permission: StaffPermission) -> list[str]:
    """Return the kinds of staff that may do this, in words, in the order of the table."""
    return [str(User.StaffKind(kind).label) for kind in staff_kinds_with(permission)]


def allowed_by(role: Role) -> list[str]:
    """Return what the role allows, in words, in the order of the table."""
    granted = PERMISSIONS_BY_ROLE[role]
    return [str(PERMISSIONS[permission]) for permission in Permission if permission in granted]
