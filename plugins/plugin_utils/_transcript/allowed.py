# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may stay of an answer's values: by class and property, by registry key and value, by element of the protocol.

Everything that is not named here is replaced. A name in here says in which form the value may stay; a value of another
form is replaced too.
"""

from __future__ import annotations

from collections.abc import Mapping

from .forms import Form, Forms

NAME, PATH, WORDS, URI, ID = Forms.name, Forms.path, Forms.words, Forms.uri, Forms.identifier
NUMBER, SETTING, VERSION, LAB, CLASS = Forms.number, Forms.setting, Forms.version, Forms.lab, Forms.class_name
QUALIFIED, DURATION, LANGUAGE, STREAM, PRODUCT = (
    Forms.qualified, Forms.duration, Forms.language, Forms.stream, Forms.product,
)  # fmt: skip
PRIVATE, IDENTITY = Forms.private, Forms.identity


def _each(form: Form, names: str) -> dict[str, Form]:
    return dict.fromkeys(names.split(), form)


_DRIVER = {
    **_each(NAME, "Name State StartMode Status ServiceType ErrorControl"),
    **_each(NUMBER, "ExitCode ServiceSpecificExitCode"),
}
_FILE = {**_each(PATH, "Name"), **_each(LAB, "Version"), **_each(NUMBER, "FileSize")}
PROPERTIES: Mapping[str, Mapping[str, Form]] = {
    "win32_operatingsystem": {
        **_each(VERSION, "Version"),
        **_each(
            NUMBER, "BuildNumber ServicePackMajorVersion ServicePackMinorVersion ProductType OperatingSystemSKU OSType"
        ),
        **_each(
            NUMBER, "OSProductSuite SuiteMask OSLanguage CurrentTimeZone CodeSet CountryCode Locale EncryptionLevel"
        ),
        **_each(WORDS, "Caption CSDVersion BuildType OSArchitecture Manufacturer Status"),
        **_each(PATH, "WindowsDirectory SystemDirectory SystemDrive"),
        **_each(LANGUAGE, "MUILanguages"),
    },
    "win32_computersystem": {
        **_each(IDENTITY, "Name Caption"),
        **_each(NUMBER, "DomainRole CurrentTimeZone"),
        **_each(WORDS, "SystemType"),
    },
    "win32_processor": _each(NUMBER, "Architecture AddressWidth DataWidth Family"),
    "cim_datafile": _FILE,
    "win32_directory": _FILE,
    "win32_logicaldisk": {**_each(PATH, "DeviceID"), **_each(NUMBER, "FreeSpace DriveType")},
    "win32_systemdriver": _DRIVER,
    "win32_service": _DRIVER,
    "win32_quickfixengineering": {
        **_each(NAME, "HotFixID ServicePackInEffect Status"),
        **_each(WORDS, "Description"),
        **_each(URI, "Caption"),
    },
    "win32_process": {**_each(NAME, "Name"), **_each(NUMBER, "ProcessId")},
    "win32_ntlogevent": {**_each(NAME, "SourceName Logfile"), **_each(NUMBER, "EventCode EventType")},
}
EVERYWHERE: Mapping[str, Form] = {
    **_each(CLASS, "CreationClassName CSCreationClassName FSCreationClassName SystemCreationClassName"),
    **_each(
        IDENTITY,
        "CSName SystemName PSComputerName ComputerName DNSHostName Domain Workgroup RegisteredUser Organization",
    ),
    **_each(IDENTITY, "PrimaryOwnerName PrimaryOwnerContact UserName User InstalledBy StartName Owner"),
}
"""Of every class. The second ones name somebody: their words are replaced in free texts too."""

REGISTRY_TEXTS: Mapping[str, Form] = {
    **_each(LAB, "BuildLabEx BuildLab"),
    **_each(VERSION, "CurrentVersion CurrentBuild CurrentBuildNumber"),
    **_each(WORDS, "ProductName CSDVersion EditionID"),
    **_each(NAME, "PROCESSOR_ARCHITECTURE"),
    **_each(IDENTITY, "ComputerName RegisteredOwner RegisteredOrganization"),
}
"""Values of HKEY_LOCAL_MACHINE by their name: of keys that Windows itself writes."""

REGISTRY_NUMBERS = frozenset({"currentstate", "localaccounttokenfilterpolicy", "start", "type", "auoptions"})
REGISTRY_OUTPUT: Mapping[str, Form] = {
    **_each(NUMBER, "ReturnValue Types"),
    **_each(NAME, "sNames"),
    **_each(SETTING, "bGranted"),
}

ELEMENTS: Mapping[str, Form] = {
    **_each(URI, "Action ResourceURI ResourceUri To Address ProtocolVersion FaultDetail SecurityProfileName"),
    **_each(ID, "MessageID RelatesTo Selector EnumerationContext ShellId CommandId"),
    **_each(
        NUMBER, "MaxEnvelopeSize MaxElements MaxCharacters StatusCode error_Code error_Category CIMStatusCode ExitCode"
    ),
    **_each(NUMBER, "ErrorType ErrorSourceFormat PerceivedSeverity ProbableCause"),
    **_each(DURATION, "OperationTimeout ShellRunTime ShellInactivity IdleTimeOut MaxTime Expires"),
    **_each(WORDS, "Text Message Reason ProviderFault ProductVendor Description Operation ProviderName ParameterInfo"),
    **_each(WORDS, "error_WindowsErrorMessage error_Type CIMStatusCodeDescription ErrorSource faultstring"),
    **_each(NAME, "InputStreams OutputStreams Option Command Arguments WorkingDirectory"),
    **_each(IDENTITY, "Owner"),
    **_each(QUALIFIED, "Value"),
    **_each(PRODUCT, "ProductVersion"),
    **_each(STREAM, "Stream"),
    **_each(URI, "Code"),
}
"""Elements of WS-Management and of Windows' faults, wherever they are but in a row."""

ATTRIBUTES: Mapping[str, Form] = {
    **_each(SETTING, "nil mustUnderstand End Code IsCIM_Error error_Code"),
    **_each(QUALIFIED, "type qname"),
    **_each(LANGUAGE, "lang"),
    **_each(NAME, "Name"),
    **_each(ID, "CommandId ShellId"),
    **_each(URI, "Dialect State EPR"),
    **_each(WORDS, "provider"),
    **_each(PATH, "path"),
    **_each(IDENTITY, "Machine"),
}
