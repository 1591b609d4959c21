"""The strict model of a lab: shapes, named types and rules. Pure: no SDK, no I/O."""
