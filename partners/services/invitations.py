"""The mail to a user who was added: how to begin, and for a new account how to get a password."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.urls import reverse

from partners.models import Partner, User


def send_invitation(*, user_id: int, mpn_id: str) -> None:
    """
    Tell the owner of the account that it works for the partner now; call it after the commit.

    Where the account has no password yet, the mail has a link that sets it, once.
    """
    user = User.objects.get(pk=user_id)
    assert user.email is not None, "only people are invited, and they have an address"
    adapter = get_adapter()
    context = {
        "user": user,
        "partner": Partner.objects.get(mpn_id=mpn_id),
        "sign_in_url": build_absolute_uri(None, reverse("account_login")),
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
    }
    if user.has_usable_password():
        adapter.send_mail("partners/mail/added", user.email, context)
        return
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    context["password_url"] = adapter.get_reset_password_from_key_url(key)
    adapter.send_mail("partners/mail/welcome", user.email, context)
