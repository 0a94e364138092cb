"""Works: what is measured, on which input, against whom, and which ratio is the goal."""
