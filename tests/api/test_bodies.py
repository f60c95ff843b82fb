"""Bad bodies of every kind: refused with their code, what is wrong by name, nothing changed."""

import json
from typing import Any

import pytest

from tests.api.calls import Caller
from tests.api.raw import GOOD, KEY, QUESTION, post_raw, refused
from tests.api.visits import actor, numbers_now, request_body, things_of_nobody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.fixture
def client() -> Caller:
    """Return a client of Fabrikam."""
    return actor("cli")


# --- bodies that are none --------------------------------------------------------------------

UNREADABLE = {
    "no JSON": b"{",
    "words": b"hello",
    "blank": b" ",
    "trailing comma": b'{"title": "x",}',
    "two values": b"{}{}",
    "not UTF-8": b'{"title": "\xe9"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "broken escape": b'{"title": "\\ud8"}',
    "control character": b'{"title": "\x01"}',
    "NaN": b'{"title": NaN}',
    "Infinity": b'{"title": Infinity}',
    "minus Infinity": b'{"contact": {"phone": -Infinity}}',
    "number of 5,000 digits": b'{"title": ' + b"9" * 5_000 + b"}",
    "list": b"[]",
    "list of objects": b'[{"title": "x"}]',
    "text": b'"title"',
    "number": b"1",
    "null": b"null",
    "true": b"true",
    "100,000 brackets": b"[" * 100_000,
    "100,000 closed brackets": b"[" * 100_000 + b"]" * 100_000,
    "100,000 braces": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "longer than 1 MiB": json.dumps({"title": "x" * (1024 * 1024)}).encode(),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_body_that_is_no_object_is_refused_and_changes_nothing(client: Caller, what: str):
    before = numbers_now()

    response = post_raw(client, UNREADABLE[what])

    assert refused(response, 400, "validation_error") == []
    assert numbers_now() == before


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ('{"title": "a", "title": "b"}', ["title"]),
        (GOOD.replace('"name":', '"name": "x", "name":'), ["name"]),
        ('{"a": 1, "b": 1, "a": 1, "b": 2}', ["a", "b"]),
        ('{"ti\\u0074le": "a", "title": "b"}', ["title"]),
        ('{"": 1, "": 1}', [""]),
    ],
    ids=["top", "nested", "two", "escaped", "empty"],
)
def test_name_that_stands_twice_is_refused(client: Caller, body: str, names: list[str]):
    before = numbers_now()

    assert refused(post_raw(client, body), 400, "duplicate_parameter") == names
    assert numbers_now() == before


def test_60_000_names_that_stand_twice_are_refused_in_no_time(client: Caller):
    pairs = ", ".join(f'"{number % 30_000}": 1' for number in range(60_000))

    response = post_raw(client, f"{{{pairs}}}")

    assert len(refused(response, 400, "duplicate_parameter")) == 30_000


@pytest.mark.parametrize(
    "media",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/json",
        "application/xml",
        "application/octet-stream",
        "nonsense",
    ],
)
@pytest.mark.parametrize("content", [GOOD, "title=x", "--x\r\n\r\nx\r\n--x--\r\n"])
def test_body_of_another_media_type_is_refused(client: Caller, media: str, content: str):
    before = numbers_now()

    assert refused(post_raw(client, content, media=media), 415, "unsupported_media_type") == []
    assert numbers_now() == before


@pytest.mark.parametrize(
    "media", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json ; x=y"]
)
def test_body_of_json_is_read_however_its_media_type_is_written(client: Caller, media: str):
    assert post_raw(client, GOOD, media=media).status_code == 201


ALL_REQUIRED = [
    "category",
    "contact",
    "description",
    "productFamily",
    "productVersion",
    "severity",
    "title",
]


def test_call_without_a_body_names_all_that_is_missing(client: Caller):
    response = client.post("supportRequests", headers=KEY)

    assert refused(response, 400, "validation_error") == ALL_REQUIRED


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ALL_REQUIRED),
        (
            request_body(contact={}),
            ["contact.country", "contact.email", "contact.name", "contact.timeZone"],
        ),
        (
            request_body(contact={"name": "", "email": "x"}),
            ["contact.country", "contact.email", "contact.name", "contact.timeZone"],
        ),
    ],
)
def test_missing_fields_are_all_named_at_once(client: Caller, body: Any, names: list[str]):
    response = client.post("supportRequests", body, headers=KEY)

    assert refused(response, 400, "validation_error") == names


# --- fields ----------------------------------------------------------------------------------

