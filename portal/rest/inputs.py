"""
Strict input: nothing is guessed, nothing is ignored.

A body is one JSON object without doubled names; a query names only known parameters, each once.
Serializers state the rules of the fields; what they find becomes one problem document.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers
from rest_framework.parsers import BaseParser

from portal.refusals import NextStep
from portal.rest.problems import DuplicateParameter, InvalidFilter, InvalidInput, UnknownField

RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
# More than any number that is asked for.
DIGITS = re.compile(r"-?[0-9]{1,18}")
DEFAULT_SIZE = 25
MAX_SIZE = 200


class StrictJSONParser(BaseParser):
    """Read a JSON body of bounded size; doubled names, NaN and broken text are refused."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> object:
        """
        Return the value that the body holds.

        :raises InvalidInput: no JSON, or longer than the limit for forms
        :raises DuplicateParameter: an object has a name twice
        """
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise _unreadable(_("The body is too long."))
        try:
            text = codecs.decode(body, "utf-8")
            return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise _unreadable(_("The body is not JSON in UTF-8.")) from error


def _unreadable(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, next_step=NextStep(_("Send one JSON object, in UTF-8.")))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(name for name, _value in pairs)
        raise _doubled({name for name, count in times.items() if count > 1})
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _doubled(names: set[str]) -> DuplicateParameter:
    return DuplicateParameter(
        _("A name appears more than once."),
        next_step=NextStep(_("Send each name once.")),
        invalid=[(name, _("More than once.")) for name in sorted(names)],
    )


# --- fields ----------------------------------------------------------------------------------


class TextField(serializers.CharField):
    """Text, and only text: numbers are not turned into it."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text, trimmed."""
        if not isinstance(data, str):
            self.fail("invalid")
        value: str = super().to_internal_value(data)
        return value


class PatternField(TextField, serializers.RegexField):
    """Text, and only text, of a pattern."""


class NumberInQuery(serializers.IntegerField):
    """A whole number in an address: its digits, and no other way to write it."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if not DIGITS.fullmatch(str(data)):
            self.fail("invalid")
        value: int = super().to_internal_value(data)
        return value


class InstantField(serializers.DateTimeField):
    """An instant (RFC 3339): with its zone, so that nobody has to guess it."""

    def to_internal_value(self, value: Any) -> Any:
        """Return the instant."""
        if not RFC_3339.fullmatch(str(value)):
            self.fail("invalid", format="2026-11-20T09:00:00Z, 2026-11-20T10:00:00+01:00")
        return super().to_internal_value(value)


class YesNoField(serializers.BooleanField):
    """true or false, and no other way to say it; in a query the words `true` and `false`."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the truth value."""
        words = {"true": True, "false": False} if self._is_in_query() else {}
        value: Any = words.get(data) if isinstance(data, str) else data
        if not isinstance(value, bool):
            self.fail("invalid", input=data)
        return value

    def _is_in_query(self) -> bool:
        return bool(self.root.context.get("is_query"))


class UuidTextField(serializers.UUIDField):
    """A UUID as text."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the UUID."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class WordField(serializers.ChoiceField):
    """One of the known words. What was sent instead is not repeated: it may be of any size."""

    default_error_messages = {"invalid_choice": "Not one of: {known}."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the word."""
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", known=", ".join(map(str, self.choices)))
        return data


class SeveralField(serializers.Field):
    """Several of the known values, separated by commas."""

    default_error_messages = {"invalid": "{unknown} is not one of: {known}."}

    def __init__(self, choices: list[str], **kwargs: Any) -> None:
        self.choices = choices
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        """Return the values."""
        values = str(data).split(",")
        for value in values:
            if value not in self.choices:
                self.fail("invalid", unknown=value or "''", known=", ".join(self.choices))
        return values

    def to_representation(self, value: Any) -> Any:
        """Never asked: these fields are read, not written."""
        raise NotImplementedError


class PageQuery(serializers.Serializer):
    """What every collection takes."""

    size = NumberInQuery(
        min_value=1,
        max_value=MAX_SIZE,
        default=DEFAULT_SIZE,
        help_text="Items on a page.",
    )
    cursor = TextField(
        required=False,
        max_length=2000,
        help_text="Where the page begins: take it from `links.next`, never make one.",
    )


