# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages captured from real hosts: themselves where the folder is there, and always rebuilt from their digests.

The digests (tools/capture_digest.py) hold names and nesting; the skeletons get synthetic text.
"""

from __future__ import annotations

import importlib.util
import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import (
    errors,
    faults,
    messages,
    response,
    shell,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.enumeration import Enumeration
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.envelope import Envelope
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.identify import read_identify_response
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.xmlread import parse

ROOT = Path(__file__).resolve().parents[5]
DIGESTS = ROOT / "tests" / "unit" / "fixtures" / "capture_digests"
CAPTURES = Path(os.environ.get("WINLEGACY_CAPTURES", ROOT.parent / "shared" / "captures"))

NAMES = sorted(str(path.relative_to(DIGESTS).with_suffix("")) for path in DIGESTS.glob("*/*.json"))
CAPTURED = sorted(str(path.relative_to(CAPTURES).with_suffix("")) for path in CAPTURES.glob("*/*.xml"))
# No message relates to ours: identify's envelope stands for "whatever was asked".
ANY = Envelope(b"", "", messages.identify())

# What the class of each captured fault must be, from the captures' own list of codes and subcodes.
FAULTS = {
    "masterzen/executeCommandResponseWithError": (faults.CommandFailed, 2147942606),
    "masterzen/operationTimeoutResponse": (faults.OperationTimeout, 2150858793),
    "opennms/get-response-fault": (faults.ResourceNotFound, 2150858752),
    "pywinrm/test_exceptions_0": (faults.UnsupportedFeature, None),
    "pywinrm/test_exceptions_1": (faults.WSManFault, None),
    "pywinrm/test_exceptions_2": (faults.OperationTimeout, 2150858793),
    "pywinrm/test_exceptions_3": (faults.SchemaError, 2150858817),
    "pywinrm/test_exceptions_4": (faults.OperationQuotaExceeded, 2150859174),
    "winrb/get_omi_config_response": (faults.WSManFault, None),
    "winrb/soap_fault_omi": (faults.WSManFault, None),
    "winrb/soap_fault_v1": (faults.ClassNotFound, 2150858778),
    "winrb/soap_fault_v2": (faults.ClassNotFound, 2150858778),
    "winrb/wmi_error_v2": (faults.ShellQuotaExceeded, 2150859173),
}


def understood(name: str, data: bytes) -> object:
    """Read a response all the way to what a caller gets; the dispatch is on the capture's own element names."""
    body = response.read_body(data, ANY)
    held = [item.tag.rpartition("}")[2] for item in body]
    first = held[0] if held else ""
    if first == "IdentifyResponse":
        return read_identify_response(body)
    if first in {"ResourceCreated", "Shell"}:
        return shell.read_shell_id(body)
    if first == "CommandResponse":
        return shell.read_command_id(body)
    if first == "ReceiveResponse":
        owner = next(item.get("CommandId") for item in body[0])
        assert owner
        return shell.read_output(body, owner)
    if first.endswith("_OUTPUT"):
        return response.read_output(body, first.removesuffix("_OUTPUT"))
    if first in {"EnumerateResponse", "PullResponse"}:
        walk = Enumeration("root/cimv2", "SELECT * FROM X")
        if first == "PullResponse":
            context = b"<EnumerationContext>c</EnumerationContext>"
            walk.receive(parse(b"<b><EnumerateResponse>" + context + b"</EnumerateResponse></b>"))
        walk.receive(body)
        return walk
    assert name.endswith(("cleanup_cmd_response", "close_shell_response", "run_cmd_send_input_response")) or first in {
        "SignalResponse",
        "SendResponse",
    }, f"{name} holds {held}: nothing reads that"
    return None


# --- the captures themselves ----------------------------------------------------------------------------------------


@pytest.mark.skipif(not CAPTURED, reason="no captures folder beside the checkout (WINLEGACY_CAPTURES)")
class TestCaptures:
    @pytest.mark.parametrize("name", CAPTURED)
    def test_a_response_is_understood(self, name: str) -> None:
        data = (CAPTURES / f"{name}.xml").read_bytes()
        if name not in FAULTS:
            understood(name, data)
            return
        kind, code = FAULTS[name]
        with pytest.raises(faults.WSManFault) as caught:
            understood(name, data)
        assert caught.type is kind
        assert caught.value.code == code

    def test_digests_are_those_of_the_captures(self) -> None:
        spec = importlib.util.spec_from_file_location("capture_digest", ROOT / "tools" / "capture_digest.py")
        assert spec is not None
        assert spec.loader is not None
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        made = {name: tool.digest(CAPTURES / f"{name}.xml") for name in CAPTURED}
        assert made == {name: load(name) for name in NAMES}

    def test_values_of_a_few(self) -> None:
        def read(name: str) -> Any:
            return understood(name, (CAPTURES / f"{name}.xml").read_bytes())

        identity = read("web/identify_auth_6.3.9600_basic")
        assert (identity.os_version, identity.service_pack, identity.stack) == ((6, 3, 9600), (0, 0), (3, 0))
        assert read("web/identify_unauth_stack2.0").os_version is None
        assert read("web/identify_unauth_stack2.0").stack == (2, 0)
        assert str(read("winrb/open_shell_v1")).startswith("uuid:")
        assert not str(read("winrb/open_shell_v2")).startswith("uuid:")
        walk = read("opennms/optimized-enum-response-with-fragments-1")
        assert walk.rows == [{"FreeSpace": None, "Name": "A:", "Size": None}]
        assert not walk.done
        walk = read("opennms/optimized-enum-response-with-fragments-2")
        assert [found["Name"] for found in walk.rows] == ["C:", "D:", "E:"]
        assert walk.done
        keys = read("openwsman/EnumKey")
        assert keys["ReturnValue"] == "0"
        assert len(keys["sNames"]) == 26
        output = read("pywinrm/run_cmd_send_input_get_output_response")
        assert (output.done, output.exit_code) == (True, 0)
        assert output.stdout.endswith(b"hello world \r\n")
        assert not read("masterzen/outputResponse").done


