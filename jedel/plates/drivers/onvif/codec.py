"""ONVIF Profile M: plates in a metadata stream's frames and in event notifications. Pure.

Read are ``tt:MetadataStream`` (``tt:VideoAnalytics/tt:Frame/tt:Object/tt:Appearance/tt:LicensePlateInfo``)
and WS-BaseNotification's ``wsnt:Notify`` in a SOAP envelope or bare, with ``tt:Message`` whose data holds a
``LicensePlateInfo`` (topic ``tns1:RuleEngine/Recognition/LicensePlate``). Source: ONVIF Analytics Service
Specification, "License plate", and the schema http://www.onvif.org/ver10/schema (metadatastream.xsd).

A camera says an object in every frame in which it sees it: the same object with the same plate within a
minute is one read.
"""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from jedel.plates.drivers.mapping import Paths, moment_us, number
from jedel.plates.drivers.onvif.xml import Entities, NotXml, child, local, parse, text
from jedel.plates.drivers.said import (
    MESSAGE_BYTES_MAX,
    READS_MAX,
    SAID_SURE,
    TEXT_MAX,
    Decoded,
    Reason,
    Said,
    picture,
    word,
)

PASSING_US: Final = 60_000_000
"""One object with one plate within so long is one read."""
_PLATE_ITEMS: Final = frozenset({"PlateNumber", "LicensePlate", "Plate"})
"""Names under which cameras without an element of their own put the plate among an event's simple items."""


def decode(raw: bytes, found: Paths) -> Decoded:
    """All plates of one message. One without any is no fault: cameras tell of other things as well."""
    if len(raw) > MESSAGE_BYTES_MAX:
        return Decoded(malformed=Reason.TOO_LONG)
    try:
        root = parse(raw)
    except Entities:
        return Decoded(malformed=Reason.ENTITIES)
    except NotXml:
        return Decoded(malformed=Reason.NOT_XML)
    reads: list[Said | Reason] = []
    beyond = 0
    for each in _reads(root, found):
        if len(reads) < READS_MAX:
            reads.append(each)
        else:
            beyond += 1
    return Decoded(reads, beyond=beyond)


def _reads(root: Element, found: Paths) -> Iterator[Said | Reason]:
    for element in root.iter():
        name = local(element)
        if name == "Frame":
            yield from _of_frame(element, found)
        elif name == "Message" and "UtcTime" in element.attrib:
            read = _of_event(element, found)
            if read is not None:
                yield read


def _of_frame(frame: Element, found: Paths) -> Iterator[Said | Reason]:
    """The plates of a frame; what is known of a plate's vehicle stands with it, or with the object that it
    names as its parent."""
    objects = [each for each in frame if local(each) == "Object"]
    by_id = {name: each for each in objects if (name := each.get("ObjectId"))}
    for each in objects:
        appearance = child(each, "Appearance")
        plate = child(appearance, "LicensePlateInfo")
        if plate is None:
            continue
        parent = by_id.get(each.get("Parent", ""))
        looks = [appearance, child(parent, "Appearance")]
        behaviour = child(each, "Behaviour") if parent is None else child(parent, "Behaviour")
        read = _said(plate, looks, frame.get("UtcTime"), text(child(behaviour, "Speed")), found)
        if isinstance(read, Said):
            read.name = "" if read.at_us is None else _passing(each, read.at_us, read.plate)
        yield read


def _of_event(message: Element, found: Paths) -> Said | Reason | None:
    """An event's plate; None where it is about something else."""
    plates = [each for each in message.iter() if local(each) == "LicensePlateInfo" and len(each)]
    items = {
        each.get("Name", ""): each.get("Value", "") for each in message.iter() if local(each) == "SimpleItem"
    }
    at = message.get("UtcTime")
    if plates:
        vehicle = next((each for each in message.iter() if local(each) == "VehicleInfo" and len(each)), None)
        holder = Element("Appearance")
        holder.extend([] if vehicle is None else [vehicle])
        read = _said(plates[-1], [holder], at, items.get("Speed", ""), found)
    else:
        said = next((value for name, value in items.items() if name in _PLATE_ITEMS), None)
        if said is None:
            return None
        bare = Element("LicensePlateInfo")
        number_ = Element("PlateNumber")
        number_.text = said
        bare.append(number_)
        read = _said(bare, [], at, items.get("Speed", ""), found)
    if (
        isinstance(read, Said)
        and read.confidence == found.mapping.confidence_unsaid
        and "Likelihood" in items
    ):
        read.confidence = _percent(items["Likelihood"], found.mapping.confidence_unsaid, read.wrong)
    return read


def _said(
    info: Element, looks: list[Element | None], at: str | None, speed: str, found: Paths
) -> Said | Reason:
    plate = child(info, "PlateNumber")
    said = text(plate)
    if not said:
        return Reason.NO_PLATE
    if len(said) > TEXT_MAX:
        return Reason.PLATE_TOO_LONG
    wrong: list[Reason] = []
    at_us = moment_us(at, found) if at else None
    if at_us is None:
        wrong.append(Reason.BAD_TIME)
    metres = number(speed, 0, 1_000) if speed else None
    if speed and metres is None:
        wrong.append(Reason.BAD_NUMBER)
    likely = (plate.get("Likelihood") if plate is not None else None) or text(child(info, "Likelihood"))
    vehicle = next((each for look in looks if (each := child(look, "VehicleInfo")) is not None), None)
    read = Said(plate=said, name="" if at_us is None else f"{at_us} {said}", at_us=at_us, wrong=wrong)
    read.speed_kmh = None if metres is None else metres * 3.6
    read.confidence = _percent(likely, found.mapping.confidence_unsaid, wrong)
    read.make, read.make_sure = _look(child(vehicle, "Brand"))
    read.body, read.body_sure = _look(child(vehicle, "Type"))
    read.colour, read.colour_sure = _colour(vehicle, looks)
    read.plate_picture = picture(text(child(info, "Image")), wrong)
    whole = next((each for look in looks if (each := child(look, "Image")) is not None), None)
    read.car_picture = picture(text(child(vehicle, "Image")) or text(whole), wrong)
    return read


def _colour(vehicle: Element | None, looks: list[Element | None]) -> tuple[str, int]:
    for holder in (vehicle, *looks):
        colour = child(holder, "Color")
        cluster = child(colour, "ColorCluster")
        named = child(cluster, "ColorString") if cluster is not None else colour
        if text(named):
            likely = child(cluster, "Likelihood") if cluster is not None else None
            sure = number(text(likely) or (named.get("Likelihood", "") if named is not None else ""), 0, 1)
            return word(text(named)), SAID_SURE if sure is None else round(100 * sure)
    return "", 0


def _passing(of: Element, at_us: int, plate: str) -> str:
    return f"o{of.get('ObjectId', '')[:TEXT_MAX]} {at_us // PASSING_US} {plate}"


def _look(element: Element | None) -> tuple[str, int]:
    said = word(text(element))
    if not said or element is None:
        return "", 0
    sure = number(element.get("Likelihood", ""), 0, 1)
    return said, SAID_SURE if sure is None else round(100 * sure)


def _percent(likely: str, unsaid: int, wrong: list[Reason]) -> int:
    if not likely:
        return unsaid
    found = number(likely, 0, 1)
    if found is None:
        wrong.append(Reason.BAD_NUMBER)
        return unsaid
    return round(100 * found)
