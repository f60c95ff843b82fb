"""The gallery: every component in each variant, as style guide and as visual test."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

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
    return TemplateResponse(
        request,
        "portal/gallery.html",
        {
            "trail": [("Home", "/"), ("Gallery", "")],
            "icons": sorted(components.ICONS),
            "levels": list(components.ALERT_ICONS),
            "tones": list(components.BADGE_ICONS),
            "explanations": EXPLANATIONS,
            "states": STATES,
            "step_titles": ["Product and support type", "Issue description", "Contact and review"],
            "form": SampleForm(auto_id="sample_%s"),
            "failed_form": SampleForm({"access_id": "12"}, auto_id="failed_%s"),
        },
    )
