"""`/static/…`: the built styles and scripts of the pages, from memory, for good."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg_api import static
from kg_api.errors import Problem
from kg_api.files import accepted_encodings

router = APIRouter(include_in_schema=False)

# a changed file has another name
_FOR_GOOD = "public, max-age=31536000, immutable"


@router.get(static.ADDRESS + "{name:path}")
async def built(name: str, request: Request) -> Response:
    """A file that the manifest of the build names; nothing else, wherever a name may lead."""
    file = static.files().get(name)
    if file is None:
        raise Problem(404, "No such file is built.")
    weights = accepted_encodings(request.headers)
    # of equal wishes the smallest; who refuses everything is still better served than not
    encoding = max(file.forms, key=lambda one: (weights[one], -len(file.forms[one])))
    if not weights[encoding]:
        encoding = ""
    headers = {
        "Content-Type": file.media_type,
        "Cache-Control": _FOR_GOOD,
        "ETag": f'"{file.tag}{"-" + encoding if encoding else ""}"',
        "Vary": "Accept-Encoding",
    }
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(file.forms[encoding], headers=headers)
