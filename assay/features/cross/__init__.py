"""Other markets: lagged returns, ratios, correlation and beta."""
