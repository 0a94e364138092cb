"""Pages of Polygon's answers: which follows, where the key may go."""

from dataclasses import replace

import pytest

from assay.errors import DataError
from assay.sources.decode.refusals import UnwantedError
from assay.sources.polygon import VENUE
from tests.sources.polygon.answers import OPEN, aggregates, question, served, trade

PAGE = "https://api.polygon.io/v3/trades/AAPL?cursor=YXA9MTkyODgxNjY"


def test_pages_follow_one_another_with_the_same_key():
    first, _ = question("trades")
    second = VENUE.following(served(results=[trade(OPEN)], next_url=PAGE), first)
    assert second == replace(first, path="v3/trades/AAPL/2024-01-02.page2.json", url=PAGE)
    third = VENUE.following(served(results=[], next_url=f"{PAGE}x"), second)
    assert third.path == "v3/trades/AAPL/2024-01-02.page3.json"
    assert VENUE.following(served(results=[]), third) is None


def test_bars_have_no_pages():
    piece, _ = question()
    assert VENUE.following(aggregates(), piece) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v3/trades/AAPL?cursor=a",
        "http://api.polygon.io/v3/trades/AAPL?cursor=a",
        "https://api.polygon.io:444/v3/trades/AAPL?cursor=a",
        "https://api.polygon.io@evil.example/v3/trades/AAPL?cursor=a",
        "https://api.polygon.io/v3/trades/MSFT?cursor=a",
        "https://api.polygon.io/v3/trades/AAPL?cursor=a&apiKey=s3cret",
        "//api.polygon.io/v3/trades/AAPL",
        "http://[",
        7,
        ["https://api.polygon.io/v3/trades/AAPL"],
    ],
)
def test_the_key_is_not_sent_elsewhere(url):
    piece, _ = question("trades")
    with pytest.raises(UnwantedError, match=r"next_url is a page of https://api\.polygon\.io/v3/trades/AAPL") as caught:
        VENUE.following(served(results=[], next_url=url), piece)
    assert "s3cret" not in str(caught.value)


def test_pages_without_end_are_refused():
    piece, _ = question("trades")
    with pytest.raises(DataError, match="must end after 2000 pages"):
        VENUE.following(served(results=[], next_url=PAGE), replace(piece, url=PAGE))
    last = replace(piece, path="v3/trades/AAPL/2024-01-02.page2000.json")
    with pytest.raises(DataError, match="found page 2001"):
        VENUE.following(served(results=[], next_url=PAGE), last)
