"""What decoders share: unpacking, rows of CSV and JSON, refusals that name the row, times, and the table at the end."""
