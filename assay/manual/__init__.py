"""The manual of ``params.yaml``: every knob, what it means, and what a change of it reruns."""
