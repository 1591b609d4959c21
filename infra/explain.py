"""A model's complaints in the words of the YAML: key, value, way out. Pure."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from infra.model.base import kind_of, shown
from infra.model.credentials import masked_key

Location = tuple[str | int, ...]
TAG = "kind"  # tells the shapes of a tagged union apart
# Values there may be secrets in the wrong place: only what kind of value it is, is told.
_QUIET = {"environment", "secret_environment", "command", "entrypoint", "options"}
_WANTED = {
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number, without quotes",
    "int_from_float": "must be a whole number, without quotes",
    "bool_type": "must be true or false, without quotes",
    "dict_type": "must be a mapping of keys to settings",
    "model_type": "must be a mapping of keys to settings",
    "model_attributes_type": "must be a mapping of keys to settings",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
}


def explain(error: ValidationError, model: type[BaseModel], root: str) -> list[str]:
    """One line a problem, `lab.containers.web.memory: …`, in the order of the model, none twice."""
    told = dict.fromkeys(
        (path_text(root, _place(details, model)), _reason(details, model))
        for details in _without_union_echoes(error.errors(include_url=False))
    )
    return [f"{path}: {reason}" for path, reason in told]


def places(error: ValidationError, model: type[BaseModel]) -> list[Location]:
    """Where the YAML is wrong, as keys and indexes, each once."""
    found = (_place(details, model) for details in error.errors(include_url=False))
    plain = (
        tuple(part for part in place if isinstance(part, int) or not _is_marker(part))
        for place in found
    )
    return list(dict.fromkeys(plain))


def _place(details: ErrorDetails, model: type[BaseModel]) -> Location:
    """Where the YAML has it: a tagged union's choice is at the key that tells its shapes apart."""
    _, plain = _walk(model, details["loc"])
    return (*plain, TAG) if details["type"].startswith("union_tag") else plain


def path_text(root: str, location: Location) -> str:
    """`("binds", 0, "source")` is `root.binds[0].source`; markers that are no keys are left out."""
    text = root
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part != "[key]" and not _is_marker(part):
            text += f".{masked_key(part)}"
    return text


def _is_marker(part: str) -> bool:
    return part in ("str", "bool", "tuple[str, ...]") or part.startswith(("literal[", "function-"))


def _without_union_echoes(errors: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Of a value that fits no member of a union, the first member's complaint is enough."""
    seen: set[Location] = set()
    for details in errors:
        location = details["loc"]
        if location and isinstance(location[-1], str) and _is_marker(location[-1]):
            if location[:-1] in seen:
                continue
            seen.add(location[:-1])
        yield details


def _reason(details: ErrorDetails, model: type[BaseModel]) -> str:
    kind, location, value = details["type"], details["loc"], details["input"]
    context: Mapping[str, Any] = details.get("ctx", {})
    got = f"; got {kind_of(value) if _QUIET.intersection(location) else shown(value)}"
    if kind == "missing":
        return f"is missing; write {_description(model, location)}"
    if kind == "extra_forbidden":
        return _unknown_key(model, location)
    if kind == "union_tag_invalid":
        return f"{shown(context['tag'])} is not one of {_choices(context['expected_tags'])}"
    if kind == "union_tag_not_found":
        shapes = _shapes(_walk(model, location)[0])
        return f"is missing; write one of {', '.join(shapes)}"
    if kind == "literal_error":
        return f"{shown(value)} is not one of {_choices(context['expected'])}"
    if kind in _WANTED:
        return f"{_WANTED[kind]}{got}"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        side = "at least" if "ge" in context else "at most"
        return f"{shown(value)} is out of range: {side} {bound}"
    if kind == "too_short":
        return f"must not be empty; write {_description(model, location)}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return f"{shown(value)} has characters that are not allowed here"
    return details["msg"]


def _choices(expected: str) -> str:
    """`'ro' or 'rw'` as YAML would write them: `ro, rw`."""
    words = expected.replace(" or ", ", ").replace("'", "")
    return words.replace("True", "true").replace("False", "false")


def _unknown_key(model: type[BaseModel], location: Location) -> str:
    parent = _model_at(model, location[:-1])
    known = list(parent.model_fields) if parent else []
    near = get_close_matches(str(location[-1]), known, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"is not a setting here; {guess}known: {', '.join(known)}"


def _description(model: type[BaseModel], location: Location) -> str:
    parent = _model_at(model, location[:-1])
    field = parent.model_fields.get(str(location[-1])) if parent else None
    return (field.description if field else None) or "it"


def _model_at(model: type[BaseModel], location: Location) -> type[BaseModel] | None:
    found, _ = _walk(model, location)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def _walk(model: type[BaseModel], location: Location) -> tuple[Any, Location]:
    """What stands at a location, and the location as the YAML has it.

    Dict keys and list indexes name no field; a tag names a shape of a union, and no key.
    """
    here: Any = model
    plain: list[str | int] = []
    for part in location:
        shapes = _shapes(here)
        if str(part) in shapes:
            here = shapes[str(part)]
            continue
        plain.append(part)
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            here = field.annotation if field else None
        elif get_origin(here) in (dict, tuple):
            here = get_args(here)[1 if get_origin(here) is dict else 0]
        here = here if _shapes(here) else _bare(here)
    return here, tuple(plain)


def _shapes(annotation: Any) -> dict[str, type[BaseModel]]:
    """The shapes of a tagged union by their tags; empty for anything else."""
    shapes = [a for a in get_args(annotation) if isinstance(a, type) and issubclass(a, BaseModel)]
    return {
        tag: shape
        for shape in shapes
        if TAG in shape.model_fields
        for tag in get_args(shape.model_fields[TAG].annotation)
    }


def _bare(annotation: Any) -> Any:
    """Without `Annotated` and `| None`."""
    if hasattr(annotation, "__metadata__"):
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        rest = [a for a in get_args(annotation) if a is not type(None)]
        return _bare(rest[0])
    return annotation
