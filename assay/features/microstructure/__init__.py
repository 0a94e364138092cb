"""Microstructure: impact of trades on prices, spreads that prices betray, signed flow, quoted spread and depth."""
