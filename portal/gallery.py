"""The gallery: every component in each variant, in English; a style guide and a visual test."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import languages
from portal.charts import Category, Chart, MarkedDay, Series, bars, columns, months, nothing, steps
from portal.refusals import Explanation, NextStep
from portal.templatetags import components

EXPLANATIONS = [
    Explanation(
        "no_incidents_remaining",
        "All 10 cloud incidents have been used since Tuesday 17 November 2026.",
        next_step=NextStep("Compare plans", url="#explanations"),
    ),
    Explanation(
        "benefit_not_activated",
        "Contoso has 20 on-premises incidents but hasn't activated them.",
        next_step=NextStep("Ask one of these admins to activate.", people=("Ana Berg", "Li Wei")),
    ),
    Explanation("activation_pending", "Requested on 18 November, ready by 21 November 2026."),
]
# Label, tone, icon (or the tone's own), number, the small line below it.
STATES = [
    ("Starts later", "neutral", "calendar", "20", "from 1 Dec 2026"),
    ("Not activated", "neutral", "", "20", "incidents after activation"),
    ("Pending", "waiting", "", "20", "requested 18 Nov by Ana Berg, ready by 21 Nov"),
    ("Active", "good", "", "17", "of 20 left"),
    ("Few left", "warning", "", "3", "of 20 left"),
    ("Used up", "danger", "", "0", "of 10 left, since Tue 17 Nov"),
    ("Ended", "muted", "", "0", "ended 13 Jan 2026, 4 of 20 were unused"),
]
SEVERITIES = [("A", "A: critical impact"), ("B", "B: moderate impact"), ("C", "C: minimal impact")]
HOURS = [("BUSINESS", "Only during business hours"), ("ALWAYS", "24 hours a day, 7 days a week")]
PORTALS = [("azure", "Azure"), ("microsoft365", "Microsoft 365")]
YEAR_START = date(2026, 1, 14)


def sample_charts() -> list[Chart]:
    """Return one chart of every kind."""
    year = months([date(2025 + (11 + n) // 12, (11 + n) % 12 + 1, 1) for n in range(12)])
    used = Series("On-premises", [3, 5, 2, 8, 13, 0, 1, 4, 6, 7, 2, 9])
    cloud = Series("Cloud", [1, 0, 4, 2, 5, 3, 3, 1, 0, 2, 8, 4])
    products = [Category(name) for name in ("SQL Server", "Windows", "Azure", "Exchange Server")]
    portals = [
        Series("Support for Business", [31, 18, 0, 7]),
        Series("Azure", [2, 0, 14, 0]),
        Series("Microsoft 365", [0, 1, 2, 5]),
        Series("Dynamics 365", [1, 1, 0, 3]),
    ]
    by_month: dict[str, Any] = {"heading": "Month", "categories": year}
    by_product: dict[str, Any] = {"heading": "Product", "categories": products, "series": portals}
    return [
        steps(
            name="sample-steps",
            title="On-premises incidents: remaining over the year",
            heading="Remaining",
            values=[(YEAR_START + timedelta(days=17 * n), 20 - n) for n in range(18)],
            first=YEAR_START,
            end=MarkedDay(date(2027, 1, 13), "Ends 13 Jan 2027"),
            today=MarkedDay(date(2026, 11, 26), "Today"),
        ),
        columns(name="sample-columns", title="Used per month", series=[used], **by_month),
        columns(name="sample-grouped", title="Used, by scope", series=[used, cloud], **by_month),
        columns(
            name="sample-stack", title="Used in all", series=[used, cloud], stacked=True, **by_month
        ),
        bars(name="sample-bars", title="Used per product and portal", **by_product),
        bars(name="sample-stacked", title="Used per product", stacked=True, **by_product),
        nothing(name="sample-nothing", title="Used per level", sentence="Nothing was used."),
    ]


class SampleForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(label="Title", help_text="One sentence: what doesn't work?")
    access_id = forms.CharField(label="Access ID", min_length=9)
    contract_id = forms.CharField(label="Contract ID", widget=forms.PasswordInput)
    severity = forms.ChoiceField(label="What is the severity of your issue?", choices=SEVERITIES)
    hours = forms.ChoiceField(
        label="When would you like to receive support?", choices=HOURS, widget=forms.RadioSelect
    )
    portals = forms.MultipleChoiceField(
        label="Portals",
        choices=PORTALS,
        required=False,
        help_text="As many as apply.",
        widget=forms.CheckboxSelectMultiple,
    )
    description = forms.CharField(label="Description", required=False, widget=forms.Textarea)
    consent = forms.BooleanField(label="Share this with our technical contact")


@require_safe
def gallery(request: HttpRequest) -> TemplateResponse:
    """Show the gallery; only demo and development installations have one."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    with translation.override(languages.ENGLISH):
        charts = sample_charts()
    return TemplateResponse(
        request,
        "portal/gallery.html",
        {
            "trail": [(_("Home"), "/"), (_("Gallery"), "")],
            "icons": sorted(components.ICONS),
            "levels": list(components.ALERT_ICONS),
            "tones": list(components.BADGE_ICONS),
            "explanations": EXPLANATIONS,
            "states": STATES,
            "charts": charts,
            "step_titles": ["Product and support type", "Issue description", "Contact and review"],
            "form": SampleForm(auto_id="sample_%s"),
            "failed_form": SampleForm({"access_id": "12"}, auto_id="failed_%s"),
        },
    )
