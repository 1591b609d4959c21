"""Rules about a lab as plain functions: for pytest, the offline review and CrossGuard."""
