"""The inventory of what a stack exposes and what guards it, as rows to compare."""