WRONG: dict[str, list[Any]] = {
    "title": [1, 1.5, True, None, [], {}, ["x"], "", " ", "\t\n", "x" * 201, "a\x00b", "\ud800"],
    "description": [1, None, "", "x" * 10_001, "\x00", "x\udfff"],
    "productFamily": [1, None, "", "x" * 61, {"a": 1}],
    "productVersion": [11, 11.0, None, "", "x" * 61],
    "category": [1, None, "", "other", "OTHER", [], {}, "\ud800", "\x00"],
    "severity": ["D", "a", "", None, 1, ["A"], {"A": 1}, True],
    "require24x7": ["true", "yes", 1, 0, "", None, [], {}, 1.0],
    "entitlementId": ["", "x", 1, 1.0, True, [], {}, "0190", "\x00", "\ud800"],
    "contact": [None, [], "x", 1, True],
}
WRONG_CONTACT: dict[str, list[Any]] = {
    "name": ["", None, 1, "x" * 121, "\x00", "\ud800"],
    "email": ["", None, 1, "x", "a@b", "a@b.example\n@", "x" * 250 + "@a.example", "a\x00@b.se"],
    "phone": [46_701_234_567, None, "call me", "+46 8 \x00", "1" * 41, True, 1.5],
    "country": ["", None, "SWE", "xx", "se", 1, ["SE"]],
    "timeZone": ["", None, "Stockholm", "europe/berlin", "../etc/passwd", 1, "\x00"],
    "preferredContactMethod": ["email", "", None, 1, [], "FAX"],
    "language": [1, None, "x" * 11, "\ud800", True],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_field_of_a_wrong_kind_is_named_and_nothing_changes(client: Caller, name: str, value: Any):
    before = numbers_now()

    response = client.post("supportRequests", request_body(**{name: value}), headers=KEY)

    found = refused(response, 400, "validation_error")
    # Null stands for nothing chosen: the default plan pays.
    assert found == [name]
    assert numbers_now() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in WRONG_CONTACT.items() for value in values],
)
def test_field_of_the_contact_of_a_wrong_kind_is_named(client: Caller, name: str, value: Any):
    before, contact = numbers_now(), request_body()["contact"]

    body = request_body(contact={**contact, name: value})
    response = client.post("supportRequests", body, headers=KEY)

    assert refused(response, 400, "validation_error") == [f"contact.{name}"]
    assert numbers_now() == before


@pytest.mark.parametrize("number", ["1.0", "1e2", "1e400", "-1e400", "0.1", "-0"])
@pytest.mark.parametrize("name", ["title", "require24x7", "severity", "entitlementId"])
def test_number_in_the_place_of_something_else_is_refused(client: Caller, name: str, number: str):
    body = json.dumps(request_body(**{name: "HERE"})).replace('"HERE"', number)

    assert refused(post_raw(client, body), 400, "validation_error") == [name]


@pytest.mark.parametrize("name", ["category", "title", "contact", "require24x7", "entitlementId"])
def test_value_of_any_depth_that_can_be_read_is_refused(client: Caller, name: str):
    good = json.dumps(request_body(**{name: "HERE"}))

    for depth in range(850, 1000, 3):
        response = post_raw(client, good.replace('"HERE"', "[" * depth + "]" * depth))
        assert set(refused(response, 400, "validation_error")) <= {name}


def test_null_for_what_may_be_left_out_is_as_if_it_were_left_out(client: Caller):
    response = client.post("supportRequests", request_body(entitlementId=None), headers=KEY)

    assert response.status_code == 201


def test_call_by_phone_without_a_number_is_refused(client: Caller):
    contact = {**request_body()["contact"], "preferredContactMethod": "PHONE"}

    response = client.post("supportRequests", request_body(contact=contact), headers=KEY)

    assert refused(response, 400, "validation_error") == ["contact.phone"]


def test_around_the_clock_with_severity_c_is_a_validation_error(client: Caller):
    response = client.post("supportRequests", request_body(require24x7=True), headers=KEY)

    assert refused(response, 400, "validation_error") == ["require24x7"]


@pytest.mark.parametrize("version", ["2099", "vNext", "11"])
def test_product_that_is_not_in_the_catalogue_is_refused(client: Caller, version: str):
    response = client.post("supportRequests", request_body(productVersion=version), headers=KEY)

    assert refused(response, 400, "validation_error") == ["productVersion"]


