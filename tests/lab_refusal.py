"""What the program says of a spoilt lab. Not a test."""

from typing import Any

import pulumi
import pytest
from lab_values import changed

from infra.config import parse


def refusal(*changes: tuple[str, Any]) -> str:
    """The text that the changed lab is refused with: keys and plain words only."""
    with pytest.raises(pulumi.RunError) as refused:
        parse(changed(*changes))
    text = str(refused.value)
    assert "pydantic" not in text
    assert all(line.startswith("  lab") for line in text.splitlines()[1:])
    return text
