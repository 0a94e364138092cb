"""The large set of technical analysis: over a hundred functions of TA-Lib, each once, made free of price and volume."""
