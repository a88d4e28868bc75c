"""Reads vector tiles: a decoder of its own, written from the specification (Mapbox vector tile 2.1)."""

from typing import Any

Feature = dict[str, Any]


def decoded(raw: bytes) -> dict[str, list[Feature]]:
    """Layer → features: {id, x, y, **properties}."""
    found = {}
    for field, body in _fields(raw):
        assert field == 3
        name, features = _layer(body)
        assert name not in found
        found[name] = features
    return found


def _layer(raw: bytes) -> tuple[str, list[Feature]]:
    parts = list(_fields(raw))
    (name,) = [body.decode() for field, body in parts if field == 1]
    keys = [body.decode() for field, body in parts if field == 3]
    values = [_value(body) for field, body in parts if field == 4]
    assert {field: body for field, body in parts if field in (5, 15)} == {5: 4096, 15: 2}
    return name, [_feature(body, keys, values) for field, body in parts if field == 2]


def _value(raw: bytes) -> Any:
    ((field, body),) = _fields(raw)
    return body.decode() if field == 1 else {5: int, 7: bool}[field](body)


def _feature(raw: bytes, keys: list[str], values: list[Any]) -> Feature:
    parts = dict(_fields(raw))
    assert parts[3] == 1, "a point"
    tags, geometry = list(_varints(parts[2])), list(_varints(parts[4]))
    assert geometry[0] == 9, "one move"
    x, y = ((value >> 1) ^ -(value & 1) for value in geometry[1:])
    properties = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
    return (
        {"id": parts[1], "x": x, "y": y}
        | ({"camera": properties.pop("id")} if "id" in properties else {})
        | properties
    )


def _fields(raw: bytes) -> Any:
    at = 0
    while at < len(raw):
        head, at = _varint(raw, at)
        if head & 7 == 0:
            value, at = _varint(raw, at)
            yield head >> 3, value
        else:
            assert head & 7 == 2
            size, at = _varint(raw, at)
            yield head >> 3, raw[at : at + size]
            at += size
    assert at == len(raw)


def _varints(raw: bytes) -> Any:
    at = 0
    while at < len(raw):
        value, at = _varint(raw, at)
        yield value


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
