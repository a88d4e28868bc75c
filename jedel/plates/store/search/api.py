"""Routes: searching among reads."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from jedel.access import CONSOLE, Principal, Role, StoreDep, allow
from jedel.lookups.model import State
from jedel.lookups.service import Asker
from jedel.lookups.tablets import TabletDep
from jedel.plates.api import picture_secret
from jedel.plates.desk import desk_of
from jedel.plates.store.search import service
from jedel.plates.store.search.schemas import Found, FoundPairs, Search, TwoPlaces

router = APIRouter(prefix="/api/plates/search", tags=["plates"])

SEARCHERS = allow(*CONSOLE, Role.OFFICER)


def search_desk(request: Request, store: StoreDep) -> service.Desk:
    """What a search needs of this process."""
    secret = picture_secret(request.app.state.settings.lookups_key)
    return service.Desk(store, desk_of(request).cameras, secret)


SearchDesk = Annotated[service.Desk, Depends(search_desk)]


def asker(who: Principal, tablet: Principal | None, request: Request) -> Asker:
    """Who searches, and from where."""
    return Asker(who, tablet, request.app.state.settings.lookups_key)


@router.post("")
async def search(
    body: Search,
    who: Annotated[Principal, SEARCHERS],
    tablet: TabletDep,
    desk: SearchDesk,
    request: Request,
    response: Response,
) -> Found:
    """Where and when a plate was read, or what cameras read; 202 while a second person is waited for.

    A page more: the same body with `before`, the time of the last read. Reads without a hit are gone after a
    day; how far back hits are shown depends on the role (`limited_to`).
    """
    found = await service.search(desk, asker(who, tablet, request), body)
    response.status_code = 202 if found.state is State.ASKED else 200
    return found


@router.post("/two-places")
async def two_places(
    body: TwoPlaces,
    who: Annotated[Principal, SEARCHERS],
    tablet: TabletDep,
    desk: SearchDesk,
    request: Request,
    response: Response,
) -> FoundPairs:
    """Plates that were read at both places within an interval; 202 while a second person is waited for."""
    found = await service.two_places(desk, asker(who, tablet, request), body)
    response.status_code = 202 if found.state is State.ASKED else 200
    return found
