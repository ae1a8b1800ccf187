# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may stay in a transcript: properties by class, values of the registry by name, elements of the protocol.

Everything that is not named here is replaced, the name of an element or attribute as well as its value. A name in here
says in which form the value may stay; a value of another form is replaced too.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import vocabulary
from .forms import Form, Forms

NAME, PATH, WORDS, URI, ID = Forms.name, Forms.path, Forms.words, Forms.uri, Forms.identifier
NUMBER, SETTING, LAB, CLASS, PRIVATE = Forms.number, Forms.setting, Forms.lab, Forms.class_name, Forms.private
QUALIFIED, DURATION, LANGUAGE, STREAM, PRODUCT = (
    Forms.qualified, Forms.duration, Forms.language, Forms.stream, Forms.product,
)  # fmt: skip
VERSION, VALUE, SIZE, CODE, LIMIT, HOTFIX = (
    Forms.version, Forms.value, Forms.size, Forms.code, Forms.limit, Forms.hotfix,
)  # fmt: skip


def _each(form: Form, names: str) -> dict[str, Form]:
    return dict.fromkeys(names.split(), form)


_DRIVER = {
    **_each(NAME, "Name"),
    **_each(VALUE, "State StartMode Status ServiceType ErrorControl"),
    **_each(NUMBER, "ExitCode ServiceSpecificExitCode"),
}
_FILE = {**_each(PATH, "Name"), **_each(LAB, "Version"), **_each(SIZE, "FileSize")}
PROPERTIES: Mapping[str, Mapping[str, Form]] = {
    "win32_operatingsystem": {
        **_each(VERSION, "Version"),
        **_each(
            NUMBER, "BuildNumber ServicePackMajorVersion ServicePackMinorVersion ProductType OperatingSystemSKU OSType"
        ),
        **_each(
            NUMBER, "OSProductSuite SuiteMask OSLanguage CurrentTimeZone CodeSet CountryCode Locale EncryptionLevel"
        ),
        **_each(VALUE, "Caption CSDVersion BuildType OSArchitecture Manufacturer Status"),
        **_each(PATH, "WindowsDirectory SystemDirectory SystemDrive"),
        **_each(LANGUAGE, "MUILanguages"),
    },
    "win32_computersystem": {**_each(NUMBER, "DomainRole CurrentTimeZone"), **_each(VALUE, "SystemType")},
    "win32_processor": _each(NUMBER, "Architecture AddressWidth DataWidth Family"),
    "cim_datafile": _FILE,
    "win32_directory": _FILE,
    "win32_logicaldisk": {**_each(PATH, "DeviceID"), **_each(SIZE, "FreeSpace"), **_each(NUMBER, "DriveType")},
    "win32_systemdriver": _DRIVER,
    "win32_service": _DRIVER,
    "win32_quickfixengineering": {
        **_each(HOTFIX, "HotFixID"),
        **_each(VALUE, "ServicePackInEffect Status Description"),
        **_each(URI, "Caption"),
    },
    "win32_process": {**_each(NAME, "Name"), **_each(NUMBER, "ProcessId")},
    "win32_ntlogevent": {
        **_each(NAME, "SourceName"),
        **_each(VALUE, "Logfile"),
        **_each(NUMBER, "EventCode EventType"),
    },
    "win32_timezone": _each(
        NUMBER, "Bias StandardBias DaylightBias StandardMonth DaylightMonth StandardDay DaylightDay"
    ),
}
EVERYWHERE: Mapping[str, Form] = _each(
    CLASS, "CreationClassName CSCreationClassName FSCreationClassName SystemCreationClassName"
)
"""Of every class."""

