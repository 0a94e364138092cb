"""Order books of many levels: imbalance, micro-price, depth, slope and cost of the last one known at each close."""
