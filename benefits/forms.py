"""Forms about a partner's memberships."""

from django import forms
from django.utils.translation import gettext_lazy as _

from benefits.allotments import Level


class LevelForm(forms.Form):
    """The level that a core membership is renewed at."""

    level = forms.ChoiceField(
        choices=[(Level.GOLD, _("Gold")), (Level.SILVER, _("Silver"))],
        error_messages={
            "required": _("Choose Silver or Gold."),
            "invalid_choice": _("Choose Silver or Gold."),
        },
    )

    def chosen(self) -> Level:
        """Return the level of a valid form."""
        return Level(self.cleaned_data["level"])
