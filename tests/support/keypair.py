"""A device's own key pair, as any device might keep it."""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from jedel.access.keypairs.model import AUDIENCE


@dataclass(frozen=True)
class KeyPair:
    """Made where it is used; the centre sees `public` only (base64url of the uncompressed point)."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def public(self) -> str:
        return base64.urlsafe_b64encode(self.point).decode().rstrip("=")

    @property
    def pem(self) -> str:
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def proof(self, device_id: UUID, at: datetime, **other: object) -> str:
        """The JWT that gets a token; `other` claims replace the right ones."""
        claims: dict[str, object] = {"iss": str(device_id), "sub": str(device_id), "aud": AUDIENCE}
        claims |= {"iat": at.timestamp(), "jti": uuid4().hex} | other
        return jwt.encode({"alg": "ES256"}, claims, ECKey.import_key(self.private))