# --- always: skeletons ------------------------------------------------------------------------------------------------


def load(name: str) -> Any:
    return json.loads((DIGESTS / f"{name}.json").read_text(encoding="utf-8"))


TEXTS = {
    "ProductVersion": "OS: 6.0.6001 SP: 1.0 Stack: 1.1",
    "Stream": "c3ludGhldGlj",
    "ExitCode": "3",
    "ReturnValue": "0",
    "error_Code": "2150859173",
    "StatusCode": "",
}
ATTRIBUTES = {"nil": "true", "State": "x/CommandState/Done", "Code": "2150858778", "CommandId": "C1"}


def build(shape: list[Any]) -> ET.Element:
    tag, attributes, has_text, children = shape
    local = tag.rpartition("}")[2]
    made = ET.Element(tag)
    for attribute in attributes:
        name = attribute.rpartition("}")[2]
        stands_for = "ShellId" if local == "Selector" else "stdout"
        made.set(attribute, stands_for if name == "Name" else ATTRIBUTES.get(name, "synthetic"))
    if has_text:
        made.text = TEXTS.get(local, "synthetic")
    made.extend(build(child) for child in children)
    return made


def skeleton(name: str) -> bytes:
    return ET.tostring(build(load(name)["root"]))


def test_there_is_a_digest_for_every_kind_of_answer() -> None:
    held = {kind for name in NAMES for kind in load(name)["holds"]}
    assert held >= {
        "IdentifyResponse", "EnumerateResponse", "PullResponse", "EnumKey_OUTPUT", "ResourceCreated", "Shell",
        "CommandResponse", "ReceiveResponse", "SendResponse", "SignalResponse", "Fault",
    }  # fmt: skip
    assert len(NAMES) == 38


def test_digests_hold_no_text() -> None:
    for name in NAMES:
        text = (DIGESTS / f"{name}.json").read_text(encoding="utf-8")
        assert not any(word in text for word in ("Microsoft Corporation", "uuid:", "PT"))


@pytest.mark.parametrize("name", NAMES)
def test_a_skeleton_is_understood(name: str) -> None:
    data = skeleton(name)
    kinds = load(name)["holds"]
    if "Fault" in kinds:
        with pytest.raises(faults.WSManFault) as caught:
            understood(name, data)
        assert (caught.value.detail == "synthetic") == (name != "pywinrm/test_exceptions_1")
        known = name in FAULTS and FAULTS[name][1] is not None
        assert (caught.value.code is not None) == known
        return
    found = understood(name, data)
    if kinds and kinds[0] == "IdentifyResponse":
        assert (found.os_version, found.vendor) == ((6, 0, 6001), "synthetic")  # type: ignore[attr-defined]
    elif kinds and kinds[0] in {"ResourceCreated", "CommandResponse"}:
        assert found == "synthetic"
    elif kinds == ["ReceiveResponse"]:
        assert isinstance(found, shell.Output)
        assert found.done
        texts = sum(1 for child in _answer(name)[3] if child[0].endswith("}Stream") and child[2])
        assert found.stdout == b"synthetic" * texts
        assert found.exit_code == (3 if "ExitCode" in json.dumps(load(name)) else None)
    elif kinds and kinds[0] in {"EnumerateResponse", "PullResponse"}:
        assert isinstance(found, Enumeration)
        assert found.rows
        assert all(set(row) == {"FreeSpace", "Name", "Size"} for row in found.rows)
        assert {row["Name"] for row in found.rows} == {"synthetic"}
        assert found.rows[0]["Size"] in (None, "synthetic")
    elif kinds == ["EnumKey_OUTPUT"]:
        assert found == {"sNames": ["synthetic"] * 26, "ReturnValue": "0"}
    else:
        assert found is None


def _answer(name: str) -> list[Any]:
    body = next(child for child in load(name)["root"][3] if child[0].endswith("}Body"))
    return list(body[3][0])


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_skeleton_is_an_error_of_ours(name: str) -> None:
    data = skeleton(name)
    for size in range(0, len(data), 97):
        with pytest.raises(errors.MalformedResponse):
            response.read_body(data[:size], ANY)
