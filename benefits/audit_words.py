"""What the audit says of memberships, packages, contracts and links."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from benefits.allotments import Level, MembershipKind
from benefits.support_plans import OFFERED, Offer
from portal.audit_words import Group, Words
from portal.sentences import in_a_row, labelled, signed


def _membership(facts: Mapping[str, Any]) -> str:
    level, kind = facts["level"], facts["kind"]
    return _("%(membership)s from %(day)s.") % {
        "membership": Level(level).label if level else MembershipKind(kind).label,
        "day": date_format(date.fromisoformat(facts["startsOn"]), "SHORT_DATE_FORMAT"),
    }


def _changed(facts: Mapping[str, Any]) -> str:
    before = _membership({"kind": facts["kind"], **facts["before"]})
    return _("%(now)s Before: %(before)s") % {"now": _membership(facts), "before": before}


def _ended(facts: Mapping[str, Any]) -> str:
    lapsed = sum(int(count) for count in facts["lapsed"].values())
    day = date_format(date.fromisoformat(facts["endedOn"]), "SHORT_DATE_FORMAT")
    ended = _("Ended on %(day)s.") % {"day": day}
    return in_a_row([ended, _lapsed({"lapsed": lapsed})]) if lapsed else ended


def _competency(facts: Mapping[str, Any]) -> str:
    return str(facts["competency"])


def _lapsed(facts: Mapping[str, Any]) -> str:
    count = int(facts["lapsed"])
    return ngettext("%(count)d lapsed.", "%(count)d lapsed.", count) % {"count": count}


def _renewed(facts: Mapping[str, Any]) -> str:
    return _membership({"kind": MembershipKind.ACTION_PACK, **facts})


def _upgraded(facts: Mapping[str, Any]) -> str:
    day = date_format(date.fromisoformat(facts["endedOn"]), "SHORT_DATE_FORMAT")
    return _("Silver ended on %(day)s.") % {"day": day}


def _bought(facts: Mapping[str, Any]) -> str:
    return str(OFFERED[Offer(facts["offer"])].name)


def _adjusted(facts: Mapping[str, Any]) -> str:
    return labelled(signed(int(facts["quantity"])), str(facts["reason"]))


WORDS = {
    "benefits.write_membership": Words(
        Group.BENEFITS, gettext_lazy("Add a membership"), _membership
    ),
    "benefits.attain_competency": Words(
        Group.BENEFITS, gettext_lazy("Attain a competency"), _competency
    ),
    "benefits.lose_competency": Words(
        Group.BENEFITS, gettext_lazy("Take a competency away"), _competency
    ),
    "benefits.change_membership": Words(
        Group.BENEFITS, gettext_lazy("Correct a membership"), _changed
    ),
    "benefits.end_membership": Words(
        Group.BENEFITS, gettext_lazy("End a membership early"), _ended
    ),
    "benefits.renew_membership": Words(
        Group.BENEFITS, gettext_lazy("Renew a membership"), _renewed
    ),
    "benefits.upgrade_membership": Words(
        Group.BENEFITS, gettext_lazy("Upgrade a membership to Gold"), _upgraded
    ),
    "benefits.buy_plan": Words(
        Group.BENEFITS, gettext_lazy("Buy a partner support plan (simulated)"), _bought
    ),
    "benefits.adjust_plan": Words(
        Group.BENEFITS, gettext_lazy("Correct what a plan gave"), _adjusted
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
