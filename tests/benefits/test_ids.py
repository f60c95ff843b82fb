"""Access IDs and Contract IDs: the check digit, fresh numbers, and what people type."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benefits import ids
from benefits.ids import MalformedId, TypedPair, numbers_in, read_pair

# Both end with their check digit.
A, C = "123456786", "987654329"
PAIR = TypedPair(access=123456786, contract=987654329)

payloads = st.builds(
    lambda first, rest: f"{first}{rest:07d}", st.integers(1, 9), st.integers(0, 10**7 - 1)
)
well_formed = payloads.map(lambda payload: payload + str(ids.check_digit(payload)))

ACCESS_MISSING = "Enter the Access ID: nine digits."
CONTRACT_MISSING = "Enter the Contract ID: nine digits."
ACCESS_TYPING_ERROR = (
    "The Access ID has a typing error: check neighbouring digits, two of them may be swapped, "
    "or one is wrong."
)
CONTRACT_TYPING_ERROR = ACCESS_TYPING_ERROR.replace("Access", "Contract")


# --- the check digit -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "digit"), [("572", 4), ("12345678", 6), ("98765432", 9), ("10000000", 6)]
)
def test_check_digit_of_known_numbers_is_damms(payload, digit):
    assert ids.check_digit(payload) == digit


@given(well_formed, st.integers(0, 8), st.integers(1, 9))
def test_check_digit_finds_every_single_wrong_digit(number, position, distance):
    wrong = str((int(number[position]) + distance) % 10)

    assert not ids.is_well_formed(number[:position] + wrong + number[position + 1 :])


@given(well_formed, st.integers(0, 7))
def test_check_digit_finds_every_swap_of_neighbours(number, position):
    first, second = number[position], number[position + 1]
    assume(first != second)

    assert not ids.is_well_formed(number[:position] + second + first + number[position + 2 :])


@pytest.mark.parametrize(
    ("digits", "well_formed"),
    [
        (A, True),
        (C, True),
        ("123456787", False),
        ("012345675", False),
        ("000000000", False),
        ("12345678", False),
        ("1234567860", False),
        ("", False),
    ],
)
def test_well_formed_is_nine_digits_without_leading_zero_and_with_check_digit(digits, well_formed):
    assert ids.is_well_formed(digits) == well_formed


def test_well_formed_looks_at_the_leading_zero_alone():
    payload = "01234567"

    assert not ids.is_well_formed(payload + str(ids.check_digit(payload)))


def test_drawn_numbers_are_well_formed_and_begin_with_every_digit_but_zero():
    drawn = [str(ids.draw()) for _draw in range(500)]

    assert [number for number in drawn if not ids.is_well_formed(number)] == []
    assert {number[0] for number in drawn} == set("123456789")


# --- what people type ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", []),
        ("none", []),
        (A, [A]),
        (f"  {A}\t", [A]),
        ("123 456 786", [A]),
        ("123-456-786", [A]),
        ("123.456.786", [A]),
        ("123\u00a0456\u202f786", [A]),
        ("123\u2011456\u2013786", [A]),
        ("１２３４５６７８６", [A]),
        ("１２３　４５６－７８６", [A]),
        ("١٢٣٤٥٦٧٨٦", [A]),
        (f"Access ID: {A}", [A]),
        (f"访问 ID：{A}。", [A]),
        (f"<b>{A}</b>", [A]),
        (f"{A} {C}", [A, C]),
        (f"{A}{C}", [A, C]),
        ("123 456 786 987 654 329", [A, C]),
        (f"{A}\n{C}", [A, C]),
        (f"{A}, {C}", [A, C]),
        (f"Access ID: {A} Contract ID: {C}", [A, C]),
        ("1234", ["1234"]),
        ("1234567860", ["1234567860"]),
    ],
)
def test_numbers_in_text_forgives_how_it_was_typed(text, numbers):
    assert numbers_in(text) == numbers


def test_numbers_in_text_without_end_looks_at_its_beginning_only():
    assert numbers_in(f"{A} " + "x" * 1_000_000 + C) == [A]


@pytest.mark.parametrize(
    ("access_text", "contract_text"),
    [
        (A, C),
        (" 123 456 786 ", "987-654-329"),
        ("１２３４５６７８６", "９８７６５４３２９"),
        (f"Access ID: {A}", f"Contract ID: {C}"),
        (f"{A} {C}", ""),
        ("", f"{A} {C}"),
        (f"Access ID: {A}\nContract ID: {C}", ""),
        (f"{A}{C}", ""),
        (f"{A} {C}", f"{A} {C}"),
        (f"{A} {C}", C),
        (A, f"{A} {C}"),
    ],
)
def test_read_pair_forgives_where_it_was_typed(access_text, contract_text):
    assert read_pair(access_text=access_text, contract_text=contract_text) == PAIR


def test_read_pair_of_swapped_fields_leaves_it_to_the_issued_ids():
    assert read_pair(access_text=C, contract_text=A) == TypedPair(
        access=987654329, contract=123456786
    )


def test_typed_pair_in_a_log_holds_neither_number():
    shown = repr(PAIR)

    assert (A in shown, C in shown) == (False, False)


@pytest.mark.parametrize(
    ("access_text", "contract_text", "problems"),
    [
        ("", "", {"access_id": ACCESS_MISSING, "contract_id": CONTRACT_MISSING}),
        (A, "", {"contract_id": CONTRACT_MISSING}),
        ("none", C, {"access_id": ACCESS_MISSING}),
        ("1", C, {"access_id": "The Access ID has 1 digit; it must have nine."}),
        ("12345678", C, {"access_id": "The Access ID has 8 digits; it must have nine."}),
        (A, "9876543290", {"contract_id": "The Contract ID has 10 digits; it must have nine."}),
        ("123456768", C, {"access_id": ACCESS_TYPING_ERROR}),
        (A, "987654320", {"contract_id": CONTRACT_TYPING_ERROR}),
        ("000000000", C, {"access_id": ACCESS_TYPING_ERROR}),
        (f"{A}\n{C}\n{A}", C, {"access_id": "The Access ID field holds more than one number."}),
        (f"{A} 3", C, {"access_id": "The Access ID has 10 digits; it must have nine."}),
        (
            "12345678",
            "987654320",
            {
                "access_id": "The Access ID has 8 digits; it must have nine.",
                "contract_id": CONTRACT_TYPING_ERROR,
            },
        ),
    ],
)
def test_read_pair_malformed_says_what_is_wrong_with_which_field(
    access_text, contract_text, problems
):
    with pytest.raises(MalformedId) as refused:
        read_pair(access_text=access_text, contract_text=contract_text)

    assert refused.value.problems == problems
    assert refused.value.explanation.as_dict() == {
        "code": "malformed_id",
        "message": " ".join(problems.values()),
        "facts": {"fields": sorted(problems)},
        "nextStep": {
            "text": "Compare the number with the one you were given, then correct it.",
            "url": None,
            "people": [],
        },
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (A, ""),
        ("Access ID 123 456 786", ""),
        ("", ACCESS_MISSING),
        ("123456787", ACCESS_TYPING_ERROR),
        ("1234", "The Access ID has 4 digits; it must have nine."),
        (f"{A} {C}", "The Access ID field holds more than one number."),
    ],
)
def test_problem_with_a_single_access_id_is_told_or_nothing(text, problem):
    assert ids.problem_with(text) == problem


@given(st.text(), st.text())
def test_read_pair_of_any_text_gives_a_pair_or_says_why_not(access_text, contract_text):
    try:
        pair = read_pair(access_text=access_text, contract_text=contract_text)
    except MalformedId as refused:
        assert set(refused.problems) <= {"access_id", "contract_id"}  # noqa: PT017 - either way
    else:
        assert ids.is_well_formed(str(pair.access))
        assert ids.is_well_formed(str(pair.contract))


@pytest.mark.parametrize(
    ("access_text", "shown"),
    [
        ("", True),
        ("12345678", True),
        ("123456787", True),
        ("Access ID 123456787", True),
        # Well-formed, it may be the other one.
        (A, False),
        (f"Access ID {A}", False),
        (f"{A} {C}", False),
        (f"{A}{C}", False),
        ("123456787 987654320", False),
        ("Contract ID: 987654320", False),
        ("CONTRACT 98765432", False),
    ],
)
def test_access_text_may_be_shown_again_unless_it_can_hold_a_contract_id(access_text, shown):
    assert ids.may_be_shown_again(access_text) == shown
