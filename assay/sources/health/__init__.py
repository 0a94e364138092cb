"""The health of market data: what a source delivered, held against the calendar, other sources and itself."""
