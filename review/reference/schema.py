"""The JSON Schema of a stack file, for editors. It knows what one key alone may say.

What takes a look at two keys (a subnet that overlaps, an image that is not declared) is left to the
program. Nothing that the program takes is refused here.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from components.durations import go_duration
from infra.model.base import empty_means_defaults
from infra.model.lab import Lab
from infra.model.quantities import in_units
from review.stacks import PROJECT

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFS = "#/$defs/"


def stack_schema() -> dict[str, Any]:
    """Of a whole `Pulumi.<stack>.yaml`; the lab itself is at `$defs/Lab`."""
    found = Lab.model_json_schema(
        mode="validation", schema_generator=_Generator, ref_template=f"{REFS}{{model}}"
    )
    shapes = found.pop("$defs")
    return {
        "$schema": DIALECT,
        "title": "A stack of docklab",
        "description": "What stacks/Pulumi.<stack>.yaml may say; docs/config.md says it in words.",
        "type": "object",
        "required": ["config"],
        "additionalProperties": False,
        "properties": {
            "config": _config(),
            "encryptionsalt": {"type": "string", "description": "written by Pulumi"},
            "encryptedkey": {"type": "string", "description": "written by Pulumi"},
            "secretsprovider": {"type": "string", "description": "what encrypts the secrets"},
            "environment": {"description": "environments of Pulumi ESC"},
        },
        "$defs": {"Lab": found, **dict(sorted(shapes.items()))},
    }


def _config() -> dict[str, Any]:
    return {
        "description": "the stack's configuration",
        "type": "object",
        "required": [f"{PROJECT}:lab"],
        "properties": {f"{PROJECT}:lab": {"$ref": f"{REFS}Lab"}},
        "additionalProperties": {
            "description": "a value of another key, or {secure: …} as `pulumi config set --secret` "
            "writes it",
            "anyOf": [
                {"type": ["string", "number", "boolean", "array"]},
                {
                    "type": "object",
                    "required": ["secure"],
                    "properties": {"secure": {"type": "string"}},
                    "additionalProperties": False,
                },
                {"type": "object", "properties": {"secure": False}},
            ],
        },
    }


class _Generator(GenerateJsonSchema):
    """As the YAML writes it: empty mappings, keys with a form, defaults with their units."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        found = super().model_schema(schema)
        found.pop("title", None)
        return found

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        found = super().function_before_schema(schema)
        if schema["function"]["function"] is empty_means_defaults:
            return {"anyOf": [found, {"type": "null"}]}
        return found

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A key that is not of its form is an error, and not one that no pattern is about."""
        keys = self.generate_inner(schema["keys_schema"])
        found: JsonSchemaValue = {
            "type": "object",
            "additionalProperties": self.generate_inner(schema["values_schema"]),
        }
        if schema.get("min_length"):
            found["minProperties"] = schema["min_length"]
        return found | ({} if keys == {"type": "string"} else {"propertyNames": keys})

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        found = super().tagged_union_schema(schema)
        found.pop("discriminator", None)
        return found

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        found = self.generate_inner(schema["schema"])
        default = _written(schema.get("default"), found)
        return found if default is None else found | {"default": default}


def _written(default: object, schema: JsonSchemaValue) -> object:
    """A default as the YAML would write it; None for one that YAML does not write."""
    if isinstance(default, BaseModel):
        return {}
    if isinstance(default, timedelta):
        return short_duration(default)
    if isinstance(default, int) and schema.get("title") == "size":
        return in_units(default)
    if isinstance(default, tuple):
        return list(default)
    return default if default is None or isinstance(default, str | bool | int) else str(default)


def short_duration(value: timedelta) -> str:
    """`10m`, where Go writes `10m0s`."""
    return re.sub(r"(?<=[hm])0[ms]", "", go_duration(value))
