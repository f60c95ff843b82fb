"""Add contract, wherever a page offers it: the same form, the same answers."""

from dataclasses import dataclass, field

from benefits.ids import ACCESS_FIELD, MalformedId, may_be_shown_again
from benefits.services.links import Linked, link_contract
from partners.acting import ActingRequest
from portal import edge
from portal.refusals import Refusal
from support.forms import AddContractForm


@dataclass
class AddContract:
    """What came of it: the linked contract, or the form as it may be shown again."""

    form: AddContractForm = field(default_factory=AddContractForm)
    linked: Linked | None = None
    refusal: Refusal | None = None

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows it."""
        return self.refusal.status if self.refusal else 200

    @property
    def headers(self) -> dict[str, str]:
        """The HTTP headers of the page that shows it: when to try again, if that is the reason."""
        return self.refusal.headers if self.refusal else {}


def add_contract(request: ActingRequest) -> AddContract:
    """
    Link the typed pair to the account, or say why not beside the fields.

    The Contract ID is never shown again, the Access ID only when it can't hold the other one.
    """
    typed = AddContractForm(request.POST)
    try:
        return AddContract(linked=link_contract(**typed.texts, by=request.user, at=request.now))
    except Refusal as refusal:
        edge.refused(request, refusal)
        return AddContract(form=shown_again(typed, refusal), refusal=refusal)


def shown_again(typed: AddContractForm, refusal: Refusal) -> AddContractForm:
    """Return the form of a pair that was refused, with what may be shown of it and the reasons."""
    text = typed.texts["access_text"]
    form = AddContractForm({ACCESS_FIELD: text if may_be_shown_again(text) else ""})
    form.full_clean()
    if isinstance(refusal, MalformedId):
        for name, sentence in refusal.problems.items():
            form.add_error(name, sentence)
    return form
