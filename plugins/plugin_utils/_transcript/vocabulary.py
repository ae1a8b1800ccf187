# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that name nobody: what stays of texts in places that are no name's place. All else of them is replaced.

Without case, and without languages but English: a localised text becomes stand-ins, which costs nothing, as nothing is
decided from it.
"""

from __future__ import annotations

import re

_EDITIONS = """
10 11 2000 2003 2008 2012 2016 2019 2022 2025 32 64 7 8 amd64 authenticamd based basic bit bits build business checked
core corporation datacenter edition em64t enterprise essentials evaluation family for foundation free genuineintel
home hpc hyper ia64 inc intel itanium longhorn microsoft model multiprocessor os pack pc premium professional r2
server service small sp stack standard starter stepping storage system systems the ultimate uniprocessor v version
vista web windows without x64 x86
"""

_FAULTS = """
a aborted accepted access account action active actor actually address addressing after again all allow allowed
already an and another any application are argument array as assigned at attempt authentication authorization
available bad be because been before being between body both buffer but by bytes call called caller calling can cannot
case cause caused causes change changed channel character check class classes client close closed code codes command
commands complete completed computer concurrent condition configuration configured connect connected connecting
connection connections contain contains content context control could count create created createinstanceenum
credentials current data database default defined delete denied description destination detail details determine
device dialect did different directory disabled disconnected disk do document does domain done duplicate during each
either element embedded empty enable enabled encoding encountered encrypted encryption end ended enough enter entry
enumerate enumeration envelope environment equal error errors event exceed exceeded exceeds except exception
execmethod execquery executed execution exist existing exists expected expired explicitly expression extended
extension external failed failure fault faults features field file filename filter find finished firewall first folder
following for format found from full function general generic get getobject given greater group handle handler has
have header headers higher host hresult http https id identified if illegal implemented improper in include including
incorrect index information initialize initialized input instance instances instead insufficient integer interface
internal into invalid invoke is issued it item items its key keys kind language last later least length less level
limit limits list listener listening local locale located lock log logged logon long lost machine management manager
many match maximum may mechanism memory message messages method methods might minimum missing more most must name
named names namespace namespaces necessary network next no non none not nothing null number object objects obtained
occurred of off on one online only open opened operation operations operationtimeout option options or order other out
output outside over overlapped own owner package packet parameter parameters part path pending per perform performed
permission permissions please plug plugin point policy port possible present prevent previous privilege privileges
problem process processed processes processing properties property protected protocol provided provider providers
proxy pull queries query quota raise read ready reason receive received record refused registered registry reject
rejected release remote remove removed renew reply report reported request requested requests required requires
resource resources respond response restart result results retry return returned returns right rights rpc run running
same schema script search second security see selector selectors send sending sent sequence server service services
session set setting settings shell shells should shut shutdown signal simple size soap some source space specified
specify stack started starting state statement status stop stopped storage stream string subscription successful
successfully such supplied support supported syntax target terminated test text than that the their them then there
these they this thread through time timed timeout timeouts times to token too transport trust try trying two type
types unable unavailable unexpected unit unknown unless unrecognized unspecified unsupported until up uri url use used
user users uses using valid validation value values verb verify version virtual wait want was well were when where
whether which while will winrm winrscmd with within wmi wmiv wmsvc work workgroup working wql write written wrong ws
wsa wsman xml you your zone
"""

_SYSTEM = """
absent activecomputername application architecture asp auoptions auto avoidspnset basic boot buildlab buildlabex cab
cat cbs ccm centralprocessor certificate certutil charset chcp cimv2 clientsdk cmd cmdshell codepage component
computername config configuration consolemode continue control copy credssp critical cscript csdversion current
currentbuild currentbuildnumber currentcontrolset currentstate currentversion default degraded description directory
dism dll driver drivers editionid encrypted environment eventlog exe false file files findstr floatingpointprocessor
hardware hashfile hotfix http httpapi https identifier ignore interface joindomain json keepalive kerberos kernel
language localaccounttokenfilterpolicy logs manager manifest manual msu multifunctionadapter multipart mum negotiate
net netlogon noprofile normal nt ntlm ok option other own packages packagespending parameters pause paused payload
pending pendingfilerenameoperations pkgmgr plaintext policies power process processor productname program provider
reboot rebootinprogress rebootpending rebootrequired receive registeredorganization registeredowner required rollup
root rpcss run running schedule security services servicing session sessions set severe share shellid skip soap
software spnego ssl start stderr stdin stdout stop stopped subpackages sys system system32 systembiosdate
systembiosversion systemroot syswow64 task tasks tcpip temp troubleshooter true trustedinstaller type unicode unknown
update utf videobiosdate w32time w3svc wbem windowsupdate wininit winlegacy winmgmt winner winrm winrs winsxs wscript
wsman wsmwmipl wuauserv wusa xml
"""

WORDS = frozenset(re.findall("[a-z]+|[0-9]+", f"{_EDITIONS} {_FAULTS} {_SYSTEM}"))
"""Letters and digits lie apart, as in the texts that are compared."""

EDITIONS = frozenset(re.findall("[a-z]+|[0-9]+", _EDITIONS))


def is_public(token: str) -> bool:
    """Whether a word or number names nobody. Numbers of one or two digits do not."""
    return token.casefold() in WORDS or (token.isascii() and token.isdecimal() and len(token) <= 2)
