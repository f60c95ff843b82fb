"""Drafts of requests: kept in the session, eight at most, and only a number in the end."""

import uuid

import pytest

from support import drafts
from support.drafts import Draft

FIRST = uuid.UUID(int=1)


@pytest.fixture
def request_with_session(rf):
    """Return a request with an empty session."""
    request = rf.get("/")
    request.session = {}
    return request


def test_new_draft_is_empty_and_kept_nowhere(request_with_session):
    draft = drafts.new_draft()

    assert (draft.product, draft.issue, draft.contact, draft.submitted) == ({}, {}, {}, "")
    assert drafts.load(request_with_session, draft.id) is None


def test_saved_draft_is_loaded_as_it_was(request_with_session):
    draft = Draft(
        id=FIRST,
        product={"family": "Windows"},
        issue={"title": "Sign-in fails"},
        contact={"contact_name": "Ana Berg"},
        product_done=True,
    )

    drafts.save(request_with_session, draft)

    assert drafts.load(request_with_session, FIRST) == draft
    assert drafts.load(request_with_session, uuid.UUID(int=2)) is None


def test_draft_is_the_key_of_its_form():
    assert Draft(id=FIRST).key == "00000000-0000-0000-0000-000000000001"


def test_oldest_drafts_make_room(request_with_session):
    for number in range(1, 11):
        drafts.save(request_with_session, Draft(id=uuid.UUID(int=number)))

    kept = [
        number
        for number in range(1, 11)
        if drafts.load(request_with_session, uuid.UUID(int=number)) is not None
    ]

    assert kept == [3, 4, 5, 6, 7, 8, 9, 10]


def test_draft_that_is_saved_again_is_the_newest(request_with_session):
    for number in [*range(1, 9), 1, 9]:
        drafts.save(request_with_session, Draft(id=uuid.UUID(int=number)))

    assert drafts.load(request_with_session, FIRST) is not None
    assert drafts.load(request_with_session, uuid.UUID(int=2)) is None


def test_finished_draft_keeps_only_the_number_it_became(request_with_session):
    draft = Draft(id=FIRST, issue={"title": "Sign-in fails"}, product_done=True)
    drafts.save(request_with_session, draft)

    drafts.finish(request_with_session, draft, number="261120000000001")

    assert drafts.load(request_with_session, FIRST) == Draft(id=FIRST, submitted="261120000000001")


def test_draft_of_one_portal_is_not_there_in_another(request_with_session):
    draft = Draft(id=FIRST, portal="azure")

    drafts.save(request_with_session, draft)

    assert drafts.load(request_with_session, FIRST, portal="azure") == draft
    assert drafts.load(request_with_session, FIRST, portal="dynamics365") is None
    assert drafts.load(request_with_session, FIRST) is None


def test_finished_draft_stays_in_its_portal(request_with_session):
    draft = drafts.new_draft(portal="azure")

    drafts.finish(request_with_session, draft, number="261120000000001")

    finished = Draft(id=draft.id, submitted="261120000000001", portal="azure")
    assert drafts.load(request_with_session, draft.id, portal="azure") == finished
