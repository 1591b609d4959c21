"""What `pulumi up` is expected to do with the difference between two declared stacks. Pure."""

from review.changes.change import Change, PropertyChange
from review.changes.compare import changes

__all__ = ["Change", "PropertyChange", "changes"]
