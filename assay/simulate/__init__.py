"""Other orders in which the same trades could have come: block bootstrap of a sequence of profits."""
