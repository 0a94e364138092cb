"""Models as bytes: each kind is fitted, exported at once, and predicts from what was exported alone."""
