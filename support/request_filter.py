"""Which of the visible requests the list shows: by state and by plan, through the address."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from benefits.allotments import Unit
from benefits.models import Plan
from portal.sentences import short_last_day
from support.models import RequestQuerySet, SupportRequest

State = SupportRequest.State
STILL_OPEN = "STILL_OPEN"


class FilterForm(forms.Form):
    """Which requests the list shows; what it doesn't know keeps all."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    plan = forms.ChoiceField(label=gettext_lazy("Plan"), required=False)

    def __init__(self, *args: Any, plans: Iterable[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plans = list(plans)
        states = [(state.value, state.label) for state in State]
        self._choices(
            "state",
            [("", gettext_lazy("All")), (STILL_OPEN, gettext_lazy("Not resolved yet")), *states],
        )
        every = [(str(plan.public_id), _plan(plan)) for plan in self.plans]
        self._choices("plan", [("", gettext_lazy("All")), *every])

    @property
    def chosen(self) -> dict[str, str]:
        """What was asked for and is known, by name."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def shown(self) -> "FilterForm":
        """Return the form with what is known of what was asked for, and no errors."""
        return FilterForm(initial=self.chosen, plans=self.plans)

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def plans_of(visible: RequestQuerySet) -> list[Plan]:
    """Return the plans that paid for the requests, the latest first."""
    paid = Plan.objects.filter(pk__in=visible.values("plan_id"))
    paid = paid.select_related("package__partner", "package__contract")
    return list(paid.order_by("-package__ends_at", "-pk"))


def filtered(visible: RequestQuerySet, *, chosen: dict[str, str]) -> RequestQuerySet:
    """Keep the requests that were asked for."""
    if chosen.get("state") == STILL_OPEN:
        visible = visible.not_ended()
    elif "state" in chosen:
        visible = visible.filter(state=chosen["state"])
    return visible.filter(plan__public_id=chosen["plan"]) if "plan" in chosen else visible


def _plan(plan: Plan) -> str:
    # Hours belong to the membership, whatever its contract says.
    contract = getattr(plan.package, "contract", None) if plan.unit == Unit.INCIDENT else None
    end = short_last_day((contract or plan.package).ends_at)
    return f"{plan.label} · {plan.package.partner.name} · {end}"
