"""What decoders count, in the words of the report."""

from __future__ import annotations

from collections.abc import Mapping

COUNTED: Mapping[str, str] = {
    "closed_pieces": "Files that the venue does not have because the market was closed",
    "closed_files": "Files that are empty because the market was closed",
    "closed_hours": "Hours that hold nothing because the market was closed",
    "other_symbols_dropped": "Rows of other symbols in the same files",
    "sizes_not_given": "Rows without a size, taken as 0",
    "books_thinned": "Books that a later one of the same second replaced",
    "unchanged_rows_dropped": "Rows equal to the one before in what is asked for",
    "rows_without_value_dropped": "Rows that do not tell what is asked for",
    "rates_of_other_moments": "Funding rates of another day's moments",
    "rates_told_anew": "Funding rates that were told again before they were paid",
    "open_bars_left_out": "Bars that were not finished",
    "liquidations_not_filled": "Liquidations that were not filled",
    "not_yet_known_dropped": "Rows that were not over when the venue was asked",
    "outside_piece_dropped": "Rows of a month that their file does not cover",
    "empty_tables": "Tables without a row, because nothing happened in the range",
}
"""What decoders count, in words; what is not listed is shown by its name."""
