"""A department's own service, as a connector meets it: JSON over HTTP, and SOAP with its WSDL."""

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from jedel.app.embedded.child import free_port
from tests.support import eventually

WSDL = """<?xml version="1.0"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:fines" targetNamespace="urn:fines">
  <types><x:schema targetNamespace="urn:fines" elementFormDefault="qualified">
    <x:element name="Changes"><x:complexType><x:sequence>
      <x:element name="since" type="x:string" minOccurs="0"/><x:element name="limit" type="x:int"/>
    </x:sequence></x:complexType></x:element>
    <x:element name="ChangesAnswer"><x:complexType><x:sequence>
      <x:element name="fine" minOccurs="0" maxOccurs="unbounded"><x:complexType><x:sequence>
        <x:element name="no" type="x:string"/><x:element name="grnz" type="x:string"/>
        <x:element name="article" type="x:string"/><x:element name="sum" type="x:int"/>
        <x:element name="day" type="x:date"/>
      </x:sequence></x:complexType></x:element>
      <x:element name="last" type="x:string"/><x:element name="at" type="x:dateTime"/>
    </x:sequence></x:complexType></x:element>
  </x:schema></types>
  <message name="In"><part name="p" element="t:Changes"/></message>
  <message name="Out"><part name="p" element="t:ChangesAnswer"/></message>
  <portType name="Port"><operation name="Changes">
    <input message="t:In"/><output message="t:Out"/></operation></portType>
  <binding name="Binding" type="t:Port"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Changes"><s:operation soapAction="urn:fines#Changes" style="document"/>
      <input><s:body use="literal"/></input><output><s:body use="literal"/></output></operation></binding>
  <service name="Fines"><port name="Port" binding="t:Binding"><s:address location="%s"/></port></service>
</definitions>"""


@dataclass
class RegisterSource:
    """Rows in the order in which they changed; `position` is how many somebody has. `fault`: what it does
    instead of answering."""

    url: str
    rows: list[dict[str, object]] = field(default_factory=list)
    at: str = "2026-11-22T10:00:00+00:00"
    fault: str | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    def page(self, since: str | None, limit: int) -> tuple[list[dict[str, object]], int]:
        start = int(since or 0)
        rows = self.rows[start : start + limit]
        return rows, start + len(rows)


@asynccontextmanager
async def running() -> AsyncIterator[RegisterSource]:
    port = free_port()
    source = RegisterSource(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(
        uvicorn.Config(_app(source), host="127.0.0.1", port=port, log_config=None, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    try:
        yield source
    finally:
        server.should_exit = True
        await serving


def _app(source: RegisterSource) -> FastAPI:
    app = FastAPI()

    async def failing(request: Request) -> Response | None:
        source.asked.append(dict(request.query_params) | {"auth": request.headers.get("authorization", "")})
        match source.fault:
            case None:
                return None
            case "slow":
                while (await request.receive())["type"] != "http.disconnect":
                    pass  # until who asked has had enough
                return Response(status_code=500)
            case "html":
                return Response("<html>maintenance</html>", media_type="text/html")
            case "shape":
                return JSONResponse({"data": {"items": "none"}})
            case code:
                return Response(status_code=int(code))

    @app.get("/changes")
    async def changes(request: Request, since: str | None = None, limit: int = 1000) -> Response:
        if (answer := await failing(request)) is not None:
            return answer
        rows, last = source.page(since, limit)
        said = {"items": rows, "last": str(last), "more": last < len(source.rows), "at": source.at}
        return JSONResponse({"data": said})

    @app.get("/fines.wsdl")
    async def wsdl() -> Response:
        return Response(WSDL % f"{source.url}/soap", media_type="text/xml")

    @app.post("/soap")
    async def soap(request: Request) -> Response:
        if (answer := await failing(request)) is not None:
            return answer
        asked = ET.fromstring(await request.body())
        said = {element.tag.rpartition("}")[2]: element.text for element in asked.iter()}
        rows, last = source.page(said.get("since"), int(said["limit"] or 0))
        fines = "".join(
            "<fine>"
            + "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in row.items())
            + "</fine>"
            for row in rows
        )
        body = (
            f'<ChangesAnswer xmlns="urn:fines">{fines}<last>{last}</last><at>{source.at}</at></ChangesAnswer>'
        )
        envelope = (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
            f"{body}</e:Body></e:Envelope>"
        )
        return Response(envelope, media_type="text/xml")

    return app
