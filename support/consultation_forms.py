"""The form by which presales and advice are asked for."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from benefits.entitlements import Entitlement
from benefits.wording import source
from portal import places
from portal.sentences import one_of, short_last_day
from support import product_search
from support.consultations import KINDS, Offer
from support.forms import CHOOSE
from support.models import SupportRequest
from support.products import Product

Kind = SupportRequest.Kind
LONGEST_PRODUCT = 120
# The code of a country, and all of it no longer than E.164 allows.
PHONE = re.compile(r"\+[1-9]\d{6,14}")
PUNCTUATION = re.compile(r"[\s()/.\u2010-\u2015-]+")


class ConsultationForm(forms.Form):
    """One page: what is asked for, about what, and whom to call."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you need?"), choices=[], widget=forms.RadioSelect
    )
    plan = forms.ChoiceField(
        label=gettext_lazy("From which membership?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the membership that gives it."),
            "invalid_choice": gettext_lazy(
                "The membership you chose no longer gives presales requests or advice. "
                "Choose another one."
            ),
        },
    )
    product = forms.CharField(
        label=gettext_lazy("Product"),
        max_length=LONGEST_PRODUCT,
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "Begin to type, such as SQL 2022 or Teams. What is not listed is Other."
        ),
    )
    topic = forms.CharField(
        label=gettext_lazy("Topic"),
        max_length=120,
        help_text=gettext_lazy("A few words, such as migration to the cloud, or licensing."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("One sentence: what do you want to know or plan?"),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("What is there now, what is planned, for whom, and by when."),
    )
    contact_phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=gettext_lazy(
            "With the international code, such as +46 8 123 456. The consultant calls it."
        ),
    )
    contact_email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    contact_language = forms.ChoiceField(label=gettext_lazy("Language of the consultation"))
    time_zone = forms.ChoiceField(label=gettext_lazy("What time zone are you in?"))

    def __init__(self, *args: Any, offer: Offer, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self._choices("kind", [(kind.value, _kind(kind)) for kind in KINDS])
        if offer.kinds:
            # One that isn't offered gets the service's refusal, not "not a valid choice".
            offered = [(kind.value, _kind(kind)) for kind in offer.kinds]
            self.fields["kind"].widget.choices = offered
        self._choices("plan", [(str(e.id), plan_label(e)) for e in offer.plans])
        if len(offer.plans) < 2:
            # Nothing to choose; the service takes the only one, or says why there is none.
            del self.fields["plan"]
        self._choices("country", [CHOOSE, *places.countries()])
        self._choices("contact_language", places.languages())
        self._choices("time_zone", [CHOOSE, *places.time_zones(on=on)])

    def clean_product(self) -> Product:
        """Only what the catalogue has, or Other."""
        found = product_search.find_by_name(self.cleaned_data["product"], on=self.on)
        if found.product is not None:
            return found.product
        if found.several:
            raise forms.ValidationError(
                _("More than one product begins like this. Did you mean %(names)s?")
                % {"names": one_of([product.name for product in found.several])}
            )
        raise forms.ValidationError(
            _("The list has no such product. Choose one from it, or Other and name it as topic.")
        )

    def clean_contact_phone(self) -> str:
        """Only numbers that can be called from anywhere; how they are grouped doesn't matter."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["contact_phone"]).strip()
        if typed.startswith("00"):
            typed = f"+{typed[2:].lstrip()}"
        if not PHONE.fullmatch(PUNCTUATION.sub("", typed)):
            raise forms.ValidationError(
                _("Enter a phone number that begins with + and the code of its country.")
            )
        return typed

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def _kind(kind: SupportRequest.Kind) -> str:
    return {
        Kind.PRESALES: _("Presales: a technical question before something is sold"),
        Kind.ADVISORY: _("Advisory: planning a deployment with a consultant"),
    }[kind]


def plan_label(e: Entitlement) -> str:
    """Return where the hours come from, what is left of them, and what presales take."""
    pattern = ngettext(
        "%(source)s: %(left)d of %(total)d hours left until %(end)s; %(presales)s",
        "%(source)s: %(left)d of %(total)d hours left until %(end)s; %(presales)s",
        e.remaining or 0,
    )
    return pattern % {
        "source": source(e),
        "left": e.remaining,
        "total": e.total,
        "end": short_last_day(e.ends_at),
        "presales": (
            _("presales requests are unlimited")
            if e.has_unlimited_presales
            else _("presales requests are deducted too")
        ),
    }
