"""Alerts as screens and the journal see them. Pure; JSON's own types only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np

from jedel.plates import keys, looks
from jedel.plates import model as plates
from jedel.plates.codec import UNKNOWN_2
from jedel.qorgau.alerts.model import Alert
from jedel.qorgau.alerts.repository import Row, Told
from jedel.qorgau.model import CODES, Ground, codes

View = dict[str, Any]

READERS: Final = ("jedel", "http", "onvif", "mqtt")
PICTURES: Final = (("plate", 1), ("car", 2))
SYSTEM_SOURCE: Final = "jedel"

WHY: Final[Mapping[Ground, Mapping[str, str]]] = {
    Ground.WANTED: {
        "kk": "Көлік іздеуде",
        "ru": "Автомобиль в розыске",
        "en": "The vehicle is wanted",
    },
    Ground.UNINSURED: {
        "kk": "Міндетті сақтандыру жоқ",
        "ru": "Нет обязательной страховки",
        "en": "No compulsory insurance",
    },
    Ground.UNPAID_FINES: {
        "kk": "Төленбеген айыппұлдар",
        "ru": "Неоплаченные штрафы",
        "en": "Unpaid fines",
    },
    Ground.SYSTEMATIC: {
        "kk": "Жүйелі бұзушы",
        "ru": "Систематический нарушитель",
        "en": "Systematic violator",
    },
    Ground.DEPARTMENT: {
        "kk": "Ведомство тізімінде",
        "ru": "В списке ведомства",
        "en": "On the department's list",
    },
    Ground.TWO_PLACES: {
        "kk": "Бір нөмір екі жерде: жолмен бұлай тез жету мүмкін емес",
        "ru": "Один номер в двух местах: по дороге так быстро не доехать",
        "en": "One plate at two places, faster than the road allows",
    },
    Ground.LOOKS_DIFFER: {
        "kk": "Көліктің түрі тіркеу деректеріне сәйкес емес",
        "ru": "Вид автомобиля не совпадает с учётом",
        "en": "The vehicle does not look as the register says",
    },
    Ground.NOT_ON_REGISTER: {
        "kk": "Нөмір тіркеуде жоқ немесе есептен шығарылған",
        "ru": "Номера нет на учёте или он снят с учёта",
        "en": "The plate is not on the register or was taken off it",
    },
    Ground.IMPOSSIBLE_PLATE: {
        "kk": "Мұндай нөмір сериясы болмайды",
        "ru": "Такой серии номеров не бывает",
        "en": "There is no such series of plates",
    },
}


def moment(us: int) -> datetime:
    """Microseconds since 1970 as a time."""
    return datetime.fromtimestamp(us // 1_000_000, UTC).replace(microsecond=us % 1_000_000)


def said(at: datetime) -> str:
    """A time as JSON says it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def alert_id_of(read_id: UUID) -> UUID:
    """The alert that a read opens where it opens one."""
    return UUID(int=read_id.int ^ 0x716F_7267_6175)


def camera_view(camera: Row) -> View:
    return {"number": camera["number"], "name": camera["name"], "lon": camera["lon"], "lat": camera["lat"]}


def read_view(read: np.void, camera: Row, grounds: int, score: int, alert_id: UUID) -> View:
    """A read as every screen knows reads; its pictures are asked for by the alert, so that an officer who may
    see the one may see the others."""
    read_id = UUID(bytes=bytes(read["id"]))
    text = keys.text(int(read["plate"]))
    plate = plates.parse(text)
    address = f"/api/qorgau/alerts/{alert_id}/pictures"
    return {
        "id": str(read_id),
        "plate": text,
        "series": plate.series,
        "region": plate.region,
        "at": said(moment(int(read["at_us"]))),
        "heard_at": said(moment(int(read["heard_us"]))),
        "camera": camera_view(camera) | {"id": str(camera["id"]), "heading": camera["heading"]},
        "heading": heading_of(read, camera),
        "speed_kmh": None if read["speed_dkmh"] == UNKNOWN_2 else int(read["speed_dkmh"]) / 10,
        "confidence": int(read["confidence"]),
        "weakest": int(read["weakest"]),
        "frames": int(read["frames"]),
        "make": looks.code("make", int(read["make"])),
        "colour": looks.code("colour", int(read["colour"])),
        "body": looks.code("body", int(read["body"])),
        "grounds": list(codes(grounds)),
        "score": score,
        "pictures": {
            which: f"{address}/{which}?read={read_id}" if int(read["pictures"]) & bit else None
            for which, bit in PICTURES
        },
        "reader": READERS[int(read["reader"])] if int(read["reader"]) < len(READERS) else "other",
    }


