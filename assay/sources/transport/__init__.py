"""How bytes come from a venue into the raw cache: asked politely, kept as served, with a receipt for each file."""
