"""What the frame around every page needs: partner, account, navigation."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from partnercenter.demo import accounts
from partnercenter.demo.accounts import AccountGroup
from partnercenter.help.topics import topic_of_page
from partnercenter.notifications import Bell, bell_of
from partners.acting import Acting
from partners.models import Partner, User
from partners.pages import return_address
from partners.permissions import staff_may
from partners.roles import Permission, StaffPermission
from portal import languages
from portal.sentences import listed
from support.portals import CLOUD_PORTALS, CloudPortal


@dataclass(frozen=True)
class Item:
    """One entry of the navigation or of a portal's tabs."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Section:
    """Entries of the left navigation under one heading."""

    label: str
    items: list[Item]


@dataclass(frozen=True)
class Frame:
    """What the templates in templates/frames/ read."""

    home_url: str
    is_signed_in: bool = False
    user_name: str = ""
    user_email: str = ""
    user_initials: str = ""
    partner: Partner | None = None
    other_partners: tuple[Partner, ...] = ()
    navigation: list[Section] = field(default_factory=list)
    tabs: list[Item] = field(default_factory=list)
    portals: list[Item] = field(default_factory=list)
    breadcrumbs: list[tuple[str, str]] = field(default_factory=list)
    staff_search_url: str = ""
    bell: Bell | None = None
    notifications_url: str = ""
    help_url: str = ""
    language_url: str = ""
    # Where the switch of the language leads back to: this page, with its query.
    page_url: str = ""
    languages: dict[str, str] = field(default_factory=lambda: languages.NAMES)
    switch_url: str = ""
    sign_in_other_url: str = ""
    my_access_url: str = ""
    sign_out_url: str = ""
    clock_fixed_at: Any = None
    demo: bool = False
    demo_accounts: list[AccountGroup] = field(default_factory=list)
    demo_password: str = ""
    demo_clients: str = ""


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: build the frame for who asks; signed out, little is known."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": _signed_out(request)}
    acting: Acting = request.acting  # type: ignore[attr-defined]
    staff_url = reverse("support:staff-desk")
    return {
        "frame": Frame(
            home_url=reverse("home"),
            is_signed_in=True,
            user_name=user.name,
            user_email=user.email or "",
            user_initials=initials(user.name),
            partner=acting.partner,
            other_partners=acting.others,
            navigation=_navigation(request, acting),
            tabs=_tabs(request),
            portals=_portals(request),
            staff_search_url=staff_url if user.is_staff_member else "",
            bell=bell_of(request),
            notifications_url=reverse("notifications"),
            help_url=_help_url(request),
            language_url=reverse("partners:language"),
            page_url=return_address(request),
            switch_url=reverse("partners:switch"),
            sign_in_other_url=reverse("partners:sign-in-other"),
            my_access_url=reverse("partners:my-access"),
            sign_out_url=reverse("account_logout"),
            clock_fixed_at=settings.PORTAL_NOW,
            demo=settings.DEMO,
        )
    }


def _signed_out(request: HttpRequest) -> Frame:
    return Frame(
        home_url=reverse("home"),
        help_url=_help_url(request),
        language_url=reverse("partners:language"),
        page_url=return_address(request),
        clock_fixed_at=settings.PORTAL_NOW,
        demo=settings.DEMO,
        demo_accounts=accounts.account_groups() if settings.DEMO else [],
        demo_password=accounts.PASSWORD if settings.DEMO else "",
        demo_clients=listed(c.client_id for c in accounts.CLIENTS) if settings.DEMO else "",
    )


def _help_url(request: HttpRequest) -> str:
    """Return the help page about what this page does, or the list of all."""
    match = request.resolver_match
    topic = topic_of_page(match.view_name) if match is not None else None
    return reverse("help-topic", args=[topic]) if topic else reverse("help")


def initials(name: str) -> str:
    """Return the first letters of the first and the last part of a name."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


def _navigation(request: HttpRequest, acting: Acting) -> list[Section]:
    if request.user.is_staff_member:  # type: ignore[union-attr]
        return [Section("", _staff(request))]
    portal = _portal_of(request)
    if portal is not None:
        return _inside(request, portal, acting)
    sections = []
    if acting.partner is not None:
        sections = [
            Section("", [_item(request, _("Home"), "dashboard")]),
            Section(_("Membership"), _membership(request)),
            Section(_("Benefits"), [_item(request, _("Technical benefits"), "benefits:technical")]),
            *_customers(request, acting),
        ]
    support = [
        _item(request, _("My requests"), "support:requests"),
        _item(request, _("My plans"), "support:plans"),
        _item(request, _("Create a request"), "support:create"),
        _partner_support(request),
    ]
    portals = Section(_("Cloud portals"), _portals(request))
    return [*sections, Section(_("Support"), support), portals, *_account(request, acting)]


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
    others = [item for item in _portals(request) if not item.is_current]
    business = _item(request, _("Support for Business"), "support:requests")
    home = "dashboard" if acting.partner is not None else "support:plans"
    back = [_item(request, _("Back to Partner Center"), home)]
    return [
        Section("", own),
        Section(_("Other portals"), [*others, business]),
        Section(_("Partner Center"), back),
    ]


def _portals(request: HttpRequest) -> list[Item]:
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
    return [Section(_("CSP"), [replace(customers, is_current=is_current)])]


def _account(request: HttpRequest, acting: Acting) -> list[Section]:
    items = [_item(request, _("My access"), "partners:my-access")]
    if acting.may(Permission.MANAGE_ROLES):
        items.append(_item(request, _("Users and roles"), "partners:users"))
    if acting.may(Permission.API_CLIENTS):
        items.append(_item(request, _("API clients"), "partners:api-clients"))
    if acting.may(Permission.AUDIT_TRAIL):
        items.append(_item(request, _("Audit trail"), "partners:audit"))
    return [Section(_("Account"), items)]


def _tabs(request: HttpRequest) -> list[Item]:
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
