"""What every part of the lab's model shares. Not a place for rules of any one part."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from infra.model.credentials import masked


class Strict(BaseModel):
    """Frozen, and a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def empty_means_defaults(value: object) -> object:
    """YAML writes `data:` with nothing behind it; that is a mapping with no settings."""
    return {} if value is None else value


# Written strictly: pydantic would take "80" for a port and "on" for a flag.
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True)]
OrEmpty = BeforeValidator(empty_means_defaults)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where (below the model that reports it) and what, with the way out."""

    path: tuple[str | int, ...]
    text: str


def refuse(problems: Iterable[Problem]) -> None:
    """Raise every problem at once, each at its own place.

    Raises:
        pydantic.ValidationError: if there is any; inside a validator its lines keep their paths.
    """
    lines = [
        InitErrorDetails(
            type=PydanticCustomError("lab_rule", "{text}", {"text": problem.text}),
            loc=problem.path,
            input=None,
        )
        for problem in problems
    ]
    if lines:
        raise ValidationError.from_exception_data("lab", lines)


def text_of(value: object, what: str, example: str) -> str:
    """The value as text, or an error that shows how to write it."""
    if isinstance(value, str):
        return value
    raise ValueError(f"{what} must be text such as {example!r}; got {shown(value)}")


def shown(value: Any) -> str:
    """A value as YAML would write it, short enough for a message and without credentials."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = masked(str(value))
    return text if len(text) <= 80 else f"{text[:77]}..."


def kind_of(value: Any) -> str:
    """What a value is, without it."""
    if isinstance(value, bool) or value is None or isinstance(value, dict | list | tuple):
        return shown(value)
    return "a number" if isinstance(value, int | float) else "text"


def quoted(text: str) -> str:
    """As `shown`, in quotes."""
    return repr(shown(text))
