"""
What every page of the Django admin is: read-only, unless its model says what may be written.

Rules live in services, so nothing is saved here that a service has not written and recorded; and
histories are shown, never changed. Lists cost the same however large the tables are: they show the
newest rows, count no further than a bound, sort by the key, and look for whole values of an index.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, gettext_noop

MOST_LISTED = 1_000
# What Django's own pages say, and Django has not in each of the portal's languages.
SAID_BY_DJANGO = (
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("Error:"),
)

if TYPE_CHECKING:
    # Generic to the type checker only.
    AnyPaginator = Paginator[Any]
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    AnyPaginator, AnyModelAdmin = Paginator, admin.ModelAdmin


class BoundedPaginator(AnyPaginator):
    """Pages through the first rows of a list; how many there are beyond is not counted."""

    @cached_property
    def count(self) -> int:
        """The number of rows, up to a bound."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return len(rows.values_list("pk", flat=True)[:MOST_LISTED])


class BoundedList(ChangeList):
    """A list that never reads more rows than it shows, also where there are few."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django's title bends the name into a sentence, which needs another case in Russian.
        self.title = capfirst(str(self.opts.verbose_name_plural))

    def get_results(self, request: HttpRequest) -> None:
        """Read one page."""
        super().get_results(request)
        if not self.multi_page:
            self.result_list = self.queryset[: self.list_per_page]


class ReadOnlyAdmin(AnyModelAdmin):
    """Shows the rows of a model to administrators; whoever wants to write is told where to."""

    note: ClassVar[Promise | str] = gettext_lazy("Read-only.")
    # What adding a row does, where that can be done.
    add_label: ClassVar[Promise | str] = ""
    # What of the admin's own addresses there is.
    views: ClassVar[tuple[str, ...]] = ("changelist", "change")

    actions = None
    ordering = ("-pk",)
    sortable_by = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    change_list_template = "admin/portal_list.html"
    change_form_template = "admin/portal_form.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return what reads the rows of a list."""
        return BoundedList

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Head the page by what it shows, as `BoundedList` does; a new row by what adding does."""
        title = self.add_label if object_id is None else capfirst(self.opts.verbose_name)
        context = {"title": title, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of what can be done, and no others."""
        prefix = f"{self.opts.app_label}_{self.opts.model_name}"
        names = {f"{prefix}_{view}" for view in self.views}
        return [url for url in super().get_urls() if url.name in names]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may open the administration sees all of it."""
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may open the administration sees all of it."""
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is ever deleted."""
        return False
