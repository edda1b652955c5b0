"""A request and its answer on a connection: uvicorn's, but head and body are written together."""

from typing import Any

from starlette.types import Message
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

# what the lines of a head may have between their ends
_PLAIN = bytes([9, *range(32, 127), *range(128, 256)])
_NO_BODY = (204, 304)


class Exchange(RequestResponseCycle):
    """A request and its answer, whose head waits for the first of the body."""

    _head = b""

    async def send(self, message: Message) -> None:  # type: ignore[override]
        """Send a part of the answer. Names of fields are in lower case, as ASGI has them."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if message["type"] == "http.response.start" and not self.response_started:
            self.response_started = True
            self.waiting_for_100_continue = False
            self._head = self._render(message["status"], message.get("headers", ()))
            return
        done = self.response_complete or not self.response_started
        if message["type"] != "http.response.body" or done:
            raise RuntimeError(f"{message['type']} is out of place")
        self._write(message.get("body", b""), message.get("more_body", False))

    def _render(self, status: int, fields: Any) -> bytes:
        """The head of the answer."""
        names = dict(fields)
        length = names.get(b"content-length")
        if length is not None:
            self.chunked_encoding = False
            self.expected_content_length = int(length)
        elif b"transfer-encoding" in names:
            self.chunked_encoding = True
        if b"close" in names.get(b"connection", b"").lower():
            self.keep_alive = False
        elif not self.keep_alive:
            fields = [*fields, (b"connection", b"close")]
        if self.chunked_encoding is None:
            self.chunked_encoding = self.scope["method"] != "HEAD" and status not in _NO_BODY
            if self.chunked_encoding:
                fields = [*fields, (b"transfer-encoding", b"chunked")]
        lines = [b": ".join(one) for one in (*self.default_headers, *fields)]
        head = STATUS_LINE[status] + b"\r\n".join(lines) + b"\r\n\r\n"
        if head.translate(None, _PLAIN) != b"\r\n" * (len(lines) + 2):
            raise RuntimeError("a field of the head has a control character or an end of line")
        return head

    def _write(self, body: bytes, more: bool) -> None:
        """Write a part of the body, the first one with the head."""
        head, self._head = self._head, b""
        if self.scope["method"] == "HEAD":
            self.expected_content_length = 0
            body = b""
        elif self.chunked_encoding:
            body = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
            if not more:
                body += b"0\r\n\r\n"
        else:
            self.expected_content_length -= len(body)
        self.transport.write(head + body if head else body)
        if self.expected_content_length < 0 or (not more and self.expected_content_length):
            raise RuntimeError("the body is not as long as the head says")
        if not more:
            self.response_complete = True
            self.message_event.set()
            if not self.keep_alive:
                self.transport.close()
            self.on_response()
