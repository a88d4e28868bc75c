"""A work order: what the owner of a camera is asked to mend, and how far that is. Pure.

A letter is not sent by us: the order is exported, said on NATS by the journal's entry, and listed. It ends by
itself when the camera sees again, whatever its state is.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from jedel.cameras.health.model import Code

OPEN_AFTER: Final = timedelta(minutes=15)
"""A fault that lasts so long is not a restart."""


class OrderState(StrEnum):
    OPENED = "opened"
    SENT = "sent"  # the owner has it
    ACKNOWLEDGED = "acknowledged"  # and says that he will come
    DONE = "done"


_STEPS: Final = {
    OrderState.OPENED: {OrderState.SENT, OrderState.ACKNOWLEDGED, OrderState.DONE},
    OrderState.SENT: {OrderState.ACKNOWLEDGED, OrderState.DONE},
    OrderState.ACKNOWLEDGED: {OrderState.DONE},
    OrderState.DONE: set(),
}


@dataclass(frozen=True, slots=True)
class Order:
    """``owner``, ``contact``: as they were when it was opened. ``since``, ``until``: of the fault. ``site``:
    its names by language."""

    id: UUID
    number: int
    region: str
    camera_id: UUID
    fault_id: UUID
    code: Code
    owner: str
    contact: str
    state: OrderState
    note: str
    opened_at: datetime
    sent_at: datetime | None
    acknowledged_at: datetime | None
    done_at: datetime | None
    camera_name: str
    camera_number: int
    lon: float
    lat: float
    since: datetime
    until: datetime | None
    site: dict[str, str] | None = None
    address: str | None = None

    def step(self, to: OrderState, note: str, at: datetime) -> "Order | None":
        """The order in another state; None where that does not follow from this one."""
        if to not in _STEPS[self.state]:
            return None
        stamp = {
            OrderState.SENT: {"sent_at": at},
            OrderState.ACKNOWLEDGED: {"acknowledged_at": at},
            OrderState.DONE: {"done_at": at},
        }[to]
        return replace(self, state=to, note=note or self.note, **stamp)  # type: ignore[arg-type]


FAULTS: Final = {
    Code.NO_FRAMES: {
        "kk": "камерадан кескін келмейді",
        "ru": "от камеры не поступает изображение",
        "en": "the camera gives no picture",
    },
    Code.BLACK: {
        "kk": "кескін біртұтас қараңғы немесе жабық",
        "ru": "изображение тёмное или объектив закрыт",
        "en": "the picture is one even surface: dark or covered",
    },
    Code.FROZEN: {"kk": "кескін қатып қалған", "ru": "изображение замерло", "en": "the picture stands still"},
    Code.BLURRED: {"kk": "кескін бұлыңғыр", "ru": "изображение нерезкое", "en": "the picture is blurred"},
    Code.MOVED: {
        "kk": "камераның бағыты өзгерген",
        "ru": "камера повёрнута: показывает другое место",
        "en": "the camera was turned: it shows another scene",
    },
    Code.CLOCK_WRONG: {
        "kk": "камераның сағаты қате",
        "ru": "часы камеры идут неверно",
        "en": "the camera's clock is wrong",
    },
    Code.STORAGE_SHORT: {
        "kk": "жазба толық сақталмайды",
        "ru": "запись хранится не полностью",
        "en": "its recording is not kept in full",
    },
}
_TEXT: Final = {
    "kk": "№{order} тапсырыс. «{camera}» камерасы (№{number}{place}) {since} бастап жұмыс істемейді: "
    "{fault}. Ақауды жойып, бізге хабарлауыңызды сұраймыз.",
    "ru": "Заявка № {order}. Камера «{camera}» (№ {number}{place}) не работает с {since}: "
    "{fault}. Просим устранить неисправность и сообщить нам.",
    "en": "Work order {order}. Camera “{camera}” (no. {number}{place}) has not worked since {since}: "
    "{fault}. Please mend it and tell us.",
}


def text(order: Order, language: str, local: datetime) -> str:
    """What the owner is told. ``local``: the fault's beginning by the local clock."""
    where = [(order.site or {}).get(language, ""), order.address or ""]
    place = "".join(f", {part}" for part in where if part)
    return _TEXT[language].format(
        order=order.number,
        camera=order.camera_name,
        number=order.camera_number,
        place=place,
        since=f"{local:%d.%m.%Y %H:%M}",
        fault=FAULTS[order.code][language],
    )
