"""A real HTTP server on the loopback address that serves a folder or routes, and misbehaves as planned."""

import hashlib
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TYPES = {".csv": "text/csv", ".json": "application/json", ".html": "text/html", ".txt": "text/plain"}


@dataclass(frozen=True)
class Request:
    """One request as the server saw it; `time` is monotonic seconds, `query` the first value of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    time: float
    client: tuple


@dataclass
class Fault:
    """What goes wrong for the next `times` requests that match; see :meth:`Server.fault`."""

    match: Callable[[Request], bool]
    kind: object
    times: float
    options: dict = field(default_factory=dict)


class Server:
    """Serves below ``url``; use it in a ``with``.

    Parameters
    ----------
    content
        A folder; or path to bytes, or to a function of the :class:`Request` that returns bytes, or None for 404.
        ``<path>.CHECKSUM`` is served in the form of sha256sum for every path there is.
    """

    def __init__(self, content):
        self.content, self.requests, self._faults = content, [], []
        self.last_modified = {}
        self.speed = None
        self.allowance, self.stalled = None, threading.Event()
        self.resumes = True
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads, self._server.block_on_close = True, False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._stopped = threading.Event()

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def fault(self, match, kind, times=1, **options):
        """Plan a fault for a path, or for requests for which a predicate of :class:`Request` is true.

        Kinds: any status (429 takes `retry_after`); "slow" waits `seconds` before the answer; "drip" sends a byte every
        `seconds`; "header_drip" the same with the headers; "cut" closes the connection after `share` of the body (0.5);
        "reset" resets it there; "wrong_length" announces `more` bytes than are sent; "no_length" announces none;
        "corrupt" changes the middle byte; "wrong_type" sends a page in HTML; "gzip" compresses although not asked to;
        "redirect" sends on to `to`; "chunked_cut" cuts a chunked answer.
        """
        self._faults.append(Fault(match if callable(match) else lambda r: r.path == match, kind, times, options))

    def allow(self, n_bytes):
        """Send so many bytes of answers from now on and then no more: ``stalled`` is set; None sends all."""
        with self._lock:
            self.stalled.clear()
            self.allowance = n_bytes

    def granted(self, n_wanted):
        """Return how many of the bytes that are to be sent may be sent."""
        with self._lock:
            if self.allowance is None:
                return n_wanted
            n_bytes = min(n_wanted, self.allowance)
            self.allowance -= n_bytes
            if n_bytes < n_wanted:
                self.stalled.set()
            return n_bytes

    def paths(self):
        """Return the paths that were asked, in order."""
        return [request.path for request in self.requests]

    def bytes_of(self, request):
        """Return what is served for a request; None if there is nothing."""
        path = request.path
        if path.endswith(".CHECKSUM"):
            raw = self._found(path.removesuffix(".CHECKSUM"), request)
            name = path.removesuffix(".CHECKSUM").rpartition("/")[2]
            return None if raw is None else f"{hashlib.sha256(raw).hexdigest()}  {name}\n".encode()
        return self._found(path, request)

    def _found(self, path, request):
        if isinstance(self.content, Mapping):
            found = self.content.get(path)
            return found(request) if callable(found) else found
        place = (Path(self.content) / path.lstrip("/")).resolve()
        inside = place.is_relative_to(Path(self.content).resolve())
        return place.read_bytes() if inside and place.is_file() else None

    def due(self, request):
        """Log a request and return the fault planned for it."""
        with self._lock:
            self.requests.append(request)
            for fault in self._faults:
                if fault.times > 0 and fault.match(request):
                    fault.times -= 1
                    return fault
        return Fault(lambda _: True, None, 0)

    def wait(self, seconds):
        """Wait, but not for a server that is gone; return whether it is still there."""
        return not self._stopped.wait(seconds)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    owner: Server

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        path = unquote(parts.path) if not parts.netloc else self.path
        request = Request("GET", path, query, dict(self.headers), time.monotonic(), self.client_address)
        fault = self.owner.due(request)
        getattr(self, f"_{fault.kind}", self._status)(request, fault)

    def _status(self, request, fault):
        if isinstance(fault.kind, int):
            extra = {"Retry-After": str(fault.options["retry_after"])} if "retry_after" in fault.options else {}
            return self._send(fault.kind, b"sorry", extra)
        raw = self.owner.bytes_of(request)
        return self._send(404, b"not here", {}) if raw is None else self._whole(request, raw)

    def _whole(self, request, raw, announced=None, sent=None):
        """Answer with bytes, or with the rest of them that is asked for."""
        etag = f'"{hashlib.sha256(raw).hexdigest()[:16]}"'
        headers = {
            "ETag": etag,
            "Last-Modified": self.owner.last_modified.get(request.path, formatdate(0, usegmt=True)),
        }
        headers["Content-Type"] = TYPES.get(Path(request.path).suffix, "application/octet-stream")
        first = self._first(request, etag)
        if first and first >= len(raw):
            return self._send(416, b"", {"Content-Range": f"bytes */{len(raw)}"})
        if first:
            headers["Content-Range"] = f"bytes {first}-{len(raw) - 1}/{len(raw)}"
        body = raw[first:]
        return self._send(206 if first else 200, body if sent is None else sent(body), headers, announced or len(body))

    def _first(self, request, etag):
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        same = request.headers.get("If-Range", etag) == etag
        return int(asked[1]) if asked and same and self.owner.resumes else 0

    def _send(self, status, body, headers, announced=None):
        self._begin(status, headers, len(body) if announced is None else announced)
        self._write(body)

    def _begin(self, status, headers, length):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _write(self, body):
        n_bytes = self.owner.granted(len(body))
        self._write_at_speed(body[:n_bytes])
        if n_bytes < len(body):
            self.owner.wait(self.timeout)

    def _write_at_speed(self, body):
        speed = self.owner.speed
        if not speed:
            self.wfile.write(body)
            return
        step = max(int(speed / 50), 1)
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            if not self.owner.wait(step / speed):
                return

    def _slow(self, request, fault):
        if self.owner.wait(fault.options.get("seconds", 1.0)):
            self._status(request, Fault(fault.match, None, 0))

    def _drip(self, request, fault):
        raw = self.owner.bytes_of(request)
        self._begin(200, {}, len(raw))
        for i in range(len(raw)):
            self.wfile.write(raw[i : i + 1])
            if not self.owner.wait(fault.options.get("seconds", 0.05)):
                return

    def _header_drip(self, request, fault):
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Filler: 0123456789\r\n" * 200:
            self.wfile.write(bytes([byte]))
            if not self.owner.wait(fault.options.get("seconds", 0.05)):
                return

    def _cut(self, request, fault):
        raw, share = self.owner.bytes_of(request), fault.options.get("share", 0.5)
        body = raw[self._first(request, f'"{hashlib.sha256(raw).hexdigest()[:16]}"') :]
        self._whole(request, raw, len(body), lambda body: body[: int(len(body) * share)])
        self.close_connection = True

    def _reset(self, request, fault):
        self._cut(request, fault)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _wrong_length(self, request, fault):
        raw = self.owner.bytes_of(request)
        self._whole(request, raw, len(raw) + fault.options.get("more", 10))
        self.close_connection = True

    def _no_length(self, request, fault):
        raw = self.owner.bytes_of(request)
        self._begin(200, {}, None)
        self.wfile.write(raw)
        self.close_connection = True

    def _chunked(self, request, fault):
        self._chunks(self.owner.bytes_of(request))
        self.wfile.write(b"0\r\n\r\n")

    def _chunked_cut(self, request, fault):
        self._chunks(self.owner.bytes_of(request)[:-1])
        self.close_connection = True

    def _chunks(self, raw):
        self._begin(200, {"Transfer-Encoding": "chunked"}, None)
        for start in range(0, len(raw), 1000):
            part = raw[start : start + 1000]
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")

    def _corrupt(self, request, fault):
        def changed(body):
            middle = len(body) // 2
            return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]

        self._whole(request, self.owner.bytes_of(request), None, changed)

    def _wrong_type(self, request, fault):
        self._send(200, b"<html>maintenance</html>", {"Content-Type": "text/html; charset=utf-8"})

    def _gzip(self, request, fault):
        import gzip

        self._send(200, gzip.compress(self.owner.bytes_of(request)), {"Content-Encoding": "gzip"})

    def _encoded(self, request, fault):
        self._send(200, self.owner.bytes_of(request), {"Content-Encoding": fault.options["encoding"]})

    def _redirect(self, request, fault):
        self._send(302, b"", {"Location": fault.options["to"]})
