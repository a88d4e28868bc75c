"""Bodies and answers of the access routes."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from jedel.access.model import Device, DeviceKind, Method, OpenSession, Passkey, Role
from jedel.kernel.schema import Body, ShortText, View

Language = Literal["kk", "ru", "en"]


TotpCode = Annotated[str, Field(pattern=r"^\s*\d{3}\s*\d{3}\s*$")]
"""Six digits, as the phone shows them."""

Password = Annotated[str, Field(min_length=1, max_length=200)]


class SignIn(Body):
    """``code``: of the phone, where the account has one there."""

    login: ShortText
    password: Password
    code: TotpCode | None = None


class ProveAgain(Body):
    password: Password
    code: TotpCode | None = None


class Me(View):
    """Who is signed in. ``waiting``: the session may do nothing but make a second factor; ``fresh``: who it
    is was proved a moment ago, so that factors may be changed."""

    id: UUID
    name: str
    role: Role
    region: str
    region_name: dict[str, str]
    language: Language
    method: Method
    waiting: bool
    fresh: bool


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
    seen_at: datetime | None
    version: str | None
    holder_id: UUID | None
    holder: str | None

    @classmethod
    def of(cls, device: Device) -> "DeviceView":
        return cls(**{name: getattr(device, name) for name in cls.model_fields})


class DeviceCode(View):
    """A device and the one-time code with which it gets its key, also as a QR picture (``qr``: an SVG path of
    ``qr_size`` modules a side) of the page that takes it. The code is shown once."""

    device: DeviceView
    code: str
    expires_at: datetime
    qr: str
    qr_size: int


class RenewCode(Body):
    id: UUID


class BlockDevice(Body):
    """``wipe``: it must also forget what it holds."""

    id: UUID
    wipe: bool = False
    reason: ShortText


class UnblockDevice(Body):
    id: UUID


class HandDevice(Body):
    """``holder_id``: whose hands it is in; None: in nobody's."""

    id: UUID
    holder_id: UUID | None


class SessionView(View):
    """``own``: the session that asks."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str
    method: Method
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


Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z.+_-]{1,40}$")]
"""Of a device's program, as it says."""


class EnrolDevice(Body):
    """``public_key``: the device's own, an uncompressed point on P-256 in base64url; tablets need one."""

    code: ShortText
    public_key: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{87}$")] | None = None
    version: Version | None = None


class EnrolledDevice(View):
    """``key``: shown once and only to the device; none for one with a key pair of its own."""

    device_id: UUID
    key: str | None
    kind: DeviceKind
    name: str
    region: str
    site_id: UUID | None
    unit_id: UUID | None
