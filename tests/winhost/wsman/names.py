# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of the protocol: namespaces, action URIs, resource URIs (MS-WSMV 2.2.1 and 3.1.4)."""

from __future__ import annotations

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
EVENTING = "http://schemas.xmlsoap.org/ws/2004/08/eventing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
WSMV = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
BINDING = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

ANONYMOUS = ADDRESSING + "/role/anonymous"
FAULT_DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"
SECURITY_PROFILE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/"

GET = TRANSFER + "/Get"
PUT = TRANSFER + "/Put"
CREATE = TRANSFER + "/Create"
DELETE = TRANSFER + "/Delete"
ENUMERATE = ENUMERATION + "/Enumerate"
PULL = ENUMERATION + "/Pull"
RELEASE = ENUMERATION + "/Release"
COMMAND = SHELL + "/Command"
SEND = SHELL + "/Send"
RECEIVE = SHELL + "/Receive"
SIGNAL = SHELL + "/Signal"
SHELL_VERBS = frozenset({COMMAND, SEND, RECEIVE, SIGNAL})

FAULT_ACTION = {
    "a": ADDRESSING + "/fault",
    "n": ENUMERATION + "/fault",
    "x": TRANSFER + "/fault",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
}

WMI_ROOT = "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
DMTF_CLASSES = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
DMTF_ALL = "http://schemas.dmtf.org/wbem/wscim/1/*"
SHELL_CMD = SHELL + "/cmd"
DIALECT_WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
DIALECT_SELECTOR = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter"

SIGNAL_TERMINATE = SHELL + "/signal/terminate"
SIGNAL_CTRL_C = SHELL + "/signal/ctrl_c"
SIGNAL_CTRL_BREAK = SHELL + "/signal/ctrl_break"
STATE = SHELL + "/CommandState/"
