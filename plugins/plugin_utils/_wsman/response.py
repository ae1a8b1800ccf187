# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an answer: a SOAP envelope that relates to what was sent and holds what was asked for, or the fault in it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from . import errors, uris
from .envelope import Envelope
from .faults import parse_fault
from .values import Row, element_row
from .xmlread import child, descend, local, parse, text_of


def _check_relation(header: ET.Element | None, envelope: Envelope, *, fault: bool) -> None:
    """RelatesTo must name our message. A fault may lack it (Windows quota faults do), an answer may not."""
    if not envelope.message_id:
        return
    relates_to = text_of(child(header, "RelatesTo"))
    if not relates_to and fault:
        return
    if relates_to.casefold() != envelope.message_id.casefold():
        raise errors.WrongRelatesTo(
            f"the answer relates to {relates_to[:80] or 'no message'}, not to {envelope.message_id} which was sent",
            do="The connection is out of step or something between rewrites messages: connect again.",
        )


def _check_action(header: ET.Element | None, envelope: Envelope) -> None:
    """The last segment of the action must be the expected one; WMI may spell the class differently before it."""
    action = text_of(child(header, "Action"))
    expected = envelope.message.expects
    if expected and action and action.rpartition("/")[2].casefold() != expected.casefold():
        raise errors.UnexpectedResponse(f"the answer's action is {action[:200]}, expected one ending in {expected}")


def read_body(data: bytes, envelope: Envelope) -> ET.Element:
    """The SOAP body of the answer to an envelope.

    Raises faults.WSManFault for a fault, errors.MalformedResponse, errors.WrongRelatesTo, errors.UnexpectedResponse.
    """
    root = parse(data)
    if root.tag != f"{{{uris.SOAP}}}Envelope":
        raise errors.MalformedResponse(
            f"the answer's root element is {local(root)[:60]}, not a SOAP 1.2 envelope",
            do="Check that the port and path belong to WinRM.",
        )
    header, body = child(root, "Header"), child(root, "Body")
    if body is None:
        raise errors.MalformedResponse("the answer's envelope has no body")
    fault = child(body, "Fault")
    _check_relation(header, envelope, fault=fault is not None)
    if fault is not None:
        raise parse_fault(fault, envelope.data)
    _check_action(header, envelope)
    return body


def read_instance(body: ET.Element) -> Row:
    """The one instance in the body of a GetResponse."""
    instance = next(iter(body), None)
    if instance is None:
        raise errors.UnexpectedResponse("the answer's body is empty, expected an instance")
    return element_row(instance)


def read_output(body: ET.Element, method: str) -> Row:
    """The output of a method: <Method>_OUTPUT in any namespace."""
    output = next((item for item in body if local(item).casefold() == f"{method}_OUTPUT".casefold()), None)
    if output is None:
        held = local(next(iter(body))) if len(body) else "nothing"
        raise errors.UnexpectedResponse(f"the answer holds {held[:60]}, expected {method}_OUTPUT")
    return element_row(output)


def expect(body: ET.Element, name: str) -> ET.Element:
    """The body's child of that local name; UnexpectedResponse when it is not there."""
    found = descend(body, name)
    if found is None:
        held = local(next(iter(body))) if len(body) else "nothing"
        raise errors.UnexpectedResponse(f"the answer holds {held[:60]}, expected {name}")
    return found
