"""V12 Communication: nothing secret in clear over a network, and certificates are looked at."""

import httpx
import pytest
from fastapi import FastAPI

from jedel.access.oidc.errors import ProviderNotValid
from jedel.access.oidc.model import Expectation
from jedel.access.oidc.provider import Provider
from jedel.app.settings import Settings
from tests.asvs.operations import operations
from tests.asvs.source import ROOT, calls, modules

SECRETS = {"password", "credential"}


async def test_no_secret_of_a_persons_is_taken_in_clear(app: FastAPI) -> None:
    """Every public route with a person's secret in its body refuses another machine without TLS."""
    far = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("192.0.2.7", 1)), base_url="http://centre"
    )
    tried = []
    for each in operations(app):
        if each.caller() is None and each.path.startswith("/api/session") and each.body is not None:
            answer = await far.post(each.address(), json=each.example())
            assert (answer.status_code, answer.json()["code"]) == (403, "tls_needed"), each.name
            tried.append(each.path)
    assert len(tried) >= 4


@pytest.mark.parametrize(
    "issuer", ["http://idp.example", "ftp://idp.example", "//idp.example", "file:///etc/passwd"]
)
async def test_the_identity_provider_is_spoken_to_by_tls_only(issuer: str) -> None:
    provider = Provider(Expectation(issuer, "jedel", "preferred_username", None), "secret")
    with pytest.raises(ProviderNotValid):
        await provider.metadata()


def test_certificates_are_never_waved_through() -> None:
    for path, tree in modules():
        for name, call in calls(tree):
            for word in call.keywords:
                loose = word.arg in {"verify", "check_hostname", "tls_insecure"}
                assert not (loose and getattr(word.value, "value", None) is not True), (
                    f"{path}:{call.lineno} {name}"
                )
            assert "CERT_NONE" not in name
        assert "CERT_NONE" not in (ROOT / path).read_text()
        assert "_create_unverified_context" not in (ROOT / path).read_text()


def test_everything_listens_at_home_unless_told_otherwise(settings: Settings) -> None:
    fresh = Settings(data_dir=settings.data_dir)
    assert (fresh.http_host, fresh.mqtt_host, fresh.dc09_host) == ("127.0.0.1",) * 3
