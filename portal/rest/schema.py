"""
The description of the API (OpenAPI 3.1), written from the operations and shapes themselves.

Answers are TypedDicts: the type checker holds the code to them, `shape_schema` describes them, and
a test holds real answers against the description.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)
from uuid import UUID

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from portal.refusals import Refusal, Unavailable
from portal.rest import problems
from portal.rest.inputs import NoQuery
from portal.rest.views import Operation

BASIC: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    UUID: {"type": "string", "format": "uuid"},
}
MEANINGS = {
    200: "Done.",
    201: "Created.",
    202: "Accepted; it becomes active by itself.",
    204: "Done; nothing to say.",
    304: "Nothing has changed since the ETag that was sent.",
    400: "The call cannot be understood; nothing was changed.",
    401: "No access token, or one that no longer holds.",
    403: "Known, but not permitted.",
    404: "Nothing there, or nothing of the caller's.",
    409: "A rule says no; the problem says which and what to do.",
    415: "The body is not JSON.",
    422: "The key was used before, with another body.",
    429: "Too many calls; Retry-After says when to go on.",
    503: "The portal cannot reach its data; Retry-After says when to try again.",
}
PROBLEM = {
    "type": "object",
    "description": "Why the call was refused (RFC 9457), and what to do next.",
    "required": ["type", "title", "status", "detail", "code", "facts", "nextStep", "source"],
    "properties": {
        "type": {"type": "string", "description": "Stands for the code, as a URI."},
        "title": {"type": "string", "description": "The code in words, never translated."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "One plain sentence, translated."},
        "code": {"type": "string", "description": "Stable; decide by this one."},
        "facts": {"type": "object", "description": "Dates, counts and names behind it."},
        "nextStep": {"$ref": "#/components/schemas/NextStep"},
        "source": {"type": "string", "const": problems.SOURCE},
        "invalidParameters": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "reason"],
                "properties": {"name": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}
NEXT_STEP = {
    "type": ["object", "null"],
    "description": "What to do now: a sentence, where to do it, or who can.",
    "required": ["text", "url", "people"],
    "properties": {
        "text": {"type": "string"},
        "url": {"type": ["string", "null"]},
        "people": {"type": "array", "items": {"type": "string"}},
    },
}
HEADERS = {
    "MS-RequestId": "The id of this call: echoed, or made when absent.",
    "MS-CorrelationId": "The id of the work that this call belongs to: echoed, or made.",
    "RateLimit-Policy": "How many calls a minute has.",
    "RateLimit": "How many are left, and for how many seconds.",
    "ETag": "The version of what was answered.",
    "Retry-After": "Seconds to wait.",
    "WWW-Authenticate": "Bearer (RFC 6750).",
}
IDENTITY = ("MS-RequestId", "MS-CorrelationId")
LIMITS = ("RateLimit-Policy", "RateLimit")
EVERYWHERE = (*IDENTITY, *LIMITS)
# What may be answered before the call is counted promises nothing about the limit.
BEFORE_THE_LIMIT = (401, 403, 503)


class OperationSchema(AutoSchema):
    """Describe one method of an ApiView from its `Operation`."""

    @property
    def described(self) -> Operation:
        """What the method says about itself."""
        operation: Operation = self.view.operation_of(self.method)
        return operation

    def get_operation_id(self) -> str:
        """The name of the operation, as generated clients call it."""
        return self.described.name

    def get_summary(self) -> str:
        """One line."""
        return self.described.summary

    def get_description(self) -> str:
        """The method's own words."""
        method = getattr(self.view, self.method.lower())
        return " ".join((method.__doc__ or "").split())

    def get_tags(self) -> list[str]:
        """The resource."""
        return [self.view.tag]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """A token with the scope, or a browser session."""
        scope = self.described.scope
        return [{"clientCredentials": [scope] if scope else []}, {"browserSession": []}]

    def get_override_parameters(self) -> list[Any]:
        """The parameters of the address, and the headers that a call may bring."""
        says = self.described
        headers = [
            _header("MS-RequestId", "An id of your own for this call: letters, digits, hyphens."),
            _header("MS-CorrelationId", "An id of your own for the work it belongs to."),
            _header("X-Locale", "Language of sentences; goes before Accept-Language."),
        ]
        if says.takes_key:
            headers.append(
                _header(
                    "Idempotency-Key",
                    "1 to 255 printable characters. Required unless dryRun is true.",
                )
            )
        if says.has_etag:
            headers.append(_header("If-None-Match", "The ETag that you have; 304 when it holds."))
        return [*([says.query] if says.query is not NoQuery else []), *headers]

    def get_request_serializer(self) -> Any:
        """The body, if one is taken."""
        return self.described.body

    def _get_filter_parameters(self) -> list[Any]:
        return []

    def _get_pagination_parameters(self) -> list[Any]:
        return []

    def _get_request_body(self, direction: Any = "request") -> dict[str, Any] | None:
        if self.described.body is None:
            return None
        body: dict[str, Any] = super()._get_request_body(direction)
        body["required"] = True
        if "request" in self.described.examples:
            example = {"value": self.described.examples["request"]}
            body["content"]["application/json"]["examples"] = {"request": example}
        return body

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        says = self.described
        answers = {str(status): self._answer(status, hint) for status, hint in says.answers.items()}
        if says.has_etag:
            answers["304"] = {"description": MEANINGS[304], "headers": self._headers(["ETag"])}
            answers["200"]["headers"] |= self._headers(["ETag"])
        by_status: dict[int, list[str]] = {}
        for refusal in self._refusals():
            codes = by_status.setdefault(refusal.status, [])
            if refusal.code not in codes:
                codes.append(refusal.code)
        answers |= {str(s): self._problem(s, codes) for s, codes in by_status.items()}
        return dict(sorted(answers.items()))

    def _refusals(self) -> list[type[Refusal]]:
        says = self.described
        common: list[type[Refusal]] = [
            problems.InvalidFilter,
            problems.DuplicateParameter,
            problems.NotAuthenticated,
            problems.RateLimited,
            Unavailable,
        ]
        if says.scope:
            common.append(problems.InsufficientScope)
        if "{" in self.path:
            common.append(problems.NotFound)
        if self.method != "GET":
            common += [
                problems.CsrfMissing,
                problems.InvalidInput,
                problems.UnknownField,
                problems.UnsupportedMediaType,
            ]
        return [*common, *says.refusals]

    def _answer(self, status: int, hint: Any) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "description": MEANINGS[status],
            "headers": self._headers(EVERYWHERE),
        }
        if hint is not None:
            media: dict[str, Any] = {"schema": shape_schema(hint, self.registry)}
            example = self.described.examples.get(str(status))
            if example is not None:
                media["examples"] = {"answer": {"value": example}}
            answer["content"] = {"application/json": media}
        return answer

    def _problem(self, status: int, codes: list[str]) -> dict[str, Any]:
        _register(self.registry, "Problem", PROBLEM)
        _register(self.registry, "NextStep", NEXT_STEP)
        schema = {
            "allOf": [
                {"$ref": "#/components/schemas/Problem"},
                {"properties": {"code": {"enum": codes}, "status": {"const": status}}},
            ]
        }
        examples = {code: self._example(status, code) for code in codes}
        media = {"schema": schema, "examples": examples}
        names = [*EVERYWHERE, *(["Retry-After"] if status in (429, 503) else [])]
        if status in BEFORE_THE_LIMIT:
            names = [name for name in names if name not in LIMITS]
        if status == 401:
            names.append("WWW-Authenticate")
        return {
            "description": MEANINGS[status],
            "headers": self._headers(names),
            "content": {problems.MEDIA_TYPE: media},
        }

    def _example(self, status: int, code: str) -> dict[str, Any]:
        """Refer to the example of a code; the same code has the same status everywhere."""
        example = ResolvedComponent(
            name=code,
            type=ResolvedComponent.EXAMPLE,
            schema=_problem_example(status, code),
            object=code,
        )
        self.registry.register_on_missing(example)
        return example.ref

    def _headers(self, names: Iterable[str]) -> dict[str, Any]:
        """Refer to the headers of these names."""
        found = {}
        for name in names:
            header = ResolvedComponent(
                name=name,
                type=ResolvedComponent.HEADER,
                schema={"description": HEADERS[name], "schema": {"type": "string"}},
                object=name,
            )
            self.registry.register_on_missing(header)
            found[name] = header.ref
        return found


