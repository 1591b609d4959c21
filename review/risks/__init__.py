"""What of a stack's difference is risky, and why. Pure."""

from review.risks.of_difference import risks
from review.risks.risk import Risk

__all__ = ["Risk", "risks"]
