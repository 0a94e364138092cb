"""Answers of an exchange that were damaged on their way: an error of ours, or an answer that decodes."""

import json

import pytest

from assay.errors import DataError, TransportError
from assay.sources.exchanges import VENUE, line
from tests.sources.exchanges.kraken import ASSETS, PAIRS
from tests.sources.feeds import ns
from tests.sources.fuzz import mutations
from tests.sources.turns import FREELY

START = ns("2024-01-02") // 10**9
TRADES = [["100.5", "0.25", START + i / 4, "bs"[i % 2], "l", "", i + 1] for i in range(40)]
ANSWERS = {
    "Trades": {"XXBTZUSD": TRADES, "last": str((START + 10) * 10**9)},
    "AssetPairs": PAIRS,
    "Assets": ASSETS,
}


def asked(wanted):
    """Ask and decode; return the rows, or nothing after one line."""
    client, (piece,) = line.line(wanted).client, VENUE.pieces(wanted)
    client.markets = client.markets_by_id = None
    try:
        return VENUE.decode(VENUE.ask(piece, wanted, FREELY), piece, wanted)[0].height
    except (DataError, TransportError) as error:
        return None if "\n" not in str(error) else str(error)


@pytest.mark.parametrize("path", ANSWERS)
def test_a_damaged_answer_ends_in_one_line_or_in_rows(exchange, path):
    whole = json.dumps({"error": [], "result": ANSWERS[path]}).encode()
    with exchange() as (server, feed):
        server.content |= {
            f"/0/public/{name}": json.dumps({"error": [], "result": a}).encode() for name, a in ANSWERS.items()
        }
        wanted = feed("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00")
        assert asked(wanted) == 40
        for damaged in mutations(whole, 5, 60):
            server.content[f"/0/public/{path}"] = damaged
            assert not isinstance(asked(wanted), str)
