"""XML from a camera as a tree: no document type and so no entities, a bounded depth and size. Pure."""

from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

DEPTH_MAX: Final = 64
ELEMENTS_MAX: Final = 50_000


class NotXml(ValueError):
    """The text is no XML, or deeper or longer than a camera's is."""


class Entities(ValueError):
    """It declares a document type, which no message of a camera has and every attack by entities needs."""


def parse(raw: bytes) -> Element:
    """The root element; names are ``{namespace}name``. Raises NotXml, Entities."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = elements = 0

    def doctype(*_declared: object) -> None:
        raise Entities

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > DEPTH_MAX or elements > ELEMENTS_MAX:
            raise NotXml
        builder.start(_named(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_named(name))

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, ValueError, LookupError) as fault:
        if isinstance(fault, Entities | NotXml):
            raise
        raise NotXml from fault
    return builder.close()


def _named(name: str) -> str:
    return "{" + name if "}" in name else name


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def child(element: Element | None, *path: str) -> Element | None:
    """The first child of each name in turn, whatever its namespace: cameras differ in them."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if local(each) == name), None)
    return element


def text(element: Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""