_MORE_PROPERTIES = """
AcceptPause AcceptStop Access AccessMask AdminPasswordStatus Archive AutomaticManagedPagefile AutomaticResetBootOption
AutomaticResetCapability Availability BootDevice BootOptionOnLimit BootOptionOnWatchDog BootROMSupported BootupState
CheckPoint ChassisBootupState CommandLine Compressed CompressionMethod ComputerName CPUStatus CreationDate CSName
CurrentClockSpeed DataExecutionPrevention_32BitApplications DataExecutionPrevention_Available
DataExecutionPrevention_Drivers DataExecutionPrevention_SupportPolicy DaylightInEffect DaylightName DayOfWeek
DaylightHour
DaylightMinute DaylightSecond DaylightMillisecond DaylightDayOfWeek DaylightYear Debug DesktopInteract DisplayName
Distributed DNSHostName Domain Drive EightDotThreeFileName EnableDaylightSavingsTime Encrypted EncryptionMethod
ExecutablePath Extension FileName FileType FixComments ForegroundApplicationBoost FreePhysicalMemory
FreeSpaceInPagingFiles
FreeVirtualMemory FrontPanelResetStatus FSName Hidden InfraredSupported InstallDate InstalledBy InstalledOn InUseCount
KeyboardPasswordStatus LargeSystemCache LastAccessed LastBootUpTime LastModified LocalDateTime MaxNumberOfProcesses
MaxProcessMemorySize Model NetworkServerModeEnabled NumberOfLicensedUsers NumberOfLogicalProcessors NumberOfProcesses
NumberOfProcessors NumberOfUsers Organization OtherTypeDescription PAEEnabled PartOfDomain Path PathName PauseAfterReset
PCSystemType PlusProductID PlusVersionNumber PortableOperatingSystem PowerManagementSupported PowerOnPasswordStatus
PowerState PowerSupplyState Primary PrimaryOwnerContact PrimaryOwnerName ProductID ProcessorId ProcessorType Readable
RegisteredUser RecordNumber ResetCapability ResetCount ResetLimit Roles SerialNumber SettingID SID SIDType Size
SizeStoredInPagingFiles StandardHour StandardMinute StandardSecond StandardMillisecond StandardDayOfWeek StandardYear
StandardName Started StartName SupportContactDescription SystemDevice SystemName SystemStartupDelay SystemStartupOptions
SystemStartupSetting TagId ThermalState TimeGenerated TimeWritten TotalPhysicalMemory TotalSwapSpaceSize
TotalVirtualMemorySize TotalVisibleMemorySize User UserName WaitHint WakeUpType Workgroup Writeable Datetime
Date Time Interval
CIM_DateTime WinlegacyAbsent LocalAccount Lockout PasswordChangeable PasswordExpires PasswordRequired FullName
AccountType
"""
"""Names, whose values are replaced."""

REGISTRY_TEXTS: Mapping[str, Form] = {
    **_each(LAB, "BuildLabEx BuildLab"),
    **_each(VERSION, "CurrentVersion"),
    **_each(NUMBER, "CurrentBuild CurrentBuildNumber"),
    **_each(VALUE, "ProductName CSDVersion EditionID"),
    **_each(NAME, "PROCESSOR_ARCHITECTURE"),
    **_each(PRIVATE, "RegisteredOwner RegisteredOrganization ComputerName"),
}
"""Values of HKEY_LOCAL_MACHINE by their name: of keys that Windows itself writes."""

REGISTRY_NUMBERS = frozenset({"currentstate", "localaccounttokenfilterpolicy", "enabled", "start", "type", "auoptions"})
REGISTRY_OUTPUT: Mapping[str, Form] = {
    **_each(CODE, "ReturnValue"),
    **_each(NUMBER, "Types"),
    **_each(NAME, "sNames"),
    **_each(SETTING, "bGranted"),
}
REGISTRY_INPUT: Mapping[str, Form] = {
    **_each(CODE, "hDefKey"), **_each(NUMBER, "uRequired"), **_each(PATH, "sSubKeyName"), **_each(NAME, "sValueName")
}  # fmt: skip

CONFIGURATION: Mapping[str, Form] = {
    **_each(LIMIT, "MaxEnvelopeSizekb MaxTimeoutms MaxBatchItems MaxProviderRequests MaxConcurrentOperations"),
    **_each(LIMIT, "MaxConcurrentOperationsPerUser EnumerationTimeoutms MaxConnections MaxPacketRetrievalTimeSeconds"),
    **_each(LIMIT, "NetworkDelayms HTTP HTTPS IdleTimeout MaxConcurrentUsers MaxShellRunTime MaxProcessesPerShell"),
    **_each(
        LIMIT, "MaxMemoryPerShellMB MaxShellsPerUser AllowUnencrypted AllowRemoteShellAccess Basic Digest Kerberos"
    ),
    **_each(SETTING, "Negotiate Certificate CredSSP EnableCompatibilityHttpListener EnableCompatibilityHttpsListener"),
}
"""Of the WinRM service's own configuration, at any depth."""