def heading_of(read: np.void, camera: Row) -> float | None:
    """The way the car drives: as the camera saw it, else as the camera's place says."""
    if read["heading_cdeg"] != UNKNOWN_2:
        return int(read["heading_cdeg"]) / 100
    return None if camera["heading"] is None else float(camera["heading"])


def passing_view(read: View) -> View:
    camera = {name: read["camera"][name] for name in ("number", "name", "lon", "lat")}
    return {"read_id": read["id"], "at": read["at"], "camera": camera, "heading": read["heading"]}


def bases(
    grounds: int, score: int, entries: Iterable[Row], computed: Iterable[Row], entry: UUID | None
) -> list[View]:
    """What each ground rests on. ``basis`` changes when what stands behind the ground does, and a refutation
    of it holds no longer; ``action`` is what the entry asks for.

    Args:
        entry: the entry that the match named; it stands for its ground even where it has just been revoked.
    """
    found: list[View] = []
    by_ground: dict[int, list[Row]] = {}
    for row in entries:
        by_ground.setdefault(row["ground"], []).append(row)
    detail = {row["ground"]: row for row in computed}
    for ground, code in CODES.items():
        if not grounds & ground:
            continue
        base: View = {"ground": int(ground), "code": code, "score": score, "entry_id": None, "action": None}
        base |= {"why": dict(WHY[ground]), "source": SYSTEM_SOURCE, "as_of": None, "basis": ""}
        rows = by_ground.get(ground, [])
        if rows:
            chosen = next((row for row in rows if row["id"] == entry), rows[0])
            base |= {
                "entry_id": str(chosen["id"]),
                "action": chosen["action"],
                "why": chosen["reason"],
                "source": chosen["source"],
                "as_of": said(chosen["as_of"]),
                "basis": said(chosen["as_of"]),
            }
        elif ground in detail:
            row = detail[ground]
            base |= {
                "source": row["source"] or SYSTEM_SOURCE,
                "as_of": said(row["as_of"]) if row["as_of"] else None,
                "basis": _digest(row["detail"]),
            }
        found.append(base)
    return found


def _digest(detail: Mapping[str, Any]) -> str:
    return ";".join(f"{name}={detail[name]}" for name in sorted(detail))


def alert_view(alert: Alert, told: Sequence[Told], answers: Sequence[Row]) -> View:
    """`schemas.AlertView`."""
    return {
        "id": str(alert.id),
        "region": alert.region,
        "plate": alert.read["plate"],
        "series": alert.read["series"],
        "state": alert.state,
        "confirmed": alert.confirmed,
        "action": alert.action,
        "priority": alert.priority,
        "grounds": [
            {name: base[name] for name in ("code", "score", "entry_id", "why", "source", "as_of")}
            for base in alert.bases
        ],
        "score": alert.score,
        "read": dict(alert.read),
        "passings": [dict(passing) for passing in alert.passings],
        "pair": dict(alert.pair) if alert.pair else None,
        "units": [_told_view(unit, alert.updated_at) for unit in told],
        "register": dict(alert.register) if alert.register else None,
        "opened_at": said(alert.opened_at),
        "updated_at": said(alert.updated_at),
        "ends_at": said(alert.ends_at),
        "answers": [_answer_view(row) for row in answers],
    }


def _told_view(told: Told, now: datetime) -> View:
    left = max((told.meets_at - now).total_seconds() / 60, 0.0)
    return {
        "unit_id": str(told.unit_id),
        "call_sign": told.call_sign,
        "minutes_left": round(left, 1),
        "meets_at": said(told.meets_at),
        "chance": round(told.chance, 2),
        "meet": dict(told.meet),
        "told_at": said(told.told_at),
        "answer": told.answer,
    }


def _answer_view(row: Row) -> View:
    kind, _, who = row["actor"].partition(":")
    return {
        "unit_id": str(row["unit_id"]) if row["unit_id"] else None,
        "account": who if kind == "account" else None,
        "answer": row["answer"],
        "reason": row["reason"],
        "at": said(row["at"]),
    }
