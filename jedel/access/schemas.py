"""Bodies and answers of the access routes."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from jedel.access.model import Device, DeviceKind, OpenSession, Passkey, Role
from jedel.kernel.schema import Body, ShortText, View

Language = Literal["kk", "ru", "en"]


class SignIn(Body):
    login: ShortText
    password: Annotated[str, Field(min_length=1, max_length=200)]


class Me(View):
    """Who is signed in."""

    id: UUID
    name: str
    role: Role
    region: str
    region_name: dict[str, str]
    language: Language


class ChooseLanguage(Body):
    language: Language


class NewDevice(Body):
    """``id`` is both the device's id and the command's."""

    id: UUID
    kind: DeviceKind
    name: ShortText
    site_id: UUID | None = None
    unit_id: UUID | None = None
    account: Annotated[str, Field(pattern=r"^[0-9A-F]{3,16}$")] | None = None


class DeviceView(View):
    id: UUID
    kind: DeviceKind
    name: str
    site_id: UUID | None
    unit_id: UUID | None
    account: str | None
    enrolled_at: datetime | None
    blocked_at: datetime | None

    @classmethod
    def of(cls, device: Device) -> "DeviceView":
        return cls(**{name: getattr(device, name) for name in cls.model_fields})


class DeviceCode(View):
    """A device and the one-time code with which it gets its key. The code is shown once."""

    device: DeviceView
    code: str
    expires_at: datetime


class RenewCode(Body):
    id: UUID


class BlockDevice(Body):
    """``wipe``: it must also forget what it holds."""

    id: UUID
    wipe: bool = False
    reason: ShortText


class UnblockDevice(Body):
    id: UUID


class SessionView(View):
    """``own``: the session that asks."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str
    method: Literal["password", "passkey"]
    own: bool

    @classmethod
    def of(cls, session: OpenSession) -> "SessionView":
        return cls(**{name: getattr(session, name) for name in cls.model_fields})


class NewPasskey(Body):
    """``credential``: what the browser's ``credential.toJSON()`` gives."""

    id: UUID
    name: ShortText
    credential: dict[str, Any]


class PasskeySignIn(Body):
    credential: dict[str, Any]


class PasskeyView(View):
    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None

    @classmethod
    def of(cls, passkey: Passkey) -> "PasskeyView":
        return cls(**{name: getattr(passkey, name) for name in cls.model_fields})


class EnrolDevice(Body):
    code: ShortText


class EnrolledDevice(View):
    """The key is shown once and only to the device."""

    device_id: UUID
    key: str
    kind: DeviceKind
    name: str
    region: str
    site_id: UUID | None
    unit_id: UUID | None
