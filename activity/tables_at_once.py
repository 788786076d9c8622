"""The tables of an initial migration, made from where its operations lead instead of step by step."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class TablesAtOnce(Operation):
    """Operations that begin an app, as `makemigrations` writes them, carried out together.

    Django renders every model that is related to what an operation touches, for each operation anew; with the foreign keys
    of this product those are nearly all, and migrating an empty database takes four times as long. Here the models are
    rendered once, after all operations, and each table is made as it is then. So nothing but tables, their fields, indexes
    and constraints may be among the operations.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # what is rendered of it; it comes again with the first who asks
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in self._models(app_label, schema_editor, to_state):
            schema_editor.create_model(model)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in self._models(app_label, schema_editor, from_state):
            schema_editor.delete_model(model)

    def describe(self) -> str:
        return "Make all tables"

    def _models(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState) -> list[Any]:
        models = state.apps.get_app_config(app_label).get_models()
        return [model for model in models if self.allow_migrate_model(schema_editor.connection.alias, model)]
