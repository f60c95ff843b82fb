"""The Django admin: for administrators only, read-only but for accounts, sealed as every page."""

import re
from functools import partial
from typing import Any

import pytest
from django.contrib import admin
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from benefits.models import IssuedId, LedgerEntry
from partnercenter.administration import AdministrationSite
from partners.models import User
from portal import audit_words
from portal.administration import ReadOnlyAdmin
from portal.models import AuditRecord
from tests.explain import scans
from tests.factories import LinkFactory, UserFactory
from tests.pages.html import digits_in, parsed, values_in
from tests.pages.markup import faults_of
from tests.pages.test_statements import HUNDRED, ONE, scene, statements
from tests.pages.visits import STAFF, account, client_of, main_of, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world", "watched_templates")]

ROOT = "root@portal.example"
MANAGER, AUDITOR = "manager@portal.example", "auditor@portal.example"
OWNER = "admin@fabrikam.example"
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
WRITTEN = {User}
DRAWN_BY_DJANGO = (
    *("xmlns= on <svg>", "<symbol> in a picture", "<input> of type 'submit'"),
    "<table> with rows of [2, 3] columns",
)


def route(model: Any, view: str, *arguments: object) -> str:
    """Return an address of the admin."""
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{view}", args=arguments)


def addresses(model: Any) -> list[str]:
    """Return the list of a model, and one of its rows if there is one."""
    row = model._default_manager.order_by("pk").first()
    return [route(model, "changelist"), *([route(model, "change", row.pk)] if row else [])]


def everything() -> list[str]:
    """Return every address that the admin answers."""
    apps = {model._meta.app_label for model in MODELS}
    return [
        reverse("admin:index"),
        reverse("admin:jsi18n"),
        *(reverse("admin:app_list", args=[app]) for app in sorted(apps)),
        *(url for model in MODELS for url in addresses(model)),
        route(User, "add"),
    ]


# --- doors -----------------------------------------------------------------------------------


def test_site_shows_what_our_apps_register_and_nothing_of_other_packages():
    assert isinstance(admin.site._wrapped, AdministrationSite)  # type: ignore[attr-defined]
    assert {model._meta.app_label for model in MODELS} == {
        *("portal", "partners", "benefits", "support")
    }
    assert IssuedId not in MODELS
    assert all(isinstance(shown, ReadOnlyAdmin) for shown in admin.site._registry.values())
    assert len(everything()) >= 40


@pytest.mark.parametrize(
    ("who", "status"),
    [(ROOT, 200), (STAFF, 403), (MANAGER, 403), (AUDITOR, 403), (OWNER, 403), (None, 302)],
)
def test_door_of_the_administration_answers_whoever_may_and_nobody_else(who, status):
    client = client_of(who)

    answers = {url: client.get(url) for url in everything()}

    assert {url: response.status_code for url, response in answers.items()} == dict.fromkeys(
        answers, status
    )
    if who is None:
        sign_in = reverse("account_login")
        assert {response.url.split("?")[0] for response in answers.values()} == {sign_in}


def test_who_may_not_is_told_who_may_and_the_attempt_is_recorded():
    response = client_of(MANAGER).get(reverse("admin:index"))

    assert "This is for staff of these kinds: Administrator." in main_of(page_of(response)).text
    record = AuditRecord.objects.filter(refusal_code="not_authorized").latest("pk")
    assert (record.action, record.actor) == ("admin:index", account(MANAGER))


@pytest.mark.parametrize("path", ["login/", "logout/", "password_change/", "auth/group/", "r/1/1/"])
def test_door_that_the_portal_has_itself_is_not_there(path):
    assert client_of(ROOT).get(reverse("admin:index") + path).status_code == 404


# --- nothing is written past the services ----------------------------------------------------


@pytest.mark.parametrize("model", [m for m in MODELS if m not in WRITTEN])
def test_row_is_shown_and_neither_added_nor_changed_nor_deleted(model):
    client, (index, *rows) = client_of(ROOT), addresses(model)
    before = list(model._default_manager.order_by("pk").values())

    posts = [client.post(url, {"action": "delete_selected"}).status_code for url in rows]
    absent = [
        client.post(url).status_code
        for url in (f"{index}add/", *(url.replace("change/", "delete/") for url in rows))
    ]

    assert set(posts) <= {403}
    assert set(absent) == {404}
    assert list(model._default_manager.order_by("pk").values()) == before


