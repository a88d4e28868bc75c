"""JSON answers by orjson: times in RFC 3339 with Z, ids as text."""

from typing import Any

import orjson
from fastapi.responses import JSONResponse


def dumps(content: Any) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


class JsonResponse(JSONResponse):
    """FastAPI's JSON answer, written by orjson."""

    def render(self, content: Any) -> bytes:
        return dumps(content)
