"""The doctor's look at NATS."""

import asyncio
from datetime import datetime

import nats
import orjson
from nats.errors import Error as NatsError

from jedel.app import waiting
from jedel.app.examine.database import compare_clocks
from jedel.app.examine.finding import Finding, fault, ok, skipped, warning
from jedel.app.settings import Settings
from jedel.kernel.clock import Clock

_WITHIN_S = 5


def examine(url: str | None, clock: Clock, settings: Settings) -> list[Finding]:
    """Reachable, lets us in, JetStream on, its clock, and whether devices can log in."""
    if url is None:
        return [skipped("nats", "JEDEL_NATS_URL is not set and no `jedel up` runs on this data folder")]
    why = waiting.nats_fault(url)
    if why is not None:
        return [fault("nats_unreachable", why, "start NATS, or put JEDEL_NATS_URL right")]
    try:
        findings = asyncio.run(_inside(url, clock))
    except (NatsError, OSError, TimeoutError) as problem:
        remedy = "check user and password in JEDEL_NATS_URL"
        return [fault("nats_refuses", f"{waiting.place(url)}: {str(problem) or repr(problem)}", remedy)]
    if settings.nats_url is not None and settings.nats_issuer_file is None:
        what = "JEDEL_NATS_ISSUER_FILE is not set: devices cannot log in by MQTT"
        findings.append(
            warning("no_issuer", what, "give the gateway the seed named by `issuer` in NATS's settings")
        )
    return findings


async def _inside(url: str, clock: Clock) -> list[Finding]:
    client = await nats.connect(url, connect_timeout=_WITHIN_S, allow_reconnect=False)
    try:
        answer = orjson.loads((await client.request("$JS.API.INFO", b"", timeout=_WITHIN_S)).data)
        if "error" in answer:
            return [
                fault(
                    "no_jetstream", answer["error"]["description"], "switch JetStream on in NATS's settings"
                )
            ]
        before = clock.now()
        answer = await client.request("$JS.API.STREAM.INFO.JOURNAL", b"", timeout=_WITHIN_S)
        after = clock.now()
    except nats.errors.NoRespondersError:
        return [fault("no_jetstream", "JetStream does not answer", "switch JetStream on in NATS's settings")]
    finally:
        await client.close()
    findings = [ok("nats", f"{waiting.place(url)}, JetStream answers")]
    at = orjson.loads(answer.data).get("ts")
    if at is not None:
        findings.append(
            compare_clocks("NATS", before, datetime.fromisoformat(at[:26].rstrip("Z") + "+00:00"), after)
        )
    return findings