@pytest.mark.parametrize("model", [AuditRecord, LedgerEntry])
def test_history_says_that_it_is_read_only(model):
    client = client_of(ROOT)

    for url in addresses(model):
        page = parsed(client.get(url).content.decode())
        assert page.one(id="note").text.startswith("Read-only: the ")
        assert not page.has("input", name="_save")


# --- what is in the pages --------------------------------------------------------------------


@pytest.fixture
def pages() -> dict[str, Any]:
    """Return every page of the administration."""
    client = client_of(ROOT)
    return {url: client.get(url) for url in everything()}


def test_page_is_sealed_and_holds_no_script_or_style_of_its_own(pages):
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", re.IGNORECASE)

    for url, response in pages.items():
        policy = response["Content-Security-Policy"]
        assert ("unsafe" in policy, "default-src 'none'" in policy) == (False, True), url
        assert inline.findall(response.content.decode()) == [], url


def test_page_is_valid_html_but_for_what_django_draws_by_itself(pages):
    shown = {url: r for url, r in pages.items() if r["Content-Type"].startswith("text/html")}

    faults = {
        f"{url}: {fault}"
        for url, response in shown.items()
        for fault in faults_of(parsed(response.content.decode()))
        if fault not in DRAWN_BY_DJANGO
    }

    assert faults == set()
    assert len(shown) == len(pages) - 1


def test_page_has_the_portals_icon_and_colors():
    head = parsed(client_of(ROOT).get(reverse("admin:index")).content.decode()).one("head")

    assert head.one("link", rel="icon").attrs["href"] == static("favicon.svg")
    sheets = [link.attrs["href"] for link in head.all("link", rel="stylesheet")]
    assert sheets[-1] == static("css/admin.css")
    assert static("css/tokens.css") in sheets


def test_search_says_what_it_looks_for_and_keeps_the_filter():
    asked = {"q": OWNER, "staff_kind__exact": "AUDITOR"}

    response = client_of(ROOT).get(route(User, "changelist"), asked)

    form = parsed(response.content.decode()).one("form", role="search")
    assert form.one("label", for_="searchbar").text == "E-mail address, in lower case"
    assert values_in(form) == asked
    assert form.one("a", href="?").text == "Show all"


def test_contract_id_and_password_stand_in_no_page(pages):
    secret = IssuedId.objects.filter(kind=IssuedId.Kind.CONTRACT)
    numbers = {str(number) for number in secret.values_list("number", flat=True)}
    hashes = set(User.objects.exclude(password="").values_list("password", flat=True))

    assert len(numbers) == 10
    for url, response in pages.items():
        body = response.content.decode()
        assert digits_in(body) & numbers == set(), url
        assert [secret for secret in hashes if len(secret) > 20 and secret in body] == [], url


@pytest.mark.parametrize("model", MODELS)
def test_list_reads_no_large_table_whole_and_searches_by_an_index(model):
    client, index = client_of(ROOT), route(model, "changelist")
    urls = [index, f"{index}?q=5234567", *addresses(model)[1:]]
    if model is User:
        urls += [f"{index}?staff_kind__exact=AUDITOR", f"{index}?q={OWNER}"]
    if model is LedgerEntry:
        urls[1] = f"{index}?q={LedgerEntry.objects.latest('pk').plan.public_id}"

    for url in urls:
        with scans() as found:
            assert client.get(url).status_code == 200
        assert found == [], url


def test_list_takes_as_many_statements_for_a_hundred_rows_as_for_one():
    def counts() -> dict[str, int]:
        client = client_of(ROOT)
        lists = [route(model, "changelist") for model in MODELS]
        return {url: len(statements(partial(client.get, url))) for url in lists}

    scene(ONE)
    few = counts()
    scene(HUNDRED)

    assert counts() == few
    assert max(few.values()) <= 8


