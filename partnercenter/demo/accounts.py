"""The demo's partners and accounts, as data. All accounts share one password."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.models import User
from partners.roles import Role
from partners.scopes import PARTNER_SCOPES, ClientScope

PASSWORD = "partner-center-demo"  # noqa: S105 - it is printed on the demo's sign-in page


@dataclass(frozen=True)
class DemoPartner:
    """A company of the demo world."""

    mpn_id: str
    name: str
    country: str
    in_mpn: bool = True
    in_csp: bool = False


@dataclass(frozen=True)
class DemoCustomer:
    """A company that one of the demo's CSP partners serves."""

    mpn_id: str
    name: str
    domain: str
    country: str


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demo world; `at` names partner, programs and roles."""

    email: str
    name: str
    shows: str | Promise
    at: tuple[tuple[str, str, tuple[Role, ...]], ...] = ()
    kind: User.Kind = User.Kind.WORK
    staff_kind: User.StaffKind | None = None
    listed: bool = field(default=True)


@dataclass(frozen=True)
class DemoClient:
    """An API client of the demo world; without a partner it is one of the portal's staff."""

    client_id: str
    name: str
    mpn_id: str | None
    scopes: tuple[ClientScope, ...] = PARTNER_SCOPES

    @property
    def secret(self) -> str:
        """Its secret, which the demo tells everybody."""
        return f"{self.client_id}-secret"


CONTOSO, FABRIKAM, NORTHWIND, TAILSPIN = "5123456", "5234567", "5345678", "5456789"
ADATUM, WINGTIP, LITWARE, PROSEWARE = "5567890", "5678901", "5789012", "5890123"
EXPIRED, RENEWAL, EXHAUSTED, PENDING, SCHEDULED = (
    "5901234",
    "5912345",
    "5923456",
    "5934567",
    "5945678",
)

PARTNERS = (
    DemoPartner(CONTOSO, "Contoso", "US", in_csp=True),
    DemoPartner(FABRIKAM, "Fabrikam", "DE"),
    DemoPartner(NORTHWIND, "Northwind Traders", "SE"),
    DemoPartner(TAILSPIN, "Tailspin Toys", "GB"),
    DemoPartner(ADATUM, "A. Datum", "HU"),
    DemoPartner(WINGTIP, "Wingtip Toys", "US"),
    DemoPartner(LITWARE, "Litware", "FR", in_mpn=False, in_csp=True),
    DemoPartner(PROSEWARE, "Proseware", "NL"),
    DemoPartner(EXPIRED, "Coho Winery", "IT"),
    DemoPartner(RENEWAL, "Margie's Travel", "ES"),
    DemoPartner(EXHAUSTED, "Fourth Coffee", "PL"),
    DemoPartner(PENDING, "Alpine Ski House", "AT"),
    DemoPartner(SCHEDULED, "Lucerne Publishing", "CH"),
)

CUSTOMERS = (
    DemoCustomer(CONTOSO, "Relecloud", "relecloud.example", "US"),
    DemoCustomer(CONTOSO, "Woodgrove Bank", "woodgrove.example", "US"),
    DemoCustomer(CONTOSO, "Lamna Healthcare", "lamna.example", "CA"),
    DemoCustomer(LITWARE, "VanArsdel", "vanarsdel.example", "FR"),
)

_ADMIN = (Role.GLOBAL_ADMIN,)
_ROLES = _("Roles in one company")
_STATES = _("Benefits in every state")
_WITHOUT_PARTNER = _("Without a partner")
_STAFF = _("Support staff")

