"""Metrics: returns, drawdown, the Sharpe family, classification, intervals; pure functions of arrays."""
