"""The head of an answer: its status and headers, read line by line and no further than is reasonable."""

MAX_LINES = 256
MAX_BYTES = 64 * 1024


class Head:
    """Collects the lines of the last answer; interim ones (``103 Early Hints``) are dropped, trailers ignored.

    Attributes:
        is_complete: whether the empty line that ends it has been read.
        flooded: why no more is read, or None.
    """

    __slots__ = ("_headers", "_lines", "_received", "_seen", "flooded", "is_complete")

    def __init__(self) -> None:
        self._headers: dict[str, list[str]] | None = None
        self._lines: list[bytes] = []
        self._received = 0
        self._seen = 0
        self.is_complete = False
        self.flooded: str | None = None

    def feed(self, line: bytes) -> bool:
        """Take one line; False asks for no more."""
        self._received += len(line)
        self._seen += 1
        if self._received > MAX_BYTES:
            self.flooded = f"more than {MAX_BYTES} bytes of headers"
            return False
        if self._seen > MAX_LINES:
            self.flooded = f"more than {MAX_LINES} lines of headers"
            return False
        if self.is_complete:
            if self._is_interim() and line.startswith(b"HTTP/"):
                self._lines = [line]
                self.is_complete = False
        elif line in (b"\r\n", b"\n"):
            self.is_complete = True
        elif line[:1] in (b" ", b"\t") and len(self._lines) > 1:
            self._lines[-1] = self._lines[-1].rstrip() + b" " + line.lstrip()
        else:
            self._lines.append(line)
        return True

    def headers(self) -> dict[str, list[str]]:
        """Names in lower case, each with its values in order; to be asked once the head is complete."""
        if self._headers is None:
            found: dict[str, list[str]] = {}
            for line in self._lines[1:]:
                name, _, value = line.decode("latin-1").partition(":")
                found.setdefault(name.strip().lower(), []).append(value.strip())
            self._headers = found
        return self._headers

    def _is_interim(self) -> bool:
        return self._lines[0].partition(b" ")[2].startswith(b"1")