def shape_schema(hint: Any, registry: ComponentRegistry) -> dict[str, Any]:
    """Return the JSON schema of a type; TypedDicts become components, named as they are."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return {**shape_schema(arguments[0], registry), **arguments[1]}
    if hint in BASIC:
        return dict(BASIC[hint])
    if is_typeddict(hint):
        return _component(hint, registry)
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [member.value for member in hint]}
    if origin is list:
        return {"type": "array", "items": shape_schema(arguments[0], registry)}
    if origin in (dict, Mapping):
        return {"type": "object"}
    if origin in (Union, UnionType):
        schemas = [shape_schema(a, registry) for a in arguments if a is not NoneType]
        return _optional(schemas[0]) if NoneType in arguments else {"anyOf": schemas}
    raise TypeError(f"no schema for {hint!r}")


def _optional(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **values, "type": [schema["type"], "null"]}


def _component(hint: Any, registry: ComponentRegistry) -> dict[str, Any]:
    name = hint.__name__
    reference = {"$ref": f"#/components/schemas/{name}"}
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    component = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema=schema, object=name)
    if component in registry:
        return reference
    registry.register(component)
    fields = get_type_hints(hint, include_extras=True)
    schema["properties"] = {key: shape_schema(value, registry) for key, value in fields.items()}
    schema["required"] = sorted(hint.__required_keys__, key=list(fields).index)
    if hint.__doc__:
        schema["description"] = " ".join(hint.__doc__.split())
    return reference


def _register(registry: ComponentRegistry, name: str, schema: dict[str, Any]) -> None:
    registry.register_on_missing(
        ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
    )


def _header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(
        name=name, type=str, location=OpenApiParameter.HEADER, description=description
    )


def _problem_example(status: int, code: str) -> dict[str, Any]:
    return {
        "value": {
            "type": problems.problem_type(code),
            "title": problems.problem_title(code),
            "status": status,
            "detail": "One plain sentence that says why.",
            "code": code,
            "facts": {},
            "nextStep": {"text": "What to do now.", "url": None, "people": []},
            "source": problems.SOURCE,
        }
    }


@cache
def description() -> dict[str, Any]:
    """Return the whole description, as JSON's types."""
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return described