class NoQuery(serializers.Serializer):
    """An address without parameters."""


class NoBody(serializers.Serializer):
    """Nothing to say: no body, or an empty object."""


# --- reading ---------------------------------------------------------------------------------


def valid_query(request: HttpRequest, form: type[serializers.Serializer]) -> dict[str, Any]:
    """
    Return the parameters of the address as the form reads them.

    :raises DuplicateParameter: one stands there twice
    :raises InvalidFilter: one is unknown, or its value breaks a rule
    """
    given = _parameters(request)
    doubled = {name for name, values in given.lists() if len(values) > 1}
    if doubled:
        raise _doubled(doubled)
    reader = form(data=given.dict(), context={"is_query": True})
    unknown = sorted(set(given) - set(reader.fields))
    if unknown:
        raise InvalidFilter(
            _("This address does not take such a parameter."),
            facts={"known": sorted(reader.fields)},
            next_step=NextStep(_("Leave it out, or use one of the known ones.")),
            invalid=[(name, _("Unknown parameter.")) for name in unknown],
        )
    if not reader.is_valid():
        raise InvalidFilter(
            _("A parameter has a value that it does not take."),
            next_step=NextStep(_("Correct the values named in invalidParameters.")),
            invalid=list(_flat(reader.errors)),
        )
    return dict(reader.validated_data)


def _parameters(request: HttpRequest) -> QueryDict:
    try:
        return request.GET
    except TooManyFieldsSent as error:
        raise InvalidFilter(
            _("The address has more parameters than are read."),
            next_step=NextStep(_("Leave out those that this address does not take.")),
        ) from error


def valid_body(data: object, form: type[serializers.Serializer]) -> dict[str, Any]:
    """
    Return the body as the form reads it.

    :raises UnknownField: a name that the form does not know
    :raises InvalidInput: something is missing or breaks a rule, every one of them named
    """
    if not isinstance(data, dict):
        raise _unreadable(_("The body is not a JSON object."))
    reader = form(data=data)
    unknown = list(_unknown(data, reader))
    if unknown:
        raise UnknownField(
            _("The body has a field that this call does not know."),
            next_step=NextStep(_("Leave it out, or compare its name with the description.")),
            invalid=[(name, _("Unknown field.")) for name in unknown],
        )
    if not reader.is_valid():
        raise InvalidInput(
            _("Something in the body is missing or breaks a rule."),
            next_step=NextStep(_("Correct what invalidParameters names.")),
            invalid=list(_flat(reader.errors)),
        )
    return dict(reader.validated_data)


def _unknown(data: object, reader: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(reader, serializers.ListSerializer):
        for number, item in enumerate(data if isinstance(data, list) else ()):
            yield from _unknown(item, reader.child, f"{prefix}{number}.")
        return
    if not isinstance(data, dict):
        return
    for name, value in data.items():
        field = reader.fields.get(name)
        if field is None:
            yield f"{prefix}{name}"
        elif isinstance(field, serializers.BaseSerializer):
            yield from _unknown(value, field, f"{prefix}{name}.")


def _flat(errors: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield name and reason of each error, names joined by dots."""
    if isinstance(errors, Mapping):
        for name, below in errors.items():
            yield from _flat(below, path if name == "non_field_errors" else (*path, str(name)))
        return
    for number, item in enumerate(errors):
        if isinstance(item, Mapping):
            yield from _flat(item, (*path, str(number)))
        else:
            yield ".".join(path) or "body", str(item)


def refuse_fields(names: list[str], reason: str = "") -> None:
    """
    Refuse a body whose fields name what is not there.

    :raises InvalidInput: there are such names
    """
    if names:
        raise InvalidInput(
            _("Something in the body is missing or breaks a rule."),
            next_step=NextStep(_("Correct what invalidParameters names.")),
            invalid=[(name, reason or _("There is nothing of this name.")) for name in names],
        )


class SeveralFieldInWords(OpenApiSerializerFieldExtension):
    """How the description says that a parameter takes several values, separated by commas."""

    target_class = SeveralField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the schema of the text: known values, with commas between."""
        one = "|".join(self.target.choices)
        return {"type": "string", "pattern": f"^({one})(,({one}))*$"}
