"""Forms about a partner's users: who is added, in which programs, with which roles."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Affiliation, Partner
from partners.naming import LONGEST_EMAIL, LONGEST_NAME
from partners.roles import Role
from partners.services.affiliations import (
    PROGRAMS,
    Newcomer,
    enrolled_in,
)
from partners.wording import allowed_by


class ProgramsForm(forms.Form):
    """The programs of the partner that a user is associated with."""

    programs = forms.MultipleChoiceField(
        label=gettext_lazy("Programs"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Only accounts associated with MPN see technical benefits and their IDs."
        ),
        error_messages={"required": gettext_lazy("Choose at least one program.")},
    )

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(program, program) for program in enrolled_in(partner=partner)]
        self.fields["programs"].choices = choices  # type: ignore[attr-defined]


class RolesForm(forms.Form):
    """The roles of a user, each with what it allows."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("What you take away stops working at once."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(role.value, _choice(role)) for role in Role]
        self.fields["roles"].choices = choices  # type: ignore[attr-defined]


class UserForm(ProgramsForm, RolesForm):
    """A new user: who it is, and what it may do."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=LONGEST_EMAIL,
        help_text=gettext_lazy("The person signs in with it, and gets a mail that says how."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    field_order = ["email", "name", "programs", "roles"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].help_text = _("Often none is needed. You can change them later.")

    def newcomer(self) -> Newcomer:
        """Return who is to be added; the form is valid."""
        return Newcomer(**self.cleaned_data)


def held_programs(affiliation: Affiliation) -> dict[str, Any]:
    """Return what the form of programs shows first."""
    held = zip(PROGRAMS, (affiliation.mpn, affiliation.csp), strict=True)
    return {"programs": [program for program, is_held in held if is_held]}


def _choice(role: Role) -> SafeString:
    allows = " · ".join(allowed_by(role)) or _("Nothing in this portal yet")
    return format_html('{} <span class="choice__meaning">{}</span>', role.label, allows)
