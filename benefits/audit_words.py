"""What the audit says of memberships, packages, contracts and links."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from benefits.allotments import Level, MembershipKind
from portal.audit_words import Group, Words


def _membership(facts: Mapping[str, Any]) -> str:
    level, kind = facts["level"], facts["kind"]
    return _("%(membership)s from %(day)s.") % {
        "membership": Level(level).label if level else MembershipKind(kind).label,
        "day": date_format(date.fromisoformat(facts["startsOn"]), "SHORT_DATE_FORMAT"),
    }


def _competency(facts: Mapping[str, Any]) -> str:
    return str(facts["competency"])


def _lapsed(facts: Mapping[str, Any]) -> str:
    count = int(facts["lapsed"])
    return ngettext("%(count)d lapsed.", "%(count)d lapsed.", count) % {"count": count}


WORDS = {
    "benefits.write_membership": Words(
        Group.BENEFITS, gettext_lazy("Write a membership"), _membership
    ),
    "benefits.attain_competency": Words(
        Group.BENEFITS, gettext_lazy("Attain a competency"), _competency
    ),
    "benefits.activate_package": Words(Group.BENEFITS, gettext_lazy("Activate the benefits")),
    "benefits.book_expiry": Words(
        Group.BENEFITS, gettext_lazy("Book what lapsed at the end"), _lapsed
    ),
    "benefits.show_pair": Words(Group.IDS, gettext_lazy("Show the IDs")),
    "benefits.replace_pair": Words(Group.IDS, gettext_lazy("Replace the IDs")),
    "benefits.link_contract": Words(Group.IDS, gettext_lazy("Link a contract to an account")),
    "benefits.drop_link": Words(Group.IDS, gettext_lazy("Drop the own link")),
    "benefits.revoke_link": Words(Group.IDS, gettext_lazy("Revoke a link")),
    "benefits.restore_link": Words(Group.IDS, gettext_lazy("Restore a link")),
}
