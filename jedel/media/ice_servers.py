"""STUN and TURN servers for browsers, as the setting names them.

An entry of the setting is what RTCPeerConnection takes, ``{"urls": …, "username": …, "credential": …}``, or
``{"urls": …, "secret": …}``: coturn's shared secret (`use-auth-secret`), of which everybody gets a name and a
password that are good for `GOOD_S` (draft-uberti-behave-turn-rest).
"""

import base64
import hmac
from typing import Any, Final

import orjson

GOOD_S: Final = 12 * 3600
SERVERS_MAX: Final = 16


class IceFault(ValueError):
    """What is wrong with the setting."""


def read(text: str) -> list[dict[str, Any]]:
    """The setting's entries. Raises IceFault."""
    try:
        said = orjson.loads(text or "[]")
    except orjson.JSONDecodeError as error:
        raise IceFault(f"it is no JSON: {error}") from None
    if not isinstance(said, list) or len(said) > SERVERS_MAX:
        raise IceFault(f"it is no list of at most {SERVERS_MAX}")
    for one in said:
        urls = one.get("urls") if isinstance(one, dict) else None
        every = [urls] if isinstance(urls, str) else urls
        if not isinstance(every, list) or not every:
            raise IceFault("an entry names no urls")
        if not all(isinstance(url, str) and url.split(":")[0] in {"stun", "turn", "turns"} for url in every):
            raise IceFault("addresses begin with stun:, turn: or turns:")
        one["urls"] = every
    return said


def given(servers: list[dict[str, Any]], who: str, now_s: float) -> list[dict[str, Any]]:
    """What ``who`` gets of them now."""
    return [_given(one, who, int(now_s) + GOOD_S) for one in servers]


def _given(one: dict[str, Any], who: str, until_s: int) -> dict[str, Any]:
    if "secret" not in one:
        return {name: one.get(name) for name in ("urls", "username", "credential")}
    username = f"{until_s}:{who}"
    digest = hmac.digest(str(one["secret"]).encode(), username.encode(), "sha1")
    return {"urls": one["urls"], "username": username, "credential": base64.b64encode(digest).decode()}
