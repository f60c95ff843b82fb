"""Users, partners and what ties them together in the Django admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from partners.models import Affiliation, ApiClient, Customer, Partner, RoleAssignment, User
from partners.services.accounts import change_account, create_account
from portal import edge
from portal.administration import ReadOnlyAdmin
from portal.refusals import Refusal
from portal.sentences import in_a_row


class AccountForm(forms.ModelForm):
    """What an administrator writes of an account."""

    class Meta:
        model = User
        fields = ("email", "name", "staff_kind", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "email" in self.fields:
            # A new account: it is of staff, and has an address.
            self.fields["email"].required = self.fields["staff_kind"].required = True

    def clean_email(self) -> str:
        """Return the address as it is stored, whatever case it was typed in."""
        return str(self.cleaned_data["email"]).casefold()

    def clean_staff_kind(self) -> str | None:
        """Return the role, None for no staff."""
        return self.cleaned_data["staff_kind"] or None


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Accounts: staff are created here and get their role; any account is stopped here."""

    note = gettext_lazy(
        "The staff role, and whether the account is active, are changed here; what "
        "is taken away stops at once. Everything else about an account belongs to "
        "its owner and to its partners. A new account has no password: its owner "
        "asks for one with “Forgot your password?”."
    )
    add_label = gettext_lazy("Create a staff account")
    views = ("changelist", "change", "add")
    form = AccountForm
    list_display = ("name", "email", "kind", "staff_kind", "is_active", "created_at")
    list_display_links = ("name",)
    search_fields = ("email__exact",)
    search_help_text = gettext_lazy("E-mail address, in lower case")
    list_filter = ("staff_kind",)
    read_only = ("email", "name", "kind", "language", "time_zone", "created_at", "last_login")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff accounts are created here."""
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The role among staff is written here."""
        return self.admin_site.has_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return what is shown: never the password."""
        new = ("email", "name", "staff_kind")
        return new if obj is None else (*self.read_only, "staff_kind", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return what is not written here."""
        return () if obj is None else self.read_only

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """Ask who the account is for."""
        return self.changeform_view(request, None, form_url, extra_context=extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show an account with what can be written of it."""
        return self.changeform_view(request, object_id, form_url, extra_context=extra_context)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer a refusal of the service on the page it came from; nothing was written."""
        only_save = {"show_save_and_add_another": False, "show_save_and_continue": False}
        kwargs["extra_context"] = {**(kwargs.get("extra_context") or {}), **only_save}
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            edge.refused(request, refusal)
            step = refusal.explanation.next_step
            said = [refusal.message, step.text] if step else [refusal.message]
            self.message_user(request, in_a_row(said), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: Any, obj: User, form: Any, change: Any) -> None:
        """Let the service write, with its record."""
        data = form.cleaned_data
        call: dict[str, Any] = {"by": request.user, "at": request.now}
        if change:
            written = {name: data[name] for name in ("staff_kind", "is_active")}
            change_account(account_id=obj.public_id, **written, **call)
        else:
            made = create_account(**{n: data[n] for n in ("email", "name", "staff_kind")}, **call)
            obj.pk = made.user.pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The service has recorded it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The service has recorded it."""

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Say what is so now."""
        return self._done(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Say what is so now."""
        return self._done(request, obj)

    def _done(self, request: HttpRequest, obj: User) -> HttpResponse:
        user = User.objects.get(pk=obj.pk)
        role = user.get_staff_kind_display() if user.staff_kind else _("no staff")
        state = _("active") if user.is_active else _("deactivated")
        said = _("%(name)s: %(role)s, %(state)s.")
        self.message_user(request, said % {"name": user.name, "role": role, "state": state})
        return HttpResponseRedirect(reverse("admin:partners_user_changelist"))


ON_THE_DESK = gettext_lazy(
    "Read-only: partners and their memberships are added and changed on the "
    "staff desk, under Partners."
)
BY_THE_PARTNER = gettext_lazy("Read-only: the partner's Global admins and imports write this.")


@admin.register(Partner)
class PartnerAdmin(ReadOnlyAdmin):
    """Companies in the partner network."""

    note = ON_THE_DESK
    list_display = ("name", "mpn_id", "country", "in_mpn", "in_csp", "is_active", "created_at")
    search_fields = ("mpn_id__exact",)
    search_help_text = gettext_lazy("MPN ID; names are found on the staff desk")
    fields = ("mpn_id", "name", "country", "in_mpn", "in_csp", "is_active", "created_at")


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """Companies that CSP partners serve."""

    note = BY_THE_PARTNER
    list_display = ("name", "domain", "partner", "country", "is_active")
    list_select_related = ("partner",)
    search_fields = ("partner__mpn_id__exact",)
    search_help_text = gettext_lazy("MPN ID of the partner")


@admin.register(Affiliation)
class AffiliationAdmin(ReadOnlyAdmin):
    """Who works for which partner."""

    note = BY_THE_PARTNER
    list_display = ("user", "partner", "mpn", "csp", "known_as")
    list_select_related = ("user", "partner")
    search_fields = ("partner__mpn_id__exact",)
    search_help_text = gettext_lazy("MPN ID of the partner")


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(ReadOnlyAdmin):
    """Who has which role at which partner."""

    note = BY_THE_PARTNER
    list_display = ("affiliation", "role", "assigned_at", "assigned_by")
    list_select_related = ("affiliation__user", "affiliation__partner", "assigned_by")
    search_fields = ("affiliation__partner__mpn_id__exact",)
    search_help_text = gettext_lazy("MPN ID of the partner")


@admin.register(ApiClient)
class ApiClientAdmin(ReadOnlyAdmin):
    """API clients, without anything of their secrets."""

    note = gettext_lazy(
        "Read-only: Global admins and commands register and revoke clients, and "
        "give them new secrets."
    )
    list_display = (
        *("identifier", "given_name", "partner", "registered_at", "last_token_at"),
        "revoked_at",
    )
    list_select_related = ("partner",)
    search_fields = ("client_id__exact",)
    search_help_text = gettext_lazy("The client's id")
    fields = (
        *("identifier", "given_name", "partner", "user", "scopes", "registered_at"),
        *("registered_by", "secret_changed_at", "last_token_at", "revoked_at", "revoked_by"),
    )
    readonly_fields = fields

    # The toolkit has English names only for these two of its columns.
    @admin.display(description=gettext_lazy("Client ID"))
    def identifier(self, client: ApiClient) -> str:
        """Return the client's id."""
        return client.client_id

    @admin.display(description=pgettext_lazy("API client", "Name"))
    def given_name(self, client: ApiClient) -> str:
        """Return what its owners call it."""
        return client.name
