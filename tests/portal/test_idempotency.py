"""A key executes once: claims, replays, and what is not a key."""

import pytest
from django.db import transaction

from portal import idempotency
from portal.idempotency import (
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    RequestInProgress,
    claim,
    fingerprint,
    key_of_form,
)
from portal.models import IdempotencyKey
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

CONTENT = {"title": "Sign-in fails", "severity": "C"}


def claimed(by, *, key="a-key", operation="submit_request", content=CONTENT):
    """Claim a key."""
    with transaction.atomic():
        return claim(by=by, operation=operation, key=key, content=content)


def test_first_claim_may_execute():
    user = UserFactory()

    first = claimed(user)

    assert first.is_replay is False
    stored = IdempotencyKey.objects.get()
    assert (stored.caller, stored.operation, stored.key, stored.answer) == (
        user,
        "submit_request",
        "a-key",
        {},
    )


def test_second_claim_gets_the_stored_answer():
    user = UserFactory()
    claimed(user).store({"number": "261120000000001"})

    second = claimed(user)

    assert (second.is_replay, second.answer) == (True, {"number": "261120000000001"})
    assert IdempotencyKey.objects.count() == 1


def test_second_claim_with_the_same_content_in_another_order_is_a_replay():
    user = UserFactory()
    claimed(user)

    again = claimed(user, content=dict(reversed(CONTENT.items())))

    assert again.is_replay is True


@pytest.mark.parametrize(
    "content",
    [{}, {**CONTENT, "severity": "B"}, {**CONTENT, "more": ""}, {"title": "Sign-in fails"}],
)
def test_second_claim_with_other_content_is_refused(content):
    user = UserFactory()
    claimed(user).store({"number": "1"})

    with pytest.raises(IdempotencyKeyReused) as refused:
        claimed(user, content=content)

    assert refused.value.explanation.as_dict() == {
        "code": "idempotency_key_reused",
        "message": "This was sent before under the same key, with other content.",
        "facts": {"operation": "submit_request"},
        "nextStep": {
            "text": "Look at what was created then, or start a new form.",
            "url": None,
            "people": [],
        },
    }
    assert IdempotencyKey.objects.get().answer == {"number": "1"}


def test_same_key_of_another_caller_or_operation_may_execute():
    user = UserFactory()
    claimed(user)

    claims = [claimed(UserFactory()), claimed(user, operation="activate_package")]

    assert [other.is_replay for other in claims] == [False, False]


def claim_and_fail(by):
    """Claim the key for an effect that fails."""
    with transaction.atomic():
        claim(by=by, operation="submit_request", key="a-key", content=CONTENT)
        raise RuntimeError("the effect failed")


def test_claim_of_failed_effect_is_free_again():
    user = UserFactory()
    with pytest.raises(RuntimeError, match="the effect failed"):
        claim_and_fail(user)

    assert claimed(user).is_replay is False


@pytest.mark.parametrize("key", ["x", "!", "~", "x" * 255, "8f14e45f-ceea-467f-a0e6-1a2b3c4d5e6f"])
def test_printable_key_is_accepted(key):
    assert claimed(UserFactory(), key=key).row.key == key


@pytest.mark.parametrize(
    "key", ["", " ", "a key", "x" * 256, "tab\t", "line\n", "ä", "\x00", "\x7f", "＋"]
)
def test_key_of_other_characters_or_length_is_refused(key):
    with pytest.raises(IdempotencyKeyInvalid) as refused:
        claimed(UserFactory(), key=key)

    assert (refused.value.code, refused.value.status) == ("idempotency_key_invalid", 400)
    assert IdempotencyKey.objects.count() == 0


def test_keys_that_differ_in_case_are_two():
    user = UserFactory()
    claimed(user, key="abc")

    assert claimed(user, key="ABC").is_replay is False


def test_stored_answer_is_found_without_claiming():
    user = UserFactory()
    claimed(user).store({"number": "1"})

    found = [
        idempotency.stored_answer(by=by, operation=operation, key=key)
        for by, operation, key in [
            (user, "submit_request", "a-key"),
            (user, "submit_request", "another"),
            (user, "activate_package", "a-key"),
            (UserFactory(), "submit_request", "a-key"),
        ]
    ]

    assert found == [{"number": "1"}, None, None, None]
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": "1"}, False),
        ({"a": "ä"}, {"a": "a\u0308"}, False),
        ({"a": None}, {}, False),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, False),
    ],
)
def test_fingerprint_is_equal_for_equal_content(one, other, equal):
    assert (fingerprint(one) == fingerprint(other)) is equal


@pytest.mark.parametrize("refusal", [None, RequestInProgress()])
def test_key_of_form_that_may_be_sent_again_is_kept(refusal):
    assert key_of_form("a-key", refusal=refusal) == "a-key"


@pytest.mark.parametrize("refusal", [IdempotencyKeyReused(""), IdempotencyKeyInvalid("")])
def test_key_of_form_that_is_of_no_more_use_is_drawn_anew(refusal):
    drawn = {key_of_form("a-key", refusal=refusal), key_of_form("", refusal=None)}

    assert len(drawn - {"a-key", ""}) == 2
