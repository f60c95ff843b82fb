"""The topics of the help pages, and which page leads to which topic."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Topic:
    """One help page; its text is the template of its slug in templates/help/topics/."""

    slug: str
    title: Promise | str
    summary: Promise | str

    @property
    def template(self) -> str:
        """Where its text stands."""
        return f"help/topics/{self.slug}.html"


TOPICS = {
    topic.slug: topic
    for topic in (
        Topic(
            "remaining",
            _("How many incidents are left"),
            _("Where it shows, in every portal, and what used them."),
        ),
        Topic(
            "activate",
            _("Activate benefits"),
            _("What activation gives, who can do it, and until when."),
        ),
        Topic(
            "link",
            _("Link a contract to your account"),
            _("Access ID and Contract ID: once per account, for every portal."),
        ),
        Topic(
            "requests",
            _("Create a support request"),
            _("What it costs, which severity to choose, and what happens then."),
        ),
        Topic(
            "n-1",
            _("Which on-premises versions are covered"),
            _("The N-1 rule, and the versions that pass today."),
        ),
        Topic(
            "tpd",
            _("Technical presales and deployment"),
            _("Hours of advice and planning; no activation, no IDs."),
        ),
        Topic(
            "memberships",
            _("Manage benefits and offers"),
            _("The membership year, its anniversary, renewal and upgrade."),
        ),
        Topic(
            "support-plans",
            _("Partner support plans"),
            _("What can be bought beside the benefits, for which products, and by whom."),
        ),
        Topic(
            "customers",
            _("Requests for CSP customers"),
            _("Acting for a customer, and the plan Cloud Solution Provider."),
        ),
        Topic(
            "wrong-account",
            _("Signed in with the wrong account or company"),
            _("No benefits to see, or not authorized: who you are signed in as."),
        ),
        Topic(
            "already-associated",
            _("“Already associated”: the old sentence"),
            _("What it stood for, and what is said here instead."),
        ),
        Topic(
            "partner-membership-center",
            _("Members of the former Partner Membership Center"),
            _("What was kept there is found here, by which account."),
        ),
        Topic(
            "notifications",
            _("The bell"),
            _("What it tells, to whom, and for how long."),
        ),
        Topic(
            "api",
            _("The API"),
            _("Ask for entitlements, activate, link and open requests by program."),
        ),
    )
}

# By the name of the page's address; pages that are not here lead to the list of topics.
_PAGES_OF_TOPIC = {
    "remaining": (
        *("dashboard", "benefits:technical", "benefits:plan", "benefits:ledger"),
        *("support:plans", "support:portal-plans", "support:portal-help"),
    ),
    "link": (
        *("benefits:accounts", "benefits:replace-ids"),
        *("support:portal-link", "support:link-own", "support:portal-link-own"),
    ),
    "requests": (
        *("support:create", "support:create-product", "support:create-issue"),
        *("support:create-review", "support:requests", "support:request"),
        *("support:portal-create", "support:portal-problem", "support:portal-details"),
        "support:portal-review",
    ),
    "activate": ("benefits:activate",),
    "memberships": (
        *("memberships:offers", "memberships:renew", "memberships:upgrade"),
        "memberships:competencies",
    ),
    "tpd": ("support:consultation",),
    "support-plans": (
        *("benefits:partner-support", "benefits:show-bought-ids"),
        *("benefits:offer", "benefits:buy"),
    ),
    "customers": ("partners:customers", "support:customer", "support:customer-new-request"),
    "wrong-account": (
        *("account_login", "account_signup", "account_inactive"),
        *("partners:my-access", "partners:users", "partners:user", "partners:user-add"),
        *("partners:user-programs", "partners:user-roles", "partners:user-remove"),
    ),
    "notifications": ("notifications", "notifications-read"),
    "api": ("partners:api-clients", "partners:api-client", "api:docs"),
}
TOPIC_OF_PAGE = {page: slug for slug, pages in _PAGES_OF_TOPIC.items() for page in pages}


def topic_of_page(view_name: str) -> str | None:
    """Return the slug of the topic that the page of this name is about, or None."""
    return TOPIC_OF_PAGE.get(view_name)
