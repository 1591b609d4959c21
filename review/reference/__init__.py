"""The reference of the stack file, made from the lab's model: its JSON Schema, docs/config.md."""
