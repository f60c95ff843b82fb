"""What the audit says of partners, users, roles and API clients."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.roles import Role
from partners.scopes import ClientScope
from portal.audit_words import Group, Words
from portal.sentences import all_of, in_a_row


def _changed(facts: Mapping[str, Any]) -> str:
    """Return what an affiliation was given and what was taken from it."""
    given, taken = _names(facts["given"]), _names(facts["taken"])
    sentences = []
    if given:
        sentences.append(_("Given: %(what)s.") % {"what": given})
    if taken:
        sentences.append(_("Taken away: %(what)s.") % {"what": taken})
    return in_a_row(sentences)


def _names(codes: list[str]) -> str:
    """Return roles by their labels, and programs as they are called anyway."""
    labels = {role.value: str(role.label) for role in Role}
    return all_of([labels.get(code, code) for code in codes])


def _scopes(facts: Mapping[str, Any]) -> str:
    labels = {scope.value: str(scope.label) for scope in ClientScope}
    scopes = [labels.get(code, code) for code in facts["scopes"]]
    return _("It may: %(scopes)s.") % {"scopes": " · ".join(scopes)}


def _file(facts: Mapping[str, Any]) -> str:
    return str(facts["file"])


def _imported(facts: Mapping[str, Any]) -> str:
    return _("%(file)s: %(new)d new, %(changed)d changed, %(unchanged)d unchanged.") % {
        "file": facts["file"],
        "new": facts["new"],
        "changed": facts["changed"],
        "unchanged": facts["unchanged"],
    }


def _partner_changes(facts: Mapping[str, Any]) -> str:
    """Return what an import changed; nothing for a partner that it brought."""
    changes = facts["changed"]
    sentences = [
        _("%(what)s was “%(before)s”.") % {"what": what, "before": changes[name][0]}
        for name, what in (("name", _("The name")), ("country", _("The country")))
        if name in changes
    ]
    added = [program for program in ("MPN", "CSP") if f"in_{program.lower()}" in changes]
    if added:
        sentences.append(_("Given: %(what)s.") % {"what": all_of(added)})
    return in_a_row(sentences)


def _company(facts: Mapping[str, Any]) -> str:
    """Return the partner as it is now, and what of it was otherwise before."""
    now, before = _described(facts), _described({**facts, **facts["before"]})
    if now == before:
        return now
    return _("%(now)s. Before: %(before)s.") % {"now": now, "before": before}


def _described(facts: Mapping[str, Any]) -> str:
    programs = [("MPN", facts["in_mpn"]), ("CSP", facts["in_csp"])]
    enrolled = [program for program, is_in in programs if is_in]
    return f"{facts['name']}, {facts['country']}, {', '.join(enrolled)}"


def _account(facts: Mapping[str, Any]) -> str:
    """Return which kind of staff the account is now, and whether it is active."""
    kind = facts["staffKind"]
    # By name: these words are read before there are models.
    user: Any = apps.get_model("partners", "User")
    role = user.StaffKind(kind).label if kind else _("No staff")
    return f"{role}, {_('active') if facts['isActive'] else _('deactivated')}"


WORDS = {
    "partners.create_partner": Words(Group.BENEFITS, gettext_lazy("Add a partner"), _company),
    "partners.change_partner": Words(Group.BENEFITS, gettext_lazy("Change a partner"), _company),
    "partners.create_account": Words(Group.USERS, gettext_lazy("Create a staff account"), _account),
    "partners.change_account": Words(
        Group.USERS,
        gettext_lazy("Change an account's staff role or state"),
        _account,
    ),
    "partners.add_user": Words(Group.USERS, gettext_lazy("Add a user"), _changed),
    "partners.set_roles": Words(Group.USERS, gettext_lazy("Change a user's roles"), _changed),
    "partners.set_programs": Words(Group.USERS, gettext_lazy("Change a user's programs"), _changed),
    "partners.remove_user": Words(
        Group.USERS, gettext_lazy("Remove a user from the company"), _changed
    ),
    "partners.upload_import": Words(Group.BENEFITS, gettext_lazy("Upload a file to import"), _file),
    "partners.check_import_again": Words(Group.BENEFITS, gettext_lazy("Check an import again")),
    "partners.request_import": Words(Group.BENEFITS, gettext_lazy("Start an import")),
    "partners.import_data": Words(Group.BENEFITS, gettext_lazy("Import a file"), _imported),
    "partners.import_partner": Words(
        Group.BENEFITS, gettext_lazy("Add or change a company by import"), _partner_changes
    ),
    "partners.import_account": Words(
        Group.USERS, gettext_lazy("Add or change an account by import")
    ),
    "partners.register_client": Words(
        Group.CLIENTS, gettext_lazy("Register an API client"), _scopes
    ),
    "partners.rotate_client_secret": Words(
        Group.CLIENTS, gettext_lazy("Give an API client a new secret")
    ),
    "partners.change_client_scopes": Words(
        Group.CLIENTS, gettext_lazy("Change what an API client may do"), _scopes
    ),
    "partners.revoke_client": Words(Group.CLIENTS, gettext_lazy("Revoke an API client")),
}