# --- accounts --------------------------------------------------------------------------------


def change(user: User, *, client: Client | None = None, **data: Any) -> Any:
    """Send the form of an account, and return the page that it leads to."""
    client = client or client_of(ROOT)
    url = route(User, "change", user.pk)
    return client.post(url, data, follow=True)


def said(response: Any) -> list[str]:
    """Return what the page says was done, or was not."""
    return [str(message) for message in response.context["messages"]]


def test_staff_account_is_created_without_a_password_and_recorded():
    data = {"email": "New@portal.example", "name": "Nina New", "staff_kind": "AUDITOR"}

    response = client_of(ROOT).post(route(User, "add"), data, follow=True)

    assert said(response) == ["Nina New: Auditor, active."]
    user = User.objects.get(email="new@portal.example")
    assert (user.staff_kind, user.has_usable_password()) == ("AUDITOR", False)
    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.actor, record.target_id) == (
        "partners.create_account",
        account(ROOT),
        str(user.public_id),
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": OWNER}, "Another account has this e-mail address."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"name": ""}, "This field is required."),
        ({"staff_kind": ""}, "This field is required."),
        ({"staff_kind": "BOSS"}, "Select a valid choice."),
    ],
)
def test_account_that_may_not_be_is_not_created(changes, sentence):
    data = {"email": "n@portal.example", "name": "Nina", "staff_kind": "AUDITOR", **changes}
    before = User.objects.count()

    response = client_of(ROOT).post(route(User, "add"), data)

    assert sentence in parsed(response.content.decode()).text
    assert User.objects.count() == before


def test_role_is_changed_at_once_with_one_record():
    agent = account(STAFF)

    response = change(agent, staff_kind="AUDITOR", is_active="on")
    again = change(agent, staff_kind="AUDITOR", is_active="on")

    assert said(response) == said(again) == [f"{agent.name}: Auditor, active."]
    (record,) = AuditRecord.objects.filter(action="partners.change_account")
    assert record.facts["before"] == {"staffKind": "SUPPORT_AGENT", "isActive": True}
    assert audit_words.detail_of(record.action, record.facts) == "Auditor, active"


def test_account_that_is_deactivated_is_out_at_once():
    inside = client_of(MANAGER)

    change(account(MANAGER), staff_kind="BENEFITS_MANAGER")

    assert inside.get("/staff/partners").status_code == 302


@pytest.mark.parametrize(
    ("email", "data", "sentence"),
    [
        (ROOT, {"staff_kind": "AUDITOR", "is_active": "on"}, "Nobody changes their own account."),
        (OWNER, {"staff_kind": ""}, "is the last Global admin of Fabrikam."),
        (
            "user@fabrikam.example",
            {"staff_kind": "AUDITOR", "is_active": "on"},
            "This account works for a partner or uses a contract; staff do neither.",
        ),
        (
            "pat@outlook.example",
            {"staff_kind": "AUDITOR", "is_active": "on"},
            "Only a work account can be one of staff.",
        ),
        (None, {"staff_kind": ""}, "This is the account of an API client."),
    ],
)
def test_account_that_may_not_be_changed_stays_as_it_is_and_the_page_says_why(
    email, data, sentence
):
    user = account(email) if email else User.objects.filter(kind="CLIENT").order_by("pk")[0]
    before = User.objects.filter(pk=user.pk).values().get()

    response = change(user, **data)

    assert sentence in said(response)[0]
    assert User.objects.filter(pk=user.pk).values().get() == {
        **before,
        "last_login": User.objects.get(pk=user.pk).last_login,
    }
    assert AuditRecord.objects.latest("pk").refusal_code != ""


def test_account_that_uses_a_contract_does_not_become_staff():
    user = UserFactory()
    LinkFactory(user=user)

    assert "uses a contract" in said(change(user, staff_kind="AUDITOR", is_active="on"))[0]


def test_account_that_no_longer_works_for_anybody_becomes_staff():
    user = UserFactory()

    assert said(change(user, staff_kind="AUDITOR", is_active="on"))[0].endswith("Auditor, active.")
