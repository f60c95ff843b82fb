"""The API client of the demo world that documents and examples call with."""

from oauth2_provider.models import AccessToken

from partnercenter.demo.accounts import CLIENTS, FABRIKAM

DEMO = next(client for client in CLIENTS if client.mpn_id == FABRIKAM)


def stop_tokens() -> int:
    """Delete all tokens that were issued; return how many."""
    deleted, _by_model = AccessToken.objects.all().delete()
    return deleted
