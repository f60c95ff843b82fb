"""The staff desk: importing from CSV, and what was imported."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from benefits.allotments import COMPETENCIES
from partners import permissions
from partners.acting import ActingRequest
from partners.imports.models import Import
from partners.pages import signed_in
from partners.permissions import staff_may
from partners.roles import Role, StaffPermission
from partners.services.imports.files import Upload, receive_file
from partners.services.imports.jobs import request_import, start_again, start_worker
from partners.services.imports.kinds import Kind
from portal import clock, edge
from portal.csv_export import csv_response
from portal.refusals import Refusal
from support import import_pages
from support.import_forms import KindForm, UploadForm
from support.imports import KINDS

# By this status htmx knows an answer to be the last one.
ASK_NO_MORE = 286
PROBLEM_HEADER = ["line", "column", "code", "what is wrong"]


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: ActingRequest) -> HttpResponse:
    """List the imports; take a file in."""
    if request.method != "POST":
        permissions.require_staff(StaffPermission.SEE_IMPORTS, by=request.user)
        return _list(request, UploadForm(initial={"kind": "partners"}))
    permissions.require_staff(StaffPermission.IMPORTS, by=request.user)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=400)
    file = form.cleaned_data["file"]
    try:
        uploaded = receive_file(
            kind=KINDS[form.cleaned_data["kind"]],
            upload=Upload(name=file.name, pieces=file.chunks()),
            by=request.user,
            at=request.now,
        )
    except Refusal as refusal:
        edge.refused(request, refusal)
        step = refusal.explanation.next_step
        form.add_error("file", f"{refusal.message} {step.text if step else ''}".strip())
        return _list(request, form, status=refusal.status)
    start_worker()
    return redirect("support:staff-import", uploaded.public_id)


@signed_in
@never_cache
@require_safe
def one_import(request: ActingRequest, import_id: uuid.UUID) -> HttpResponse:
    """Show how far an import is, and what is wrong with its file."""
    permissions.require_staff(StaffPermission.SEE_IMPORTS, by=request.user)
    found = get_object_or_404(import_pages.imports(), public_id=import_id)
    if request.headers.get("HX-Request"):
        return _progress(request, found)
    return _page(request, found)


@signed_in
@require_POST
def run(request: ActingRequest, import_id: uuid.UUID) -> HttpResponse:
    """Import what was checked."""
    return _ask(request, import_id, request_import)


@signed_in
@require_POST
def again(request: ActingRequest, import_id: uuid.UUID) -> HttpResponse:
    """Have the file checked once more."""
    return _ask(request, import_id, start_again)


@signed_in
@require_safe
def problems_csv(request: ActingRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """Download everything that is wrong with the file."""
    permissions.require_staff(StaffPermission.SEE_IMPORTS, by=request.user)
    found = get_object_or_404(Import, public_id=import_id)
    return csv_response(
        name=f"errors-{found.kind}-{found.public_id}.csv",
        header=PROBLEM_HEADER,
        rows=(
            [problem.line, problem.column, problem.code, problem.sentence]
            for problem in import_pages.all_problems(found, kind=KINDS[found.kind])
        ),
    )


@signed_in
@require_safe
def columns(request: ActingRequest, kind: str) -> HttpResponse:
    """Explain the columns of a kind of file."""
    explained = _kind_or_404(request, kind)
    context = {
        "kind": explained,
        "kinds": KINDS.values(),
        "roles": Role if kind == "roles" else (),
        "competencies": COMPETENCIES if kind == "memberships" else (),
    }
    return TemplateResponse(request, "staff/imports/columns.html", context)


@signed_in
@require_safe
def template(request: ActingRequest, kind: str) -> HttpResponse:
    """Download a file with the header and one row that shows how it goes."""
    text = import_pages.template_of(_kind_or_404(request, kind))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response


def _kind_or_404(request: ActingRequest, name: str) -> Kind:
    permissions.require_staff(StaffPermission.SEE_IMPORTS, by=request.user)
    kind = KINDS.get(name)
    if kind is None:
        raise Http404
    return kind


def _ask(
    request: ActingRequest, import_id: uuid.UUID, service: Callable[..., Import]
) -> HttpResponse:
    """Make the one call that the button is for, and start who does the work."""
    permissions.require_staff(StaffPermission.IMPORTS, by=request.user)
    found = get_object_or_404(import_pages.imports(), public_id=import_id)
    try:
        service(import_id=import_id, by=request.user, at=request.now)
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _page(request, found, refusal=refusal)
    start_worker()
    return redirect("support:staff-import", import_id)


def _list(request: ActingRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    chosen = KindForm(request.GET)
    kind, now = chosen.chosen, clock.real_now()
    page = import_pages.page_of_imports(kind=kind, key=request.GET.get("after", ""))
    kept = {"kind": kind} if kind else {}
    context = {
        "form": form,
        "may_import": staff_may(request.user, StaffPermission.IMPORTS),
        "kinds": KINDS.values(),
        "kind_form": chosen,
        "is_filtered": bool(kind),
        "page": page,
        "rows": [import_pages.import_row(row, real_now=now) for row in page.rows],
        "first_query": urlencode(kept),
        "next_query": urlencode({**kept, "after": page.next_key}),
    }
    return TemplateResponse(request, "staff/imports/list.html", context, status=status)


def _progress(request: ActingRequest, found: Import) -> HttpResponse:
    """
    Answer who asks how far it is; the last answer is what the work came to.

    It takes the place of what the page says, so nobody who reads or works on loses their place.
    """
    context = _context(request, found)
    if context["row"].is_at_work:
        return TemplateResponse(request, "staff/imports/progress.html", context)
    return TemplateResponse(request, "staff/imports/finished.html", context, status=ASK_NO_MORE)


def _page(request: ActingRequest, found: Import, *, refusal: Refusal | None = None) -> HttpResponse:
    context = _context(request, found)
    return edge.page(request, "staff/imports/import.html", context, refusal=refusal)


def _context(request: ActingRequest, found: Import) -> dict[str, Any]:
    """Return how far the import is, what was found in its file, and what the reader may do."""
    row = import_pages.import_row(found, real_now=clock.real_now())
    page = import_pages.page_of_problems(found, key=request.GET.get("after", ""))
    return {
        "row": row,
        "counts": import_pages.counts_of(found),
        "page": page,
        "problems": list(import_pages.in_words(page.rows, kind=row.kind)),
        "next_query": urlencode({"after": page.next_key}),
        "has_file": import_pages.has_file(found),
        "may_import": staff_may(request.user, StaffPermission.IMPORTS),
    }
