"""Routes: groups of cameras."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from jedel.access import STAFF, Principal, StoreDep, allow
from jedel.cameras.api import WRITERS
from jedel.cameras.groups import service
from jedel.cameras.groups.schemas import ChangeMembers, GroupView, NewGroup, RenameGroup

router = APIRouter(prefix="/api/camera-groups", tags=["cameras"])


@router.get("")
async def groups(who: Annotated[Principal, allow(*STAFF)], store: StoreDep) -> list[GroupView]:
    """The region's groups by name."""
    return await service.of_region(store, who)


@router.post("", status_code=201)
async def add_group(body: NewGroup, who: Annotated[Principal, WRITERS], store: StoreDep) -> GroupView:
    """A new group, empty."""
    return await service.add(store, who, body)


@router.patch("/{group_id}")
async def rename_group(
    group_id: UUID, body: RenameGroup, who: Annotated[Principal, WRITERS], store: StoreDep
) -> GroupView:
    """Another name."""
    return await service.rename(store, who, group_id, body)


@router.post("/{group_id}/cameras")
async def change_group(
    group_id: UUID, body: ChangeMembers, who: Annotated[Principal, WRITERS], store: StoreDep
) -> GroupView:
    """Cameras in and out; whoever looks at one of them is judged anew."""
    return await service.change_members(store, who, group_id, body)


@router.delete("/{group_id}", status_code=204)
async def remove_group(
    group_id: UUID, command: UUID, who: Annotated[Principal, WRITERS], store: StoreDep
) -> None:
    """Gone, with the rules that speak of it; its cameras stay."""
    await service.remove(store, who, group_id, command)
