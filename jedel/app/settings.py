"""What an installation may set, each by an environment variable `JEDEL_…` (docs/ref/settings.md)."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=0, le=65535)]

LOOPBACK = "127.0.0.1"


def _default_data_dir() -> Path:
    return Path.cwd() / "var"


class Settings(BaseSettings):
    """One object for every process; the supervisor hands it to its children as environment variables."""

    model_config = SettingsConfigDict(
        env_prefix="JEDEL_", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    data_dir: Path = Field(default_factory=_default_data_dir)
    """Where the embedded servers, the blobs and the demo's secrets lie."""

    database_url: str | None = None
    """postgresql://…; none: `jedel up` starts its own."""
    nats_url: str | None = None
    """nats://…; none: `jedel up` starts its own."""
    nats_system_url: str | None = None
    """A link as the server's system account, by which blocked devices are cut off; without it they stay
    connected until their grant ends, though nothing that they say is taken."""
    nats_issuer_file: Path | None = None
    """The seed that signs the log-ins of devices (auth callout); none: no device logs in by MQTT."""
    blob_url: str | None = None
    """file:///… for map files and uploads; none: `<data_dir>/blobs`."""

    journal_key_file: Path | None = None
    """Signs the journal's heads (mode 600); made on first use; none: `<data_dir>/journal.key`."""

    seal_key_file: Path | None = None
    """Seals the secrets of one-time passwords (mode 600); made on first use; none: `<data_dir>/seal.key`.
    Where `web` runs on several machines it is the same file on each."""
    password_alone: bool | None = None
    """A password without a second factor signs in; none: in the demo only."""

    oidc_issuer: str | None = None
    """https://… of a department's own identity provider (OpenID Connect); none: people sign in here."""
    oidc_client_id: str = "jedel"
    oidc_client_secret: SecretStr | None = None
    oidc_client_secret_file: Path | None = None
    """A file with the secret (mode 600), instead of the variable."""
    oidc_name: str = "OIDC"
    """What the provider is called on the sign-in page."""
    oidc_login_claim: str = "preferred_username"
    """The claim that names the log-in, by which an external account is bound at its first sign-in."""
    oidc_acr: str | None = None
    """The class of authentication that the provider must state (`acr`), say of two factors."""

    lookups_key_file: Path | None = None
    """Keys the digests of what staff declared as their own interest (mode 600, the same for every `web`);
    made on first use; none: `<data_dir>/lookups.key`."""

    http_host: str = LOOPBACK
    http_port: Port = 8000
    public_url: str | None = None
    """The address that people use, when a proxy with TLS stands in front: its scheme makes cookies Secure,
    passkeys belong to its host."""

    postgres_port: Port = 0
    """Of the embedded PostgreSQL; 0: any free one."""
    nats_port: Port = 0
    mqtt_host: str = LOOPBACK
    mqtt_certificate_file: Path | None = None
    """PEM, with its chain; with the key: devices speak MQTT over TLS, and in no other way."""
    mqtt_key_file: Path | None = None
    mqtt_port: Port = 1883
    dc09_host: str = LOOPBACK
    dc09_port: Port = 12000
    """SIA DC-09 receiver, TCP and UDP."""

    unit_silent_after_s: Annotated[float, Field(ge=5, le=3600)] = 60.0
    """Without a position for this long a unit on shift is unavailable."""
    positions_keep_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Whole days for which the positions of units are kept."""

    registers_file: Path | None = None
    """Describes the sources that feed registers live (docs/guide/registers.md); none: files only."""

    qorgau_workers: Annotated[int, Field(ge=1, le=16)] = 1
    """How many `qorgau` processes share the plate reads: each takes its part of the 16 partitions."""
    qorgau_worker: Annotated[int, Field(ge=0, le=15)] = 0
    """Which of them this one is, from 0; `jedel up` numbers its own."""
    plate_readers: Annotated[int, Field(ge=0, le=16)] = 1
    """How many `plates` processes of `jedel up` read pictures; each uses one core while it reads."""

    media_gateways: Annotated[int, Field(ge=0, le=16)] = 1
    """How many gateways this machine has; streams are spread over all that are alive. `jedel up` runs one
    process more, which takes the place of one that dies."""
    media_gateway: Annotated[int, Field(ge=0, le=63)] | None = None
    """Which of them this process is, from 0: it listens on the media ports plus so many; none: the first
    that is free."""
    media_host: str = LOOPBACK
    """Where pictures and sound go out and come in (WebRTC)."""
    media_port: Port = 8100
    """WebRTC, UDP and TCP on the same number; each gateway the next one."""
    media_addresses: str = ""
    """Addresses of this machine as browsers reach it, with commas; none: `media_host`."""
    media_internal_port: Port = 0
    """Where the web processes fetch bytes from a gateway, on `media_internal_host`; 0: any free one."""
    media_internal_host: str = LOOPBACK
    media_rtsp_port: Port = 0
    """RTSP for other systems; 0: off. Each gateway the next one."""
    media_rtsp_users_file: Path | None = None
    """Who may take streams by RTSP (mode 600, docs/guide/media.md); none: nobody."""
    ice_servers: str = "[]"
    """JSON list of STUN and TURN servers for browsers, as RTCPeerConnection takes them
    (docs/guide/media.md)."""
    camera_networks: str = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fd00::/8"
    """Networks in which cameras lie, with commas: no camera's address may lie elsewhere."""
    camera_look_s: Annotated[float, Field(ge=1, le=3600)] = 10.0
    """The longest time between two looks at a camera's picture for its health; the least is 0.7 of it."""
    mavlink_port: Port = 0
    """UDP port on which drones are heard (docs/guide/drones.md); 0: none."""
    mavlink_host: str = LOOPBACK
    mavlink_networks: str = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
    """From where drones may speak, with commas; anything else is counted and forgotten."""
    recordings_dir: Path | None = None
    """Where recordings lie; none: `<data_dir>/recordings`. The same folder for every gateway and `web`."""
    recordings_free_share: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """Of the disk; below it the oldest recordings go before their time, aloud."""

    citizen_secret: SecretStr | None = None
    """Signs the tasks that citizens' pages solve under load, the same in every web process; none: made on
    first use, in `<data_dir>/citizen.key` (mode 600)."""
    citizen_trusted_proxies: str = ""
    """Networks of your own proxies, with commas: only their X-Forwarded-For is believed. Behind a proxy that
    is not named here all citizens share one address."""
    citizen_regions: str = "00"
    """Regions whose police takes citizens' reports of phones, with commas."""
    citizen_processes: Annotated[int, Field(ge=1, le=64)] = 1
    """How many web processes answer: each gives its part of a caller's share."""
    citizen_calm_per_s: Annotated[float, Field(gt=0)] = 200.0
    """Citizens' questions a second beyond which each costs a solved task."""
    citizen_address_per_hour: Annotated[float, Field(gt=0)] = 240.0
    """Citizens' questions of one address; a quarter of it at once, ten at once without a task."""

    database_pool: Annotated[int, Field(ge=2, le=200)] = 12
    """Connections per process."""
    log_level: str = "info"
    log_json: bool = False
    metrics_port: Port = 0
    """Where `gateway` answers Prometheus on loopback, and `jobs` on the port after it; 0: nowhere.
    `web` has `/api/metrics`."""

    demo: bool = False
    """Started by `--demo`: the page of simulated devices is linked."""
    demo_port: Port = 8010
    demo_rtsp_port: Port = 8554
    """Where the demo's cameras give their pictures (RTSP, on loopback)."""
    demo_map: Path | None = None
    """An OpenStreetMap extract for the demo instead of the generated city."""
    demo_password: SecretStr = SecretStr("jedel-demo")
    """Of the demo's accounts; they exist in the demo only."""

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.absolute()

    @property
    def blob_dir(self) -> Path:
        """The folder of blobs."""
        if self.blob_url is None:
            return self.data_dir / "blobs"
        return Path(self.blob_url.removeprefix("file://"))

    @property
    def recordings(self) -> Path:
        """The folder of recordings."""
        return self.recordings_dir or self.data_dir / "recordings"

    @property
    def journal_key(self) -> Path:
        """The file of the key that signs the journal's heads."""
        return self.journal_key_file or self.data_dir / "journal.key"

    @property
    def lookups_key(self) -> Path:
        """The file of the key of the look-ups' digests."""
        return self.lookups_key_file or self.data_dir / "lookups.key"

    @property
    def journal_heads_dir(self) -> Path:
        """The folder of signed heads, which another party copies."""
        return self.data_dir / "journal-heads"

    @property
    def seal_key(self) -> Path:
        """The file of the key that seals secrets of one-time passwords."""
        return self.seal_key_file or self.data_dir / "seal.key"

    @property
    def password_is_enough(self) -> bool:
        """Whether people sign in without a second factor."""
        return self.demo if self.password_alone is None else self.password_alone

    @property
    def mqtt_tls(self) -> tuple[Path, Path] | None:
        """The MQTT listener's certificate and key. Raises ValueError where only one of them is named."""
        if self.mqtt_certificate_file is None and self.mqtt_key_file is None:
            return None
        if self.mqtt_certificate_file is None or self.mqtt_key_file is None:
            raise ValueError("JEDEL_MQTT_CERTIFICATE_FILE and JEDEL_MQTT_KEY_FILE belong together")
        return self.mqtt_certificate_file, self.mqtt_key_file

    @property
    def console_url(self) -> str:
        """Where the console is, for people to read."""
        return self.public_url or f"http://{_readable(self.http_host)}:{self.http_port}/"

    @property
    def demo_url(self) -> str:
        """Where the page of simulated devices is."""
        return f"http://{_readable(self.http_host)}:{self.demo_port}/"

    def environment(self) -> dict[str, str]:
        """The same settings as variables, for a child process."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            f"JEDEL_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for name, value in values.items()
            if value is not None
        }


def _readable(host: str) -> str:
    return "localhost" if host in {LOOPBACK, "0.0.0.0", "::", "::1"} else host
