"""What the stage fetch leaves for the stage bars."""

import json

QUOTES = "quotes"


def manifest(root, *feeds):
    """Write the manifest of feeds, (label, symbol), or (label, symbol, entry) of those that bars are not made of."""
    entries = [dict(zip(("source", "symbol", "entry"), feed, strict=False), kind=QUOTES) for feed in feeds]
    path = root / "data" / "manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"feeds": entries}))
