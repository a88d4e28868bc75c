"""Bodies and answers of the groups' routes."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from jedel.kernel.schema import Body, ShortText, View

Cameras = Annotated[tuple[UUID, ...], Field(max_length=1_000)]


class NewGroup(Body):
    """``id`` is both the group's id and the command's."""

    id: UUID
    name: ShortText


class RenameGroup(Body):
    """``id``: the command's."""

    id: UUID
    name: ShortText


class ChangeMembers(Body):
    """``id``: the command's."""

    id: UUID
    add: Cameras = ()
    remove: Cameras = ()


class GroupView(View):
    """``cameras``: how many are in it."""

    id: UUID
    name: str
    cameras: int
