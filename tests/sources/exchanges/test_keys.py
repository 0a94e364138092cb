"""Keys of an exchange: whose wins, and where they may go."""

from assay.sources.exchanges import VENUE, line
from tests.sources.exchanges.asked import MANY
from tests.sources.feeds import feed
from tests.sources.turns import FREELY


def test_keys_come_from_the_environment_and_are_not_sent_to_another_address(exchange, monkeypatch):
    monkeypatch.setenv("KRAKEN_API_KEY", "k3y-of-mine")
    monkeypatch.setenv("KRAKEN_SECRET", "c2VjcmV0LW9mLW1pbmU=")
    own = line.line(feed("ccxt", "trades", "BTC/USD", "2024-01-02", "2024-01-03")).client
    assert (own.apiKey, own.secret) == ("k3y-of-mine", "c2VjcmV0LW9mLW1pbmU=")
    with exchange(MANY) as (server, asked):
        wanted = asked("trades", "BTC/USD", "2024-01-02", "2024-01-02T01:00")
        raw = VENUE.ask(VENUE.pieces(wanted)[0], wanted, FREELY)
        assert line.line(wanted).client.apiKey == ""
        assert not any("k3y" in str(request) for request in server.requests)
    assert b"k3y" not in raw


def test_a_key_that_changes_in_the_file_during_a_run_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KRAKEN_API_KEY", "k3y-of-the-environment")
    monkeypatch.setenv("KRAKEN_SECRET", "c2VjcmV0LW9mLW1pbmU=")
    wanted, file = feed("ccxt", "trades", "BTC/USD", "2024-01-02", "2024-01-03"), tmp_path / ".env"
    file.write_text("KRAKEN_API_KEY=old-k3y\n")
    assert line.line(wanted).client.apiKey == "k3y-of-the-environment"
    file.write_text("KRAKEN_API_KEY=rotated-k3y\n")
    assert line.line(wanted).client.apiKey == "rotated-k3y"
