"""Amounts a lab writes down: memory, sizes, processors, durations, ports. Form and bounds only."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from components.durations import parse_duration
from infra.model.base import Count, quoted, shown, text_of
from infra.model.form import text_form

MIB = 1024 * 1024
SMALLEST_MEMORY = 6 * MIB  # the engine refuses less
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmg]?)(i?b)?", re.IGNORECASE)
_POWER = {"": 0, "k": 1, "m": 2, "g": 3}


def size_in_bytes(value: object) -> int:
    """`64MiB`, `64m`, `1g`, `4096b` in bytes; units are powers of 1024, as Docker's are."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f"{value} has no unit; write {value}MiB, or {value}b if bytes are meant")
    text = text_of(value, "a size", "64MiB")
    match = _SIZE.fullmatch(text.strip())
    if match is None or not (match[2] or match[3]):
        raise ValueError(
            f"{quoted(text)} is not a size; write a number and KiB, MiB or GiB, as in 64MiB"
        )
    exact = float(match[1]) * 1024 ** _POWER[match[2].lower()]
    if exact != int(exact):
        raise ValueError(f"{quoted(text)} is not a whole number of bytes")
    return int(exact)


def enough_memory(size: int) -> int:
    if size < SMALLEST_MEMORY:
        raise ValueError(
            f"{in_units(size)} is below the engine's minimum of {in_units(SMALLEST_MEMORY)}; "
            f"write at least {in_units(SMALLEST_MEMORY)}"
        )
    if size % MIB:
        raise ValueError(f"{size} bytes is no whole number of MiB, the unit memory is limited in")
    return size


def enough_for_a_file(size: int) -> int:
    if size < 4096:
        raise ValueError(f"{in_units(size)} holds no page of memory; write at least 4KiB")
    return size


def in_units(size: int) -> str:
    """Bytes in the largest unit that divides them: 6291456 is `6MiB`."""
    for unit, factor in (("GiB", 1024 * MIB), ("MiB", MIB), ("KiB", 1024)):
        if size and size % factor == 0:
            return f"{size // factor}{unit}"
    return f"{size}b"


def some_cpus(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{shown(value)} is not a number of processors; write 0.5 or 2")
    if value < 0.01:
        raise ValueError(f"{value} is no processor at all; write 0.01 or more")
    return value


def duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    text = text_of(value, "a duration", "30s")
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ValueError(str(error).replace(repr(text), quoted(text))) from None


def at_least_a_millisecond(value: timedelta) -> timedelta:
    if value < timedelta(milliseconds=1):
        raise ValueError("the engine takes no duration under 1ms; leave the key out for a default")
    return value


_UNITS = r"\s*[0-9]+(?:\.[0-9]+)?\s*(?:[KkMmGg](?:[Ii]?[Bb])?|[Ii]?[Bb])\s*"
Memory = Annotated[
    int,
    BeforeValidator(size_in_bytes),
    AfterValidator(enough_memory),
    text_form(
        "size",
        _UNITS,
        "whole MiB, written with KiB, MiB or GiB (KB, MB and GB mean the same); at least 6MiB",
        "64MiB",
    ),
]
Size = Annotated[
    int,
    BeforeValidator(size_in_bytes),
    AfterValidator(enough_for_a_file),
    text_form(
        "size",
        _UNITS,
        "a number and KiB, MiB or GiB (KB, MB and GB mean the same); at least 4KiB",
        "16MiB",
    ),
]
Cpus = Annotated[
    float,
    BeforeValidator(some_cpus),
    WithJsonSchema({"type": "number", "minimum": 0.01, "examples": [0.5]}),
]
Duration = Annotated[
    timedelta,
    BeforeValidator(duration),
    AfterValidator(at_least_a_millisecond),
    text_form(
        "duration",
        r"(?!(?:0+(?:\.0+)?(?:ms|s|m|h))+$)(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+",
        "numbers with ms, s, m or h; at least 1ms",
        "30s",
    ),
]
Port = Annotated[Count, Field(ge=1, le=65535)]