ACCOUNTS = (
    DemoAccount(
        "admin@contoso.example",
        "Ana Berg",
        _("Contoso, Gold, not activated: she may activate"),
        ((CONTOSO, "MPN CSP", _ADMIN),),
    ),
    DemoAccount(
        "mpnadmin@contoso.example",
        "Li Wei",
        _("Contoso: MPN partner admin, may activate too"),
        ((CONTOSO, "MPN", (Role.MPN_PARTNER_ADMIN,)),),
    ),
    DemoAccount(
        "agent@contoso.example",
        "Omar Said",
        _("Contoso: Admin agent in MPN and CSP, opens requests for customers"),
        ((CONTOSO, "MPN CSP", (Role.ADMIN_AGENT,)),),
    ),
    DemoAccount(
        "user@contoso.example",
        "Ingrid Holm",
        _("Contoso: no role, sees who can activate"),
        ((CONTOSO, "MPN", ()),),
    ),
    DemoAccount(
        "csponly@contoso.example",
        "Chris Poe",
        _("Contoso: associated with CSP only, not authorized"),
        ((CONTOSO, "CSP", (Role.ADMIN_AGENT,)),),
    ),
    DemoAccount(
        "multi@contoso.example",
        "Mia Torres",
        _("no role at Contoso, MPN partner admin at Fabrikam: switch between them"),
        ((CONTOSO, "MPN", ()), (FABRIKAM, "MPN", (Role.MPN_PARTNER_ADMIN,))),
    ),
    DemoAccount(
        "admin@fabrikam.example",
        "Fritz Baum",
        _("Gold, activated, some incidents used"),
        ((FABRIKAM, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "admin@northwind.example",
        "Nils Ek",
        _("Silver, few incidents left"),
        ((NORTHWIND, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "admin@tailspin.example",
        "Tess Young",
        _("Silver with a cloud competency: unlimited cloud support"),
        ((TAILSPIN, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "admin@adatum.example",
        "Anna Dán",
        _("Action Pack: on-premises only"),
        ((ADATUM, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "admin@wingtip.example",
        "Will Tipton",
        _("Action Pack and Silver: two packages, two contracts"),
        ((WINGTIP, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "admin@litware.example",
        "Luc Warin",
        _("a partner in CSP only: not authorized"),
        ((LITWARE, "CSP", _ADMIN),),
    ),
    DemoAccount(
        "admin@proseware.example",
        "Pim Ros",
        _("in MPN without a membership: no benefits yet"),
        ((PROSEWARE, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "admin@expired.example",
        "Elena Coho",
        _("Gold that has ended with incidents left"),
        ((EXPIRED, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "admin@renewal.example",
        "Rosa Marín",
        _("Gold in the 30 days after its anniversary"),
        ((RENEWAL, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "admin@exhausted.example",
        "Ewa Kawa",
        _("Gold with nothing left on both plans"),
        ((EXHAUSTED, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "admin@pending.example",
        "Paul Enders",
        _("Gold, activation pending"),
        ((PENDING, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "admin@scheduled.example",
        "Selma Dul",
        _("Silver that starts in ten days"),
        ((SCHEDULED, "MPN", _ADMIN),),
    ),
    DemoAccount(
        "pat@outlook.example",
        "Pat Moore",
        _("a personal account without a partner and without links"),
        kind=User.Kind.PERSONAL,
    ),
    DemoAccount(
        "staff@portal.example",
        "Sam Tanaka",
        _("support agent: the look-up"),
        staff_kind=User.StaffKind.SUPPORT_AGENT,
    ),
    DemoAccount(
        "manager@portal.example",
        "Mona Vale",
        _("benefits manager"),
        staff_kind=User.StaffKind.BENEFITS_MANAGER,
    ),
    DemoAccount(
        "auditor@portal.example",
        "Aki Oda",
        _("auditor"),
        staff_kind=User.StaffKind.AUDITOR,
    ),
    DemoAccount(
        "root@portal.example",
        "Rut Olsen",
        _("administrator"),
        staff_kind=User.StaffKind.ADMINISTRATOR,
    ),
    # Linked by other people's worlds; nobody needs to sign in as them to see a state.
    DemoAccount(
        "user@fabrikam.example",
        "Uta Lang",
        _("Fabrikam: no role, linked"),
        ((FABRIKAM, "MPN", ()),),
        listed=False,
    ),
    DemoAccount(
        "consultant@outlook.example",
        "Kofi Mensah",
        _("a consultant who was given Fabrikam's pair"),
        kind=User.Kind.PERSONAL,
        listed=False,
    ),
    DemoAccount(
        "user@renewal.example",
        "Raúl Gil",
        _("Margie's Travel: no role, linked"),
        ((RENEWAL, "MPN", ()),),
        listed=False,
    ),
)

CLIENTS = (
    DemoClient("demo-contoso", "Contoso's demo client", CONTOSO),
    DemoClient("demo-fabrikam", "Fabrikam's demo client", FABRIKAM),
    DemoClient(
        "demo-staff",
        "The staff's demo client",
        None,
        (
            ClientScope.ENTITLEMENTS_READ,
            ClientScope.REQUESTS_READ,
            ClientScope.EVENTS_READ,
            ClientScope.STAFF,
        ),
    ),
)


def listed_accounts() -> list[DemoAccount]:
    """Return the accounts that the sign-in page and the run command show."""
    return [account for account in ACCOUNTS if account.listed]


@dataclass(frozen=True)
class AccountGroup:
    """Accounts that show the same side of the portal."""

    title: str | Promise
    accounts: tuple[DemoAccount, ...]


def account_groups() -> list[AccountGroup]:
    """Return the listed accounts by what they show, in the order of the list."""
    grouped: dict[str | Promise, list[DemoAccount]] = {}
    for account in listed_accounts():
        grouped.setdefault(_side(account), []).append(account)
    return [AccountGroup(title, tuple(shown)) for title, shown in grouped.items()]


def _side(account: DemoAccount) -> str | Promise:
    """Return the title of the group that the account belongs to."""
    if account.staff_kind is not None:
        return _STAFF
    if not account.at:
        return _WITHOUT_PARTNER
    first_partner, _programs, _roles = account.at[0]
    return _ROLES if first_partner == CONTOSO else _STATES
