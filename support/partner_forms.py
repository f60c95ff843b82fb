"""Forms of the staff desk about partners: finding them, and what they are."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from benefits.partner_search import Holding, Order, Search, Situation
from partners.naming import LONGEST_NAME
from partners.services.affiliations import PROGRAMS
from partners.services.companies import Company
from portal.places import countries

BOTH = "BOTH"


def _any(choices: Any) -> list[tuple[Any, Any]]:
    return [("", gettext_lazy("Any")), *choices]


class SearchForm(forms.Form):
    """Which partners are listed, through the address; what is not valid asks for nothing."""

    name = forms.CharField(
        label=gettext_lazy("Name begins with"), required=False, max_length=LONGEST_NAME
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    program = forms.ChoiceField(
        label=gettext_lazy("Program"),
        required=False,
        choices=_any([("MPN", "MPN"), ("CSP", "CSP"), (BOTH, gettext_lazy("MPN and CSP"))]),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Level now"), required=False, choices=_any(Holding.choices)
    )
    situation = forms.ChoiceField(
        label=gettext_lazy("Situation"), required=False, choices=_any(Situation.choices)
    )
    sort = forms.ChoiceField(label=gettext_lazy("Sort by"), required=False, choices=Order.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = _any(countries())  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, str]:
        """What was asked for and is valid, by name."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def search(self) -> Search:
        """Return what is asked for."""
        chosen = self.chosen
        program = chosen.get("program", "")
        return Search(
            name=chosen.get("name", ""),
            country=chosen.get("country", ""),
            programs=PROGRAMS if program == BOTH else (program,) if program else (),
            holding=Holding(chosen["level"]) if "level" in chosen else None,
            situation=Situation(chosen["situation"]) if "situation" in chosen else None,
            order=Order(chosen.get("sort", Order.NAME)),
        )

    def query(self, **more: str) -> str:
        """Return the address's query for what is asked for, and more of it or otherwise."""
        return urlencode({name: value for name, value in {**self.chosen, **more}.items() if value})


class CompanyForm(forms.Form):
    """What a partner is called, where it is, and in which programs."""

    name = forms.CharField(
        label=pgettext_lazy("company", "Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Enter the name of the company.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        error_messages={"required": gettext_lazy("Choose a country.")},
    )
    programs = forms.MultipleChoiceField(
        label=gettext_lazy("Programs"),
        choices=[(program, program) for program in PROGRAMS],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Benefits belong to MPN, customers to CSP."),
        error_messages={"required": gettext_lazy("Choose MPN, CSP or both.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose a country")), *countries()]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]

    def company(self) -> Company:
        """Return the partner of a valid form."""
        data = self.cleaned_data
        return Company(name=data["name"], country=data["country"], programs=data["programs"])


class NewPartnerForm(CompanyForm):
    """A partner that is not there yet."""

    mpn_id = forms.CharField(
        label=gettext_lazy("MPN ID"),
        max_length=7,
        validators=[RegexValidator(r"\A[0-9]{7}\Z", gettext_lazy("An MPN ID has seven digits."))],
        help_text=gettext_lazy("Seven digits; it cannot be changed later."),
        error_messages={"required": gettext_lazy("Enter the MPN ID.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    field_order = ["mpn_id", "name", "country", "programs"]
