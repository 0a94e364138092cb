"""A run: feeds side by side, their bytes obtained, decoded, checked, written by months, and judged."""
