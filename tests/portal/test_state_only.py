"""The operation for migrations that leave the database as it is."""

from typing import Any

from django.db import models
from django.db.migrations.operations import AlterField, AlterModelOptions
from django.db.migrations.state import ModelState, ProjectState

from portal.state_only import StateOnly


def test_state_only_calls_models_and_fields_anew_and_builds_them_when_asked_for():
    fields: dict[str, Any] = {
        "id": models.AutoField(primary_key=True),
        "size": models.IntegerField(),
    }
    state = ProjectState()
    state.add_model(ModelState("portal", "Thing", fields))
    before = state.apps.get_model("portal", "Thing")._meta
    operation = StateOnly(
        [
            AlterModelOptions("Thing", {"verbose_name": "matter"}),
            AlterField("Thing", "size", models.IntegerField("extent")),
        ]
    )

    operation.state_forwards("portal", state)

    assert "apps" not in vars(state)
    after = state.apps.get_model("portal", "Thing")._meta
    names = [(meta.verbose_name, meta.get_field("size").verbose_name) for meta in (before, after)]
    assert names == [("thing", "size"), ("matter", "extent")]
    assert operation.database_operations == []
