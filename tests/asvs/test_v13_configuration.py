"""V13 Configuration: secrets in files that nobody else reads, no debugging, no listing, no defaults."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from jedel.access.oidc.provider import client_secret
from jedel.access.seal import Sealer
from jedel.app.gateway_role import private_text as issuer
from jedel.app.settings import Settings
from jedel.citizen.secret import load_or_make as citizen_secret
from jedel.journal.keys import load_or_make as journal_key
from jedel.lookups.interests import digest
from jedel.registers.connectors.config import private_text as register_token
from tests.support import Api

IIN = "900101300000"


READERS: dict[str, Callable[[Path], object]] = {
    "journal": journal_key,
    "seal": lambda file: Sealer(file).seal(b"x", uuid4()),
    "look-ups": lambda file: digest(file, IIN),
    "citizen": citizen_secret,
    "oidc": lambda file: client_secret(None, file),
    "register": register_token,
    "nats": issuer,
}
MADE = {"journal", "seal", "look-ups", "citizen"}
"""Made by ourselves on first use."""


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604, 0o601])
@pytest.mark.parametrize("what", READERS)
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, what: str, mode: int) -> None:
    file = tmp_path / f"{what}{mode}.key"
    if what in MADE:
        READERS["journal" if what == "look-ups" else what](file)
        assert file.stat().st_mode & 0o777 == 0o600, "made for its owner alone"
    else:
        file.write_text("secret")
        file.chmod(0o600)
        READERS[what](file)
    file.chmod(mode)
    with pytest.raises(Exception, match="600"):
        READERS[what](file)


def test_settings_do_not_say_their_secrets() -> None:
    """Printed, logged or shown as JSON, a secret setting is stars; only its own process's children get it."""
    settings = Settings(
        oidc_client_secret=SecretStr("hidden one"),
        citizen_secret=SecretStr("hidden two"),
        demo_password=SecretStr("hidden three"),
    )
    for said in (repr(settings), str(settings), settings.model_dump_json()):
        assert "hidden" not in said
    for name, field in Settings.model_fields.items():
        sounds = any(word in name for word in ("secret", "password", "token")) and not name.endswith("_file")
        if sounds and name != "password_alone":
            assert "SecretStr" in str(field.annotation), name


CLOSED = (
    *("/docs", "/redoc", "/openapi.json", "/debug", "/metrics", "/.git/HEAD", "/.env", "/server-status"),
    *("/admin", "/console", "/api/docs"),
)


async def test_nothing_is_open_that_was_not_opened(client: Api) -> None:
    for path in CLOSED:
        answer = await client.anonymous().get(path)
        assert answer.status_code in {401, 404}, path


async def test_counters_are_for_the_administrator(client: Api) -> None:
    for login in (None, "operator", "duty", "supervisor", "officer", "auditor"):
        seat = client.anonymous() if login is None else await client.login(login)
        assert (await seat.get("/api/metrics")).status_code in {401, 403}


async def test_nothing_runs_in_debug(app: FastAPI) -> None:
    assert app.debug is False


async def test_health_says_no_more_than_it_must(client: Api) -> None:
    said = await client.anonymous().ok("GET", "/api/health")
    assert set(said) == {"status", "version", "database", "nats", "demo"}
    assert isinstance(said["database"], bool)
