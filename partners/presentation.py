"""How API clients are shown: what they may do in words, when they last asked for a token."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from partners.models import ApiClient
from partners.scopes import ClientScope
from portal import clock
from portal.sentences import distance


@dataclass(frozen=True)
class ClientRow:
    """A client as the list and its own page show it."""

    client: ApiClient
    scopes: tuple[str, ...]
    last_token: str


def client_row(client: ApiClient) -> ClientRow:
    """Return how the client is shown; tokens are of real time, whatever the clock of the rules."""
    asked = client.last_token_at
    return ClientRow(
        client=client,
        scopes=tuple(str(ClientScope(scope).label) for scope in client.scopes),
        last_token=distance(asked, now=clock.real_now()) if asked is not None else _("never"),
    )


def client_rows(clients: Iterable[ApiClient]) -> list[ClientRow]:
    """Return how the clients are shown, in their order."""
    return [client_row(client) for client in clients]
