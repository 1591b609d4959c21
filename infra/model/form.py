"""How values are written, in JSON Schema's words: for editors and the reference. Checks nothing."""

from typing import Any

from pydantic import WithJsonSchema

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"


def text_form(name: str, pattern: str, says: str, *examples: str) -> WithJsonSchema:
    """A text whose whole is of `pattern`, which Python and ECMAScript read alike.

    A pattern refuses no text that the model takes. `says` is the form in words.
    """
    form = {"type": "string", "title": name, "pattern": f"^(?:{pattern})$"}
    shown: dict[str, Any] = {"examples": list(examples)} if examples else {}
    return WithJsonSchema(form | {"patternErrorMessage": says} | shown)


def choice_form(name: str, words: tuple[str, ...], pattern: str, says: str) -> WithJsonSchema:
    """One of the words, or a text of `pattern`."""
    other = {"type": "string", "pattern": f"^(?:{pattern})$", "patternErrorMessage": says}
    return WithJsonSchema({"title": name, "anyOf": [{"enum": list(words)}, other]})


def prefix(narrowest: int) -> str:
    """What follows an address in a range of /8 to /`narrowest` addresses, or a mask."""
    return rf"/(?:0*(?:{'|'.join(map(str, range(8, narrowest + 1)))})|{IPV4})"
