"""The left navigation, and the tabs and portals of the other frames: what is where, for whom."""

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from partners.acting import Acting
from partners.models import User
from partners.permissions import staff_may
from partners.roles import Permission, StaffPermission
from support.portals import CLOUD_PORTALS, CloudPortal

# The sections that this browser's owner has closed, by name, and "menu" for the whole column.
CLOSED = "closed_navigation"
WHOLE = "menu"


@dataclass(frozen=True)
class Item:
    """One entry of the navigation or of a portal's tabs."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Section:
    """Entries of the left navigation under a heading; those without one are always seen."""

    label: str
    items: list[Item]
    # What the browser remembers it by: the headings change with the language.
    name: str = ""
    is_closed: bool = False


def navigation(request: HttpRequest, acting: Acting) -> list[Section]:
    """Return the sections for who asks; what they have closed is, except where they are."""
    closed = _closed(request)
    return [
        replace(
            section,
            is_closed=section.name in closed and not any(item.is_current for item in section.items),
        )
        for section in _sections(request, acting)
    ]


def is_closed(request: HttpRequest) -> bool:
    """Return whether the whole column is closed."""
    return WHOLE in _closed(request)


def _closed(request: HttpRequest) -> set[str]:
    return set(request.COOKIES.get(CLOSED, "").split("."))


def _sections(request: HttpRequest, acting: Acting) -> list[Section]:
    if request.user.is_staff_member:  # type: ignore[union-attr]
        return [Section("", _staff(request))]
    portal = _portal_of(request)
    if portal is not None:
        return _inside(request, portal, acting)
    sections = []
    if acting.partner is not None:
        benefits = [_item(request, _("Technical benefits"), "benefits:technical")]
        sections = [
            Section("", [_item(request, _("Home"), "dashboard")]),
            Section(_("Membership"), _membership(request), "membership"),
            Section(_("Benefits"), benefits, "benefits"),
            *_customers(request, acting),
        ]
    support = [
        _item(request, _("My requests"), "support:requests"),
        _item(request, _("My plans"), "support:plans"),
        _item(request, _("Create a request"), "support:create"),
        _partner_support(request),
    ]
    clouds = Section(_("Cloud portals"), portals(request), "portals")
    return [
        *sections,
        Section(_("Support"), support, "support"),
        clouds,
        *_account(request, acting),
    ]


def _staff(request: HttpRequest) -> list[Item]:
    """Return the entries of the staff's side; what has an entry of its own is not the desk's."""
    user: User = request.user  # type: ignore[assignment]
    others = [
        # The page of a request has the same address for everybody.
        _item_above(request, _("Requests"), "support:staff-requests", reverse("support:requests")),
        _item_above(request, _("Partners"), "support:staff-partners", "/staff/memberships"),
        _item(request, _("Reports"), "support:staff-reports"),
    ]
    if staff_may(user, StaffPermission.SEE_IMPORTS):
        others.append(_item(request, _("Imports"), "support:staff-imports"))
    if staff_may(user, StaffPermission.READ_AUDIT):
        others.append(_item(request, _("Audit"), "support:staff-audit"))
    if staff_may(user, StaffPermission.DJANGO_ADMIN):
        others.append(_item(request, _("Administration"), "admin:index"))
    desk = _item(request, _("Staff desk"), "support:staff-desk")
    is_elsewhere = any(item.is_current for item in others)
    return [replace(desk, is_current=desk.is_current and not is_elsewhere), *others]


def _item_above(request: HttpRequest, label: str, name: str, *elsewhere: str) -> Item:
    """Return an entry that pages elsewhere belong to as well."""
    item = _item(request, label, name)
    return replace(item, is_current=item.is_current or request.path.startswith(elsewhere))


def _partner_support(request: HttpRequest) -> Item:
    """Return the entry of the partner support plans; the page of each of them belongs to it."""
    item = _item(request, _("Partner support plans"), "benefits:partner-support")
    return replace(item, is_current=request.path.startswith("/support/"))


def _membership(request: HttpRequest) -> list[Item]:
    return [
        _item(request, _("Offers"), "memberships:offers"),
        _item(request, _("Competencies"), "memberships:competencies"),
    ]


def _portal_of(request: HttpRequest) -> CloudPortal | None:
    """Return the cloud portal that the address is in, if it is in one."""
    match = request.resolver_match
    return match.kwargs.get("portal") if match is not None else None


def _inside(request: HttpRequest, portal: CloudPortal, acting: Acting) -> list[Section]:
    """Return the navigation of a cloud portal: its own pages, the other portals, the way back."""
    start = _item(request, _("Help + support"), "support:portal-help", portal)
    start = replace(start, is_current=request.path == start.url)
    own = [
        start,
        _item(request, _("Support plans"), "support:portal-plans", portal),
        _item(request, _("Link support benefits"), "support:portal-link", portal),
        _item(request, _("+ New support request"), "support:portal-create", portal),
    ]
    others = [item for item in portals(request) if not item.is_current]
    business = _item(request, _("Support for Business"), "support:requests")
    home = "dashboard" if acting.partner is not None else "support:plans"
    back = [_item(request, _("Back to Partner Center"), home)]
    return [
        Section("", own),
        Section(_("Other portals"), [*others, business], "other-portals"),
        Section(_("Partner Center"), back, "partner-center"),
    ]


def portals(request: HttpRequest) -> list[Item]:
    """Return the cloud portals, each by its first page."""
    return [
        _item(request, portal.name, "support:portal-help", portal)
        for portal in CLOUD_PORTALS.values()
    ]


def _customers(request: HttpRequest, acting: Acting) -> list[Section]:
    if not acting.standing.in_csp:
        return []
    customers = _item(request, _("Customers"), "partners:customers")
    # The pages of one customer stand beside the list, not below it.
    is_current = request.path.startswith(customers.url.removesuffix("list"))
    return [Section(_("CSP"), [replace(customers, is_current=is_current)], "csp")]


def _account(request: HttpRequest, acting: Acting) -> list[Section]:
    items = [_item(request, _("My access"), "partners:my-access")]
    if acting.may(Permission.MANAGE_ROLES):
        items.append(_item(request, _("Users and roles"), "partners:users"))
    if acting.may(Permission.API_CLIENTS):
        items.append(_item(request, _("API clients"), "partners:api-clients"))
    if acting.may(Permission.AUDIT_TRAIL):
        items.append(_item(request, _("Audit trail"), "partners:audit"))
    return [Section(_("Account"), items, "account")]


def tabs(request: HttpRequest) -> list[Item]:
    """Return the tabs of Support for Business."""
    if request.user.is_staff_member:  # type: ignore[union-attr]
        # Staff have no requests or plans of their own.
        return []
    return [
        _item(request, _("Manage"), "support:requests"),
        _item(request, _("Plans"), "support:plans"),
        _item(request, _("Create"), "support:create"),
    ]


def _item(request: HttpRequest, label: str, url_name: str, *arguments: object) -> Item:
    url = reverse(url_name, args=arguments)
    is_current = request.path == url or request.path.startswith(f"{url.rstrip('/')}/")
    if url_name == "dashboard":
        is_current = request.path == url
    return Item(label=label, url=url, is_current=is_current)
