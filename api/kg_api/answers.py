"""How an answer is given: in the format that the client likes best, whole before it begins."""

from starlette.requests import Request
from starlette.responses import Response

from kg.formats import FORMATS, Format, negotiate
from kg_api.errors import Problem


def accepted(request: Request) -> str:
    """What the client accepts; several headers count as one (RFC 9110, §5.3)."""
    return ", ".join(request.headers.getlist("accept"))


def choose(request: Request, *kinds: str) -> Format:
    """The format of one of the kinds that the client likes best; 406 with the list if none."""
    chosen = negotiate(accepted(request), *kinds)
    if chosen is None:
        offered = [one.media_type for one in FORMATS if one.kind in kinds]
        raise Problem(406, f"There is {', '.join(offered)}.", available=offered)
    return chosen


def respond(body: bytes, format_: Format, headers: dict[str, str] | None = None) -> Response:
    """A whole body in a format; caches are told that another client may get another one."""
    return Response(
        body, headers={"Vary": "Accept", "Content-Type": format_.content_type, **(headers or {})}
    )
