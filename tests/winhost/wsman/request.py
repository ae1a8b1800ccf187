# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request as the service reads it: hardened XML, its headers, the body's first element."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from winhost.wsman import faults
from winhost.wsman import names as ns

_MAX_DEPTH = 64
_DURATION = re.compile(
    r"^P(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?$"
)


@dataclass(slots=True)
class Option:
    name: str
    value: str
    must_comply: bool


@dataclass(slots=True)
class Request:
    """One parsed envelope."""

    headers: dict[str, etree._Element] = field(default_factory=dict)
    body: etree._Element | None = None
    action: str = ""
    message_id: str = ""
    resource_uri: str = ""
    operation_timeout: float | None = None
    max_envelope_size: int | None = None
    locale: str | None = None
    selectors: dict[str, str] = field(default_factory=dict)
    options: dict[str, Option] = field(default_factory=dict)
    identify: bool = False

    @property
    def body_name(self) -> str:
        return str(self.body.tag) if self.body is not None else ""


def truth(text: str | None) -> bool:
    return (text or "").strip() in ("true", "1")


def text_of(element: etree._Element | None) -> str:
    """The text of an element, blanks at both ends removed; "" when it is missing."""
    return (element.text or "").strip() if element is not None else ""


def duration(text: str) -> float | None:
    """Seconds of an xs:duration without years and months; None when it is none."""
    match = _DURATION.match(text.strip())
    if match is None or not any(match.groupdict().values()):
        return None
    part = {name: float(value or 0) for name, value in match.groupdict().items()}
    return part["days"] * 86400 + part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"]


def parse_xml(payload: bytes) -> etree._Element:
    """The document element; a Fault for anything that is not sound XML, holds a DTD or nests too deep."""
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(payload, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise faults.invalid_xml(f"The request is not well-formed XML: {str(error)[:200]}") from None
    tree = root.getroottree()
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise faults.invalid_xml("A document type declaration is not allowed.")
    if _too_deep(root):
        raise faults.invalid_xml("The elements nest too deep.")
    return root


def _too_deep(root: etree._Element) -> bool:
    depth = 0
    for event, _unused in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _MAX_DEPTH:
            return True
    return False


def parse(payload: bytes) -> Request:
    """Read one envelope. Raises Fault with what a WinRM service says to something that is none."""
    root = parse_xml(payload)
    if root.tag != f"{{{ns.SOAP}}}Envelope":
        if etree.QName(root).localname == "Envelope":
            raise faults.Fault("s:VersionMismatch", 0x8033800D, "The SOAP version of the request is not supported.")
        raise faults.invalid_xml("The document element is not a SOAP envelope.")
    parts = [child for child in root if isinstance(child.tag, str)]
    header = next((child for child in parts if child.tag == f"{{{ns.SOAP}}}Header"), None)
    body = next((child for child in parts if child.tag == f"{{{ns.SOAP}}}Body"), None)
    if body is None:
        raise faults.Fault("w:InvalidBody", faults.INVALID_BODY, "The request has no SOAP body.")
    request = Request()
    request.body = next((child for child in body if isinstance(child.tag, str)), None)
    request.identify = request.body_name == f"{{{ns.IDENTITY}}}Identify"
    for child in header if header is not None else ():
        if isinstance(child.tag, str):
            if child.tag in request.headers:
                raise faults.invalid_header(f"The header {etree.QName(child).localname} appears twice.")
            request.headers[child.tag] = child
    _read_headers(request)
    return request


def _read_headers(request: Request) -> None:
    get = request.headers.get
    request.action = text_of(get(f"{{{ns.ADDRESSING}}}Action"))
    request.message_id = text_of(get(f"{{{ns.ADDRESSING}}}MessageID"))
    request.resource_uri = text_of(get(f"{{{ns.WSMAN}}}ResourceURI"))
    locale = get(f"{{{ns.WSMAN}}}Locale")
    request.locale = locale.get(ns.XML_LANG) if locale is not None else None
    selector_set = get(f"{{{ns.WSMAN}}}SelectorSet")
    for element in selector_set if selector_set is not None else ():
        name = (element.get("Name") or "").casefold()
        if name in request.selectors:
            raise faults.selectors(faults.DUPLICATE_SELECTORS, f"The selector {name} appears twice.")
        request.selectors[name] = text_of(element)
    option_set = get(f"{{{ns.WSMAN}}}OptionSet")
    for element in option_set if option_set is not None else ():
        name = element.get("Name") or ""
        request.options[name.upper()] = Option(
            name, text_of(element), truth(element.get("MustComply") or element.get("mustComply"))
        )
