"""What all models have in common."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, ForeignKey

from portal import append_only
from tests.conventions.code import APPS

OWN_MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in APPS]
# Actors beside an instant that may be missing, and why.
ACTOR_MAY_BE_MISSING = {
    "partners.Import.uploaded_by": "commands import in nobody's name",
    "partners.Import.requested_by": "commands import in nobody's name",
    "partners.ApiClient.registered_by": "commands and the demo register in nobody's name",
    "partners.RoleAssignment.assigned_by": "imports and the demo give roles in nobody's name",
}


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_models_have_no_default_ordering(model):
    assert list(model._meta.ordering) == []


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_models_have_no_logic_in_save(model):
    assert [name for name in ("save", "delete") if name in vars(model)] == []


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_nothing_is_deleted_along_with_something_else(model):
    cascading = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.remote_field.on_delete is not models.PROTECT
    ]

    assert cascading == []


def test_what_points_to_a_history_protects_it():
    pointing = [
        (model._meta.label, str(relation.related_model))
        for model in append_only.guarded_models()
        for relation in model._meta.related_objects
        if relation.on_delete is not models.PROTECT
    ]

    assert pointing == []


def pairs() -> Iterator[tuple[type[models.Model], str, str]]:
    """Yield model, instant and actor for each pair of who and when."""
    for model in OWN_MODELS:
        names = {field.name for field in model._meta.concrete_fields}
        for name in sorted(names):
            if name.endswith("_at") and f"{name[:-3]}_by" in names:
                yield model, name, f"{name[:-3]}_by"


@pytest.mark.parametrize(
    ("model", "when", "who"), list(pairs()), ids=lambda value: getattr(value, "__name__", value)
)
def test_who_and_when_are_set_together(model, when, who):
    if f"{model._meta.label}.{who}" in ACTOR_MAY_BE_MISSING:
        return
    optional = [name for name in (when, who) if model._meta.get_field(name).null]
    together = [
        constraint.name
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
        and {f"{when}__isnull", f"{who}__isnull"} <= lookups_of(constraint.condition)
    ]

    assert optional == [] or together != []


def lookups_of(condition: Any) -> set[str]:
    """Return the names of all lookups in a condition."""
    if not isinstance(condition, models.Q):
        return {condition[0]}
    return {name for child in condition.children for name in lookups_of(child)}


def test_actors_that_may_be_missing_are_listed_only_where_they_are():
    assert {f"{model._meta.label}.{who}" for model, _when, who in pairs()} >= set(
        ACTOR_MAY_BE_MISSING
    )
