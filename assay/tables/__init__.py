"""The contract between stages: one file per table, with columns, units and invariants."""