_MORE_CONFIGURATION = """
Config Client Service Winrs Auth DefaultPorts URLPrefix TrustedHosts RootSDDL IPv4Filter IPv6Filter CbtHardeningLevel
CertificateThumbprint
"""

ELEMENTS: Mapping[str, Form] = {
    **_each(URI, "Action ResourceURI ResourceUri To Address ProtocolVersion FaultDetail SecurityProfileName"),
    **_each(ID, "MessageID RelatesTo Selector EnumerationContext ShellId CommandId"),
    **_each(LIMIT, "MaxEnvelopeSize MaxElements MaxCharacters"),
    **_each(CODE, "StatusCode error_Code error_Category CIMStatusCode ExitCode"),
    **_each(NUMBER, "ErrorType ErrorSourceFormat PerceivedSeverity ProbableCause"),
    **_each(DURATION, "OperationTimeout ShellRunTime ShellInactivity IdleTimeOut MaxTime Expires"),
    **_each(WORDS, "Text Message Reason ProviderFault ProductVendor Description Operation ProviderName ParameterInfo"),
    **_each(WORDS, "error_WindowsErrorMessage error_Type CIMStatusCodeDescription ErrorSource faultstring"),
    **_each(NAME, "InputStreams OutputStreams Option Command Arguments WorkingDirectory"),
    **_each(QUALIFIED, "Value"),
    **_each(PRODUCT, "ProductVersion"),
    **_each(STREAM, "Stream"),
    **_each(URI, "Code"),
}
"""Elements of WS-Management and of Windows' faults, wherever they are but in a row."""

_MORE_ELEMENTS = """
Envelope Header Body Fault Subcode Detail WSManFault ExtendedError ReplyTo ReferenceParameters SelectorSet
OptionSet Locale
DataLocale SessionId OperationID SequenceId ActivityId Identify IdentifyResponse SecurityProfiles Enumerate
EnumerateResponse Pull PullResponse Release Filter OptimizeEnumeration EnumerationMode Items Item XmlFragment
EndOfSequence
Shell ResourceCreated CommandLine CommandResponse CommandState Send SendResponse Receive ReceiveResponse Signal
SignalResponse DesiredStream ClientIP Owner OwningEntity OtherErrorSourceFormat OtherErrorType ProbableCauseDescription
NotUnderstood Upgrade SupportedEnvelope sNames sValue uValue hDefKey sSubKeyName sValueName uRequired bGranted
ReturnValue
Types EndpointReference
"""

ATTRIBUTES: Mapping[str, Form] = {
    **_each(SETTING, "nil mustUnderstand End IsCIM_Error"),
    **_each(CODE, "Code error_Code"),
    **_each(QUALIFIED, "type qname"),
    **_each(LANGUAGE, "lang"),
    **_each(NAME, "Name"),
    **_each(ID, "CommandId ShellId"),
    **_each(URI, "Dialect State EPR"),
    **_each(Forms.value, "provider"),
    **_each(PATH, "path"),
    **_each(PRIVATE, "Machine"),
}

COLUMNS = frozenset(
    name.casefold()
    for name in (*(name for one in PROPERTIES.values() for name in one), *EVERYWHERE, *_MORE_PROPERTIES.split())
)
"""Names of properties that stay."""

NODES = COLUMNS | frozenset(
    name.casefold()
    for name in (
        *(name for one in (REGISTRY_OUTPUT, REGISTRY_INPUT, CONFIGURATION, ELEMENTS) for name in one),
        *" ".join((_MORE_CONFIGURATION, _MORE_ELEMENTS)).split(),
        *(vocabulary.CLASSES - {"*"}),
    )
)
"""Names of elements that stay."""


def folded(table: Mapping[str, Form]) -> dict[str, Form]:
    """A table without case."""
    return {name.casefold(): form for name, form in table.items()}


_PROPERTIES = {name: folded(table) for name, table in PROPERTIES.items()}
_EVERYWHERE = folded(EVERYWHERE)


def form_of(class_name: str, name: str) -> Form:
    """The form in which a property of a class may stay."""
    known = _PROPERTIES.get(class_name.casefold(), {}).get(name.casefold())
    return known or _EVERYWHERE.get(name.casefold()) or PRIVATE
