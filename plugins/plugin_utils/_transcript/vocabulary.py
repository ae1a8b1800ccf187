# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may stay of names: whole names only, each listed here, without case. All else is replaced.

A name that is made of words of Windows, such as WEB01 or HOME-PC, is a name like any other, and is in no list. A file's
or a registry key's path is judged name by name.
"""

from __future__ import annotations


def _lines(text: str) -> frozenset[str]:
    return frozenset(line.strip().casefold() for line in text.splitlines() if line.strip())


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


KEYS = _lines("""
HARDWARE
DESCRIPTION
System
SOFTWARE
Microsoft
Windows
Windows NT
CurrentVersion
CurrentControlSet
Control
Session Manager
Environment
Component Based Servicing
Packages
PackagesPending
RebootPending
RebootInProgress
RebootRequired
SessionsPending
WindowsUpdate
Auto Update
ComputerName
ActiveComputerName
Services
Netlogon
Policies
Windows Script Host
Settings
winlegacy-absent
""") | _words("""
BuildLab BuildLabEx CurrentBuild CurrentBuildNumber CSDVersion EditionID ProductName RegisteredOwner
RegisteredOrganization SystemRoot PROCESSOR_ARCHITECTURE CurrentState InstallState Visibility InstallClient InstallName
InstallLocation InstallUser InstallTimeHigh InstallTimeLow LocalAccountTokenFilterPolicy Enabled Exclusive
PendingFileRenameOperations PendingFileRenameOperations2 JoinDomain AvoidSpnSet Identifier Type Start AUOptions
ErrorControl
SystemBiosDate SystemBiosVersion VideoBiosDate CentralProcessor FloatingPointProcessor MultifunctionAdapter
""")
"""Keys and values of the registry that the collection asks for, and those that Windows shows beside them."""

FILES = _words("""
C: System32 SysWOW64 winsxs servicing Temp Logs drivers wbem Tasks ntoskrnl.exe ntkrnlpa.exe ntkrnlmp.exe ntkrpamp.exe
services.exe wininit.exe cscript.exe wscript.exe cmd.exe pkgmgr.exe dism.exe wusa.exe expand.exe certutil.exe
winrshost.exe TrustedInstaller.exe poqexec.exe winlegacy.servicing manifest.json payload.msu payload.cab CBS.log
%systemroot% WsmWmiPl.dll winrscmd.dll WsmSvc.dll
""")

SERVICES = _words("Schedule TrustedInstaller wuauserv WinRM Winmgmt RpcSs EventLog W32Time HTTP Tcpip")

PROTOCOL = _words("""
http https wsman ws wbem wsman.xsd wsmanidentity.xsd cimbinding.xsd identity wscim cim-schema common wmi config
winrs client service shell
cmd windows soap-envelope XMLSchema XMLSchema-instance XML namespace addressing enumeration transfer eventing fault
wsmanfault faultDetail role anonymous WQL signal terminate ctrl_c CommandState Done Running Pending
1 2 1998 2001 2003 2004 05 08 09
root cimv2 default absent ccm ClientSDK
Get GetResponse Put PutResponse Create CreateResponse Delete DeleteResponse Enumerate EnumerateResponse Pull
PullResponse
Release ReleaseResponse Command CommandResponse Send SendResponse Receive ReceiveResponse Signal SignalResponse Identify
stdin stdout stderr WINRS_NOPROFILE WINRS_CODEPAGE WINRS_CONSOLEMODE_STDIN WINRS_SKIP_CMD_SHELL
ntlm kerberos basic plaintext certificate credssp negotiate ssl lean pywinrm pypsrp
""")
"""Parts of the URIs of WS-Management, and what it calls streams, options and ways to log in."""

METHODS = _words("""
GetStringValue GetDWORDValue GetMultiStringValue GetExpandedStringValue GetBinaryValue GetQWORDValue EnumKey EnumValues
CheckAccess CreateKey DeleteKey DeleteValue SetStringValue SetDWORDValue DetermineIfRebootPending
""")

NAMES = KEYS | FILES | SERVICES | PROTOCOL | _words("x86 AMD64 IA64 IA32")

CLASSES = _words("""
* StdRegProv MSFT_WmiError __ExtendedStatus ExtendedError Winlegacy_Absent CIM_DataFile CCM_ClientUtilities
Win32_OperatingSystem Win32_ComputerSystem Win32_Processor Win32_Directory Win32_LogicalDisk Win32_SystemDriver
Win32_Service Win32_QuickFixEngineering Win32_Process Win32_NTLogEvent Win32_TimeZone Win32_UserAccount Win32_BIOS
Win32_Share Win32_Group Win32_PageFileUsage Win32_DiskDrive Win32_BaseBoard Win32_ComputerSystemProduct
""")

VALUES = _lines("""
Microsoft Corporation
Service Pack 1
Service Pack 2
Service Pack 3
Multiprocessor Free
Multiprocessor Checked
Uniprocessor Free
Uniprocessor Checked
32-bit
64-bit
x86-based PC
X86-based PC
x64-based PC
Itanium-based PC
Kernel Driver
File System Driver
Own Process
Share Process
Interactive Process
Start Pending
Stop Pending
Continue Pending
Pause Pending
Security Update
Service Pack
Pred Fail
No Contact
Lost Comm
Shell cmd plugin
WMI Provider
WMI plugin
WMIv1 plugin for Windows Remote Management
""") | _words("""
Running Stopped Paused Unknown Auto Manual Disabled Boot System OK Error Degraded Starting Stopping Service Stressed
NonRecover Normal Ignore Severe Critical Update Hotfix Application HRESULT ExecQuery GetObject CreateInstanceEnum
ExecMethod WinMgmt CIMWin32 RegProv Win32 SP0 SP1 SP2 SP3 HomePremium HomeBasic Business Enterprise Ultimate Starter
ServerStandard ServerEnterprise ServerDatacenter ServerWeb Professional
""")
"""Enumerations that Windows writes in English, whatever its language; another text is somebody's."""

