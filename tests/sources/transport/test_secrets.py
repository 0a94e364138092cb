"""Keys come from the environment or .env, can be rotated, and are found nowhere else."""

import logging
import os

import pytest

from assay.errors import AssayError, ParamsError
from assay.sources.transport.obtain import obtain
from assay.sources.transport.secrets import LOGGER, Secrets, log, redacted, remember
from tests.sources.server import Server
from tests.sources.transport.conftest import line, piece

KEY = "s3cr3t+Key/of=Venue"
NAME = "VENUE_KEY"


def dotenv(tmp_path, text, at=1):
    path = tmp_path / ".env"
    path.write_text(text)
    os.utime(path, ns=(at, at))
    return path


def test_the_environment_wins_over_the_file(tmp_path):
    path = dotenv(tmp_path, f"{NAME}=from-file\nOTHER=there\n")
    secrets = Secrets(path, {NAME: "from-environment"})
    assert secrets.value(NAME) == "from-environment"
    assert secrets.value("OTHER") == "there"


@pytest.mark.parametrize("environ", [{}, {NAME: "old-key"}])
def test_a_key_that_is_changed_in_the_file_while_running_wins(tmp_path, environ):
    path = dotenv(tmp_path, f"{NAME}=old-key\n")
    secrets = Secrets(path, environ)
    assert secrets.value(NAME) == "old-key"
    dotenv(tmp_path, f"{NAME}=new-key\n", at=2)
    assert secrets.value(NAME) == "new-key"
    dotenv(tmp_path, "", at=3)
    assert secrets.value(NAME) == "old-key"


def test_a_file_that_appears_while_running_is_read(tmp_path):
    secrets = Secrets(tmp_path / ".env", {})
    assert not secrets.has(NAME)
    dotenv(tmp_path, f"{NAME}=new-key\n")
    assert secrets.value(NAME) == "new-key"


def test_nothing_is_put_in_for_dollars(tmp_path):
    assert Secrets(dotenv(tmp_path, f"{NAME}=a${{HOME}}b$c\n"), {}).value(NAME) == "a${HOME}b$c"


@pytest.mark.parametrize("value", ["", "  "])
def test_a_key_that_is_lacking_is_named_before_the_first_request(feed_here, value):
    with Server({"/open": b"x", "/kept": b"x"}) as server, line(environ={NAME: value}) as transport:
        pieces = [piece(server, "open"), piece(server, "kept", secret=NAME)]
        with pytest.raises(ParamsError, match=rf"\${NAME}: must hold the key"):
            obtain(pieces, feed_here, transport)
        assert not server.requests


def test_no_key_is_needed_for_what_is_there(feed_here):
    with Server({"/kept": b"x"}) as server:
        with line(environ={NAME: KEY}) as transport:
            obtain([piece(server, "kept", secret=NAME)], feed_here, transport)
        with line(environ={}) as transport:
            assert obtain([piece(server, "kept", secret=NAME)], feed_here, transport)[0].read() == b"x"


@pytest.mark.parametrize("value", ["two words", "line\nbreak", "kéy-of-venue", "tab\tkey"])
def test_a_key_that_no_header_can_hold_is_refused_without_showing_it(tmp_path, value):
    with pytest.raises(ParamsError, match="not shown") as caught:
        Secrets(tmp_path / ".env", {NAME: value}).value(NAME)
    assert value not in str(caught.value)


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe\n")
    with pytest.raises(ParamsError, match=r"\.env: must be text"):
        Secrets(tmp_path / ".env", {})


def test_a_key_is_rotated_without_a_new_start(tmp_path, feed_here):
    dotenv(tmp_path, f"{NAME}=first-key\n")
    with Server({"/1": b"x", "/2": b"x"}) as server, line(tmp_path=tmp_path) as transport:
        obtain([piece(server, "1", secret=NAME)], feed_here, transport)
        dotenv(tmp_path, f"{NAME}=second-key\n", at=2)
        obtain([piece(server, "2", secret=NAME)], feed_here, transport)
        sent = [request.headers["Authorization"] for request in server.requests]
    assert sent == ["Bearer first-key", "Bearer second-key"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://h/x?symbol=A&apiKey=abc&b=1", "https://h/x?symbol=A&apiKey=***&b=1"),
        ("https://h/x?key=abc", "https://h/x?key=***"),
        ("https://h/x?TOKEN=abc#part", "https://h/x?TOKEN=***#part"),
        ("https://h/x?timestamp=1&signature=0f0f", "https://h/x?timestamp=1&signature=***"),
        (
            "https://h/x?X-Amz-Signature=ab&X-Amz-Credential=cd&x=1",
            "https://h/x?X-Amz-Signature=***&X-Amz-Credential=***&x=1",
        ),
        ("https://user:pass@h/x", "https://***@h/x"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("{'Authorization': 'Bearer abc', 'a': 1}", "{'Authorization': 'Bearer ***', 'a': 1}"),
        ("X-MBX-APIKEY: abc", "X-MBX-APIKEY: ***"),
        ("api_key=abc refused", "api_key=*** refused"),
        ("https://h/x?symbol=BTC&interval=1h", "https://h/x?symbol=BTC&interval=1h"),
    ],
)
def test_what_names_a_key_is_hidden(text, shown):
    assert redacted(text) == shown


def test_known_keys_are_hidden_wherever_they_stand():
    remember(KEY)
    for text in (KEY, f"a{KEY}b", "s3cr3t%2BKey%2Fof%3DVenue"):
        assert "cr3t" not in redacted(text)


def test_records_are_cleaned_with_arguments_and_traceback(caplog):
    remember(KEY)
    with caplog.at_level(logging.DEBUG, LOGGER):
        try:
            int(KEY)
        except ValueError:
            log().exception("with %s and %s", KEY, "https://h/?token=abcdef")
    assert KEY not in caplog.text
    assert "abcdef" not in caplog.text
    assert "ValueError: invalid literal for int() with base 10: '***'" in caplog.text


def test_the_key_is_found_nowhere_after_a_run_that_fails_in_every_way(feed_here, caplog):
    caplog.set_level(logging.DEBUG)
    errors = []
    kinds = ["", 401, 403, 429, 500, "cut", "wrong_length", "wrong_type", "no_length", "encoded", "redirect", "slow"]
    echo = lambda request: request.headers.get("Authorization", "").encode()  # noqa: E731
    with Server({f"/{i}": b"bytes" for i in range(len(kinds))}) as server, Server({"/echo": echo}) as other:
        for i, kind in enumerate(kinds):
            server.fault(f"/{i}", kind or 500, 1 if not kind else 99, to=f"{other.url}/echo", encoding="br", seconds=1)
            with line(environ={NAME: KEY}, timeout_seconds=0.2, retries=1, slow_seconds=0.001) as transport:
                wanted = piece(server, str(i), url=f"{server.url}/{i}?apiKey={KEY}", secret=NAME)
                try:
                    obtain([wanted], feed_here, transport)
                except AssayError as error:
                    errors.append(f"{error} {error!r} {error.args}")
        assert {request.headers["Authorization"] for request in server.requests} == {f"Bearer {KEY}"}
    assert len(errors) >= 9
    assert len(caplog.records) > 20
    written = b"".join(path.read_bytes() for path in feed_here.root.rglob("*") if path.is_file())
    for text in (*errors, caplog.text, written.decode("utf-8", "replace")):
        assert KEY not in text
        assert "s3cr3t" not in text
