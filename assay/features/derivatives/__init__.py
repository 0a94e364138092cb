"""Derivatives: funding, open interest, basis, liquidations and long/short ratios, as they were known."""
