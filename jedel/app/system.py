"""Routes about the installation itself: is it well, and what does it count."""

from typing import Literal

import psycopg
from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg_pool import PoolTimeout

from jedel import __version__
from jedel.access import Role, StoreDep, allow, public
from jedel.kernel.schema import View

router = APIRouter(prefix="/api", tags=["system"])


class Health(View):
    """``degraded``: something that is named does not answer; alarms are kept and go out when it is back."""

    status: Literal["ok", "degraded"]
    version: str
    database: bool
    nats: bool
    demo: bool


@router.get("/health", dependencies=[public()])
async def health(request: Request, store: StoreDep) -> Health:
    """For screens and load balancers."""
    try:
        async with store.pool.connection(timeout=1) as conn:
            await conn.execute("SELECT 1")
        database = True
    except (psycopg.Error, PoolTimeout, OSError):
        database = False
    client = request.app.state.nats
    connected = bool(client and client.is_connected)
    return Health(
        status="ok" if database and connected else "degraded",
        version=__version__,
        database=database,
        nats=connected,
        demo=request.app.state.settings.demo,
    )


@router.get("/metrics", dependencies=[allow(Role.ADMINISTRATOR)])
async def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
