"""Which requests are answered: those of the page itself, of a size that a photo has."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")  # names of this computer; another one in a request is a page that pretends (DNS)
MOST_BYTES = 64 * 2**20  # of a photo's file
READS = ("GET", "HEAD")
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class OwnPageOnly:
    """Refuses what another site's page sends, and forbids browsers to show the answers there.

    Args:
        application: answers the other requests.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        headers = Headers(scope=scope)
        if scope["method"] not in READS and not _is_own(headers.get("origin"), headers.get("host", "")):
            refusal = JSONResponse({"error": "requests from other sites are refused"}, 403)
            await refusal(scope, receive, send_with_headers)
            return
        await self._application(scope, receive, send_with_headers)


async def limited_body(request: Request) -> bytes:
    """Return the bytes that a request sends.

    Raises:
        HTTPException: there are none, or more than a photo's file has.
    """
    too_large = HTTPException(413, f"larger than {MOST_BYTES // 2**20} MiB")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise too_large
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise too_large
    except ClientDisconnect:
        raise HTTPException(400, "the file did not arrive completely") from None
    if not body:
        raise HTTPException(400, "the file is empty")
    return bytes(body)


def _is_own(origin: str | None, host: str) -> bool:
    """Return whether a request was sent by a page of `host`, or by no browser."""
    return origin is None or (urlsplit(origin).scheme == "http" and urlsplit(origin).netloc == host)
