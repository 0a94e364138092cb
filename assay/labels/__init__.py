"""Labels: when to decide, where the barriers are, how a trade ends, and what a label weighs."""
