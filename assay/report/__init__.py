"""The report: numbers first, then figures, then one self-contained page."""
