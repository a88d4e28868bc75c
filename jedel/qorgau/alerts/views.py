"""Alerts as screens and the journal see them. Pure; JSON's own types only."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np

from jedel.plates import keys, looks
from jedel.plates import model as plates
from jedel.plates.cameras.model import Camera
from jedel.plates.codec import UNKNOWN_2
from jedel.qorgau.alerts.limits import Limits
from jedel.qorgau.alerts.model import Alert
from jedel.qorgau.alerts.repository import Row, Told
from jedel.qorgau.model import CODES, FALSE_PLATE, Ground, codes
from jedel.qorgau.watch.reasons import Reason

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


def camera_view(camera: Camera) -> View:
    return {"number": camera.number, "name": camera.name, "lon": camera.lon, "lat": camera.lat}


def read_view(read: np.void, camera: Camera, grounds: int, score: int, alert_id: UUID) -> View:
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
        "camera": camera_view(camera) | {"id": str(camera.id), "heading": camera.heading},
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


def heading_of(read: np.void, camera: Camera) -> float | None:
    """The way the car drives: as the camera saw it, else as the camera's place says."""
    if read["heading_cdeg"] != UNKNOWN_2:
        return int(read["heading_cdeg"]) / 100
    return camera.heading


def passing_view(read: View) -> View:
    camera = {name: read["camera"][name] for name in ("number", "name", "lon", "lat")}
    return {"read_id": read["id"], "at": read["at"], "camera": camera, "heading": read["heading"]}


def bases(
    grounds: int, score: int, reasons: Sequence[Reason], limits: Limits, entry: UUID | None
) -> list[View]:
    """What each ground rests on; one of a list that nothing supports (any longer) is left out.

    ``basis`` changes when what stands behind the ground does, and a refutation of it holds no longer;
    ``action`` is what is asked for on this ground.

    Args:
        entry: the list's entry that the match named; it goes before others of its ground.
    """
    found: list[View] = []
    for ground, code in CODES.items():
        if not grounds & ground:
            continue
        base: View = {"ground": int(ground), "code": code, "score": score, "entry_id": None}
        own = [each for each in reasons if each.ground == ground]
        if own:
            chosen = next((each for each in own if each.entry_id == entry), own[0])
            base |= {
                "entry_id": str(chosen.entry_id) if chosen.entry_id else None,
                "action": chosen.action,
                "why": _why(chosen),
                "source": chosen.source or SYSTEM_SOURCE,
                "as_of": said(chosen.as_of),
                "basis": f"{chosen.entry_id};{_digest(chosen.detail)}",
            }
        elif ground & FALSE_PLATE:
            base |= {"action": limits.actions[ground], "why": dict(WHY[ground]), "source": SYSTEM_SOURCE}
            base |= {"as_of": None, "basis": ""}
        else:
            continue
        found.append(base)
    return found


def _why(reason: Reason) -> dict[str, str]:
    """In each language: what the law calls it, and what the list or the register says."""
    names = reason.names or WHY[reason.ground]
    detail = reason.detail
    more = dict.fromkeys(names, reason.text or "")
    if reason.ground == Ground.UNINSURED and detail.get("insured_until"):
        more = {language: f"{word} {detail['insured_until']}" for language, word in _UNTIL.items()}
    elif reason.ground == Ground.UNPAID_FINES and "count" in detail:
        more = {language: f"{detail['count']}, {detail.get('sum_tenge')} ₸" for language in names}
    elif reason.ground == Ground.SYSTEMATIC and "count" in detail:
        more = dict.fromkeys(names, f"{detail['count']}")
    return {
        language: f"{name}: {more[language]}" if more.get(language) else name
        for language, name in names.items()
    }


_UNTIL: Final = {"kk": "соңғы полис мерзімі", "ru": "последний полис до", "en": "last policy until"}


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
