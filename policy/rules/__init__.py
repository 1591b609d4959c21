"""The rules, a module a subject. Each module's `RULES` are those that the registry knows."""