PRODUCT = _words("""
Microsoft Windows Vista Server 2000 2003 2008 2012 2016 2019 2022 2025 R2 7 8 8.1 10 11 Longhorn Home Basic
Premium Business
Enterprise Ultimate Starter Standard Datacenter Web HPC Foundation Professional Storage Small Edition Evaluation N K KN
Core for without Hyper-V Itanium-Based Systems Installation Service Pack 1 2 3 Full
""")
"""Words of the names of Windows: a name of nothing else, that begins as they do, stays."""

SUBCODES = _words("""
Sender Receiver MustUnderstand VersionMismatch DataEncodingUnknown AccessDenied ActionNotSupported AlreadyExists
CannotProcessFilter CannotRenew CannotRenewSubscription Concurrency DeliveryModeRequestedUnavailable DeliveryRefused
DestinationUnreachable EncodingLimit EndpointUnavailable EventDeliverToUnusable EventSourceUnableToProcess
FilterDialectRequestedUnavailable FilteringNotSupported FilteringRequestedUnavailable FragmentDialectNotSupported
InternalError InvalidAddressingHeader InvalidBookmark InvalidEnumerationContext InvalidExpirationTime InvalidMessage
InvalidMessageInformationHeader InvalidOptions InvalidParameter InvalidRepresentation InvalidResourceURI
InvalidSelectors
InvalidURI MessageInformationHeaderRequired NoAck QuotaLimit RenameFailure SchemaValidationError TimedOut
UnableToMigrate UnableToRenew UnsupportedExpirationType UnsupportedExpirationValue UnsupportedFeature
ActionMismatch AmbiguousSelectors DuplicateSelectors ExpirationTime InsufficientSelectors InvalidName InvalidNamespace
InvalidValue InvalidValues MaximumEnvelopeSize MaxEnvelopeSize MissingValues OperationTimeout ServiceEnvelopeLimit
TypeMismatch UnexpectedSelectors Unknown UnusableAddress WrongXMLNamespace
""")
"""Codes of SOAP, WS-Addressing, WS-Enumeration and WS-Management (DSP0226)."""

TYPES = _words("""
cimString cimBoolean cimDateTime cimReference cimUnsignedByte cimByte cimUnsignedShort cimShort cimUnsignedInt cimInt
cimUnsignedLong cimLong cimFloat cimDouble cimChar16 cimHexBinary cimBase64Binary string boolean dateTime int long
unsignedInt unsignedLong duration
""")

LANGUAGES = _words("""
ar-SA bg-BG cs-CZ da-DK de-DE el-GR en en-GB en-US es-ES et-EE fi-FI fr-FR he-IL hr-HR hu-HU it-IT ja-JP ko-KR
lt-LT lv-LV
nb-NO nl-NL pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sl-SI sr-Latn-CS sv-SE th-TH tr-TR uk-UA zh-CN zh-HK zh-TW
""")
"""Those that Windows Vista is there in."""

PREFIXES = frozenset(
    [
        *("s", "a", "w", "n", "x", "b", "e", "f", "m", "p", "p1", "p2", "n1", "rsp", "cim", "cfg", "xsi", "xsd", "xs"),
        *("xml", "xmlns", "wsa", "wsen", "wsman", "wsmb", "wsmid", "wxf", "wst", "msftwinrm", "soap"),
        *("SOAP-ENV", "env"),
    ]
)
"""Of XML's namespaces, with their case."""