# --- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (request_body(foo=1), ["foo"]),
        (request_body(Title="x"), ["Title"]),
        (request_body(contact={"foo": 1, "name": "x", "bar": 2}), ["contact.bar", "contact.foo"]),
        ({"foo": 1, "bar": {"baz": 2}}, ["bar", "foo"]),
        (request_body(**{"": 1}), [""]),
        (request_body(__proto__={}), ["__proto__"]),
        (request_body(**{"a\x00b": 1}), ["a\x00b"]),
    ],
)
def test_field_that_is_not_known_is_refused_by_name(client: Caller, body: Any, names: list[str]):
    before = numbers_now()

    response = client.post("supportRequests", body, headers=KEY)

    assert refused(response, 400, "unknown_field") == names
    assert numbers_now() == before


@pytest.mark.parametrize("name", ["\\ud800", "x\\udfff"])
def test_name_that_is_no_text_is_refused(client: Caller, name: str):
    assert len(refused(post_raw(client, f'{{"{name}": 1}}'), 400, "unknown_field")) == 1
    doubled = post_raw(client, f'{{"{name}": 1, "{name}": 2}}')
    assert len(refused(doubled, 400, "duplicate_parameter")) == 1


@pytest.mark.parametrize(
    ("questions", "code", "names"),
    [
        (
            [QUESTION, QUESTION, QUESTION, {**QUESTION, "foo": 1}],
            "unknown_field",
            ["questions.3.foo"],
        ),
        (
            [{}, QUESTION, {"productFamily": "x"}],
            "validation_error",
            [
                "questions.0.productFamily",
                "questions.0.productVersion",
                "questions.2.productVersion",
            ],
        ),
        ([{**QUESTION, "mpnId": 5_234_567}], "validation_error", ["questions.0.mpnId"]),
        ([{**QUESTION, "mpnId": "52345670"}], "validation_error", ["questions.0.mpnId"]),
        ([{**QUESTION, "mpnId": "５２３４５６７"}], "validation_error", ["questions.0.mpnId"]),
        ([{**QUESTION, "contractId": "x"}], "validation_error", ["questions.0.contractId"]),
        (
            [QUESTION, {**QUESTION, "productVersion": "1"}],
            "validation_error",
            ["questions.1.productVersion"],
        ),
        ([], "validation_error", ["questions"]),
        ([QUESTION] * 101, "validation_error", ["questions"]),
        ({}, "validation_error", ["questions"]),
        ("x", "validation_error", ["questions"]),
        ([1, "x", None], "validation_error", ["questions.0", "questions.1", "questions.2"]),
        (None, "validation_error", ["questions"]),
    ],
)
def test_bad_question_is_named_by_its_place(
    client: Caller, questions: Any, code: str, names: list[str]
):
    response = client.post("entitlements/check", {"questions": questions})

    assert refused(response, 400, code) == names


def test_hundred_questions_are_answered(client: Caller):
    response = client.post("entitlements/check", {"questions": [QUESTION] * 100})

    assert len(response.json()["answers"]) == 100


@pytest.mark.parametrize(
    ("route", "body", "names"),
    [
        ("contracts/link", {}, ["accessId", "contractId"]),
        (
            "contracts/link",
            {"accessId": 123_456_786, "contractId": None},
            ["accessId", "contractId"],
        ),
        (
            "contracts/link",
            {"accessId": "x" * 201, "contractId": "\x00"},
            ["accessId", "contractId"],
        ),
        ("lookups", {}, ["query"]),
        ("lookups", {"query": 1}, ["query"]),
        ("lookups", {"query": ""}, ["query"]),
        ("lookups", {"query": "\x00"}, ["query"]),
        ("lookups", {"query": "\ud800"}, ["query"]),
    ],
)
def test_bad_body_of_other_calls_is_refused(route: str, body: Any, names: list[str]):
    caller = actor("agt" if route == "lookups" else "cli")
    before = numbers_now()

    assert refused(caller.post(route, body), 400, "validation_error") == names
    assert numbers_now() == before


@pytest.mark.parametrize("route", ["activate", "reopen"])
@pytest.mark.parametrize("body", [{"foo": 1}, {"reason": "x", "text": "y"}])
def test_body_of_a_call_that_takes_none_is_not_ignored(client: Caller, route: str, body: Any):
    response = client.post(things_of_nobody().address(route), body)

    assert refused(response, 400, "unknown_field") == sorted(body)


@pytest.mark.parametrize("media", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_form_sent_to_a_call_that_takes_no_body_is_refused(client: Caller, media: str):
    address = things_of_nobody().address("activate")

    response = post_raw(client, "a=b", media=media, to=address)

    assert refused(response, 415, "unsupported_media_type") == []
