"""The audit in words: every action and every refusal has them, also those that come later."""

import ast
import re

import pytest
from django.utils.translation import gettext_lazy

from portal import audit_words
from portal.audit_words import Group, Words
from tests.conventions.code import parsed, sources
from tests.portal.test_refusals import STATUS, all_refusals

# What audit.record and audit.attempt are given: the app, and a verb with a noun.
ACTION = re.compile(r"(portal|partners|benefits|support|partnercenter)\.[a-z]+(_[a-z]+)+")


def recorded_actions() -> set[str]:
    """Return every action that a service or a command names, whether by constant or in place."""
    return {
        node.value
        for path in sources()
        if {"services", "management"} & set(path.parts)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if ACTION.fullmatch(node.value)
    }


def test_every_action_that_is_recorded_has_words_and_nothing_else_has():
    assert {"partners.set_roles", "benefits.show_pair", "support.look_up"} < recorded_actions()
    assert recorded_actions() == set(audit_words.registered())


def test_every_refusal_has_words():
    codes = {refusal.code for refusal in all_refusals()} | set(STATUS)

    assert codes - set(audit_words.CODES) == set()


def test_words_of_two_actions_differ():
    texts = [str(words.text) for words in audit_words.registered().values()]

    assert len(set(texts)) == len(texts)


def test_action_of_an_address_is_named_by_it():
    assert audit_words.text_of("benefits:show-ids") == (
        "Open a page or make a call: benefits:show-ids"
    )
    assert audit_words.detail_of("benefits:show-ids", {"given": ["MPN"]}) == ""


@pytest.mark.parametrize(
    ("action", "facts", "detail"),
    [
        (
            "partners.set_roles",
            {"given": ["MPN_PARTNER_ADMIN", "ADMIN_AGENT"], "taken": ["GLOBAL_ADMIN"]},
            "Given: MPN partner admin and Admin agent. Taken away: Global admin.",
        ),
        ("partners.set_programs", {"given": [], "taken": ["CSP"]}, "Taken away: CSP."),
        (
            "partners.register_client",
            {"name": "Monitor", "scopes": ["benefits.activate", "events.read"]},
            "It may: Activate benefits · Read the change feed.",
        ),
        (
            "benefits.write_membership",
            {"kind": "CORE", "level": "GOLD", "startsOn": "2026-03-21"},
            "Gold competency from 21 Mar 2026.",
        ),
        (
            "benefits.write_membership",
            {"kind": "ACTION_PACK", "level": None, "startsOn": "2026-03-21"},
            "Action Pack from 21 Mar 2026.",
        ),
        ("benefits.attain_competency", {"competency": "DevOps"}, "DevOps"),
        ("benefits.book_expiry", {"lapsed": 4}, "4 lapsed."),
        ("benefits.show_pair", {}, ""),
        # Records outlive the shape of their facts.
        ("partners.set_roles", {}, ""),
        ("benefits.write_membership", {"kind": "CORE", "level": "TIN", "startsOn": "x"}, ""),
    ],
)
def test_detail_says_what_changed(action, facts, detail):
    assert audit_words.detail_of(action, facts) == detail


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "Done"),
        ("last_global_admin", "Refused: last Global admin"),
        ("of_tomorrow", "Refused: of_tomorrow"),
    ],
)
def test_outcome_is_said_in_words(code, words):
    assert audit_words.outcome_of(code) == words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("", ""),
        ("account", "Account"),
        ("account_id", "Account"),
        ("number", "Request"),
        ("draft_id", "Draft of a request"),
        ("some_thing", "some thing"),
    ],
)
def test_target_is_said_in_words(kind, words):
    assert audit_words.target_of(kind) == words


def test_every_group_but_the_rest_has_actions():
    assert [group for group in Group if not audit_words.actions_of(group)] == [Group.OTHER]


def test_registering_makes_words_known(monkeypatch):
    monkeypatch.setattr(audit_words, "_registered", {})

    audit_words.register({"portal.do_something": Words(Group.OTHER, gettext_lazy("Do something"))})

    assert audit_words.text_of("portal.do_something") == "Do something"
    assert audit_words.actions_of(Group.OTHER) == ["portal.do_something"]
