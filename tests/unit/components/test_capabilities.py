import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.capabilities import KNOWN, normal_capability


@given(st.sampled_from(sorted(KNOWN)), st.booleans(), st.booleans())
def test_every_spelling_has_one_form_and_keeps_it(name, prefixed, lower):
    written = f"CAP_{name}" if prefixed else name
    once = normal_capability(written.lower() if lower else written)
    assert once == f"CAP_{name}"
    assert normal_capability(once) == once


@pytest.mark.parametrize("name", ["all", "CAP_ALL"])
def test_all_of_them_at_once_is_refused(name):
    with pytest.raises(ValueError, match="is every capability at once"):
        normal_capability(name)
