# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever names somebody, wherever in a conversation it stands, is not in the transcript.

Planted is into messages that the simulated fleet has really said, and into places that it never fills.
"""

from __future__ import annotations

import html
import json
import random
import string
from datetime import UTC, datetime

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.course import Course
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.finding import Check
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import Depth
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.doctor.questions import HostQuestions
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.open_questions import public_names
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import document, markup
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.replay import ReplayChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.standins import StandIns
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.tape import Exchange, Tape
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.times import Shift
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from hypothesis import given
from hypothesis import strategies as st
from unit.plugins.plugin_utils._wsman.fakes import enumerate_response, envelope, fault, row
from unit.transcripts import FOLDER, assessed

NOW = datetime(2026, 1, 1, tzinfo=UTC)

SECRETS = {
    "a computer of a product's word": ("WEB01", ["WEB01"]),
    "another": ("SERVER01", ["SERVER01"]),
    "of two": ("HOME-PC", ["HOME-PC"]),
    "with a number": ("PC-17", ["PC-17"]),
    "a computer of words": ("MANAGER-BASIC", ["MANAGER-", "-BASIC"]),
    "a FQDN": ("web01.corp.contoso.example", ["contoso", "web01", "corp."]),
    "a person": ("Will Core Stack", ["Will Core", "Core Stack"]),
    "a foreign person": ("J\xf6rg M\xfcller", ["J\xf6rg", "rg M", "M\xfcller"]),
    "a user": ("CONTOSO\\j.smith", ["CONTOSO", "smith"]),
    "a UPN": ("j.smith@contoso.example", ["contoso", "smith"]),
    "a product key": ("VMK72-X8H9B-RYHGR-77TPF-62B8M", ["VMK72", "X8H9B", "RYHGR", "77TPF", "62B8M", "X8H"]),
    "a product id": ("89578-OEM-7332157-00204", ["89578-OEM", "7332157", "OEM-"]),
    "a serial number": ("CZC8412K7Q", ["CZC8412", "8412K", "K7Q"]),
    "a serial number of digits": ("73321570020998877", ["7332157"]),
    "a MAC": ("00:1A:7D:DA:71:13", ["1A:7D", "DA:71"]),
    "a MAC with dashes": ("00-1A-7D-DA-71-13", ["1A-7D", "DA-71"]),
    "a MAC of Cisco": ("001a.7dda.7113", ["1a.7d", "7dda"]),
    "a bare MAC": ("001A7DDA7113", ["1A7DDA", "7113"]),
    "a SID": ("S-1-5-21-3623811015-3361044348-30300820-1013", ["3623811015", "3361044348", "-1013"]),
    "a SID of a cloud": ("S-1-12-1-1544434422-1087654321", ["1544434422", "1087654321"]),
    "a GUID": ("{6B29FC40-CA47-1067-B31D-00DD010662DA}", ["6B29FC40", "00DD010662DA"]),
    "a bare GUID": ("6B29FC40CA471067B31D00DD010662DA", ["6B29FC40CA47"]),
    "an IPv4 address": ("10.77.31.42", ["10.77", "77.31"]),
    "of the loop": ("127.45.67.89", ["45.67"]),
    "an IPv6 address": ("fe80::7a3b:11ff:fe4d:9c02%11", ["7a3b", "fe4d"]),
    "a mapped one": ("::ffff:10.77.31.42", ["10.77", "77.31"]),
    "a path": ("C:\\Users\\Jane Doe\\AppData", ["Jane", "Doe"]),
    "a share": ("\\\\fileserver\\jane$", ["fileserver", "jane"]),
    "a URL": ("https://wsus.contoso.example:8530/x?u=jane", ["wsus", "contoso", "8530", "jane"]),
    "a schema of others": ("http://schemas.contoso.example/2026/jane", ["contoso", "jane"]),
    "a telephone number": ("+49 2147 551234", ["2147 5", "551234"]),
    "a number like an error's": ("2147551234", ["2147551234"]),
    "hexadecimal like an error's": ("0x4A5B6C7D", ["4A5B6C7D"]),
    "a birthday": ("born 6.5.1984", ["6.5.1984", "1984"]),
    "a sentence": ("The dog of Jane is called Secret", ["Jane", "dog", "called"]),
    "a certificate's subject": ("CN=web01.contoso.example,O=Contoso,L=Bonn", ["contoso", "Bonn"]),
    "a lab of others": ("6001.18000.x86fre.contoso_jane.080118-1840", ["contoso", "jane"]),
    "a package of others": ("Package_for_Jane~0123456789abcdef~amd64~~6.0.1.0", ["Jane", "0123456789abcdef"]),
    "a package like ours": ("Jane_7332157~31bf3856ad364e35~amd64~~6.0.1.0", ["Jane", "7332157"]),
    "a language of nobody": ("jim-contoso", ["jim", "contoso"]),
    "a class of others": ("Win32_ContosoJane", ["ContosoJane"]),
    "a duration": ("PTJANE01", ["JANE"]),
}
_RECORDED = document.load(FOLDER / "simulated-vista-pending.json").exchanges


def samples() -> list[tuple[bytes, bytes]]:
    """Recorded exchanges, the first of each set of elements in the answer."""
    found: dict[frozenset[str], tuple[bytes, bytes]] = {}
    for one in _RECORDED:
        nodes = list(markup.read(one.answer).walk())
        if len(nodes) <= 150:  # the long lists have no element that shorter answers lack
            found.setdefault(frozenset(node.local for node in nodes), (one.request, one.answer))
    return list(found.values())


SAMPLES = samples()


def written(*exchanges: Exchange, wire: dict[str, str] | None = None) -> str:
    """The text of a transcript, as it is and without JSON's escapes."""
    tape = Tape(list(exchanges), wire=wire or {})
    made = document.make(tape, stand_ins=StandIns(random.Random(7)), shift=Shift(-700))  # noqa: S311
    text = document.text_of(made)
    document.parse(text.encode())
    return text + html.unescape(json.dumps(json.loads(text), ensure_ascii=False))


def left(text: str, pieces: list[str]) -> list[str]:
    folded = text.casefold()
    return [one for one in pieces if one.casefold() in folded]


def said(*nodes: markup.Node) -> list[bytes]:
    return ["".join(markup.lines(node)).encode() for node in nodes]


def answered(request: bytes, answer: bytes, **more: str) -> Exchange:
    return Exchange(0, 0, request, answer, 200, more.get("content_type", "text/xml"))


@pytest.mark.parametrize("kind", SECRETS)
def test_as_the_text_of_every_element_and_the_value_of_every_attribute(kind: str) -> None:
    """The numbers of sizes stay: they are no secret's place, and hold nothing but digits."""
    secret, pieces = SECRETS[kind]
    for asked, told in SAMPLES:
        request, answer = markup.read(asked), markup.read(told)
        for node in answer.walk():
            if node.local in ("FileSize", "FreeSpace") and secret.isdecimal():
                continue
            if not node.children:
                node.content = [secret]
            node.attributes = {
                name: value if name.startswith("xmlns") else secret for name, value in node.attributes.items()
            }
        text = written(answered(*said(request, answer)))
        assert not left(text, pieces), told[:3000]


def _name(secret: str) -> str:
    """As an element can be called."""
    return "x" + "".join(one if one.isascii() and (one.isalnum() or one in "-._") else "_" for one in secret)


@pytest.mark.parametrize(
    "kind", ["a computer of a product's word", "of two", "a product key", "a serial number", "a UPN"]
)
def test_as_the_name_of_elements_attributes_and_prefixes(kind: str) -> None:
    secret, pieces = SECRETS[kind]
    name = _name(secret)
    for asked, told in SAMPLES:
        request, answer = markup.read(asked), markup.read(told)
        for node in list(answer.walk()):
            extra = markup.Node(f"{name}:{name}", {f"xmlns:{name}": f"urn:{name}", f"{name}:{name}": "1"}, [secret])
            if node.children:
                node.content = [*node.content, extra, markup.Node(name, {"xsi:type": f"{name}:{name}"}, [])]
        text = written(answered(*said(request, answer)))
        assert not left(text, pieces)


@pytest.mark.parametrize("kind", SECRETS)
def test_in_faults_headers_queries_keys_and_errors(kind: str) -> None:
    secret, pieces = SECRETS[kind]
    shown = html.escape(secret)
    bare = shown.strip("{}")  # no namespace of XML has braces
    literal = secret.replace("\\", "\\\\").replace("'", "\\'")
    dialect = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
    wql = html.escape(
        f"SELECT Name, {_name(secret)} FROM Win32_Service WHERE Name='{literal}' AND DisplayName=\"{literal}\""
    )
    query = envelope(f'<n:Enumerate><w:Filter Dialect="{dialect}">{wql}</w:Filter></n:Enumerate>')
    header = f"<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/{shown}</a:Action>"
    header += f'<q:{_name(secret)} xmlns:q="{bare}"/>'
    odd = query.replace("<s:Header>", f"<s:Header>{header}")
    key = (
        "<p:GetStringValue_INPUT xmlns:p='http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv'>"
        f"<p:hDefKey>2147483650</p:hDefKey><p:sSubKeyName>SOFTWARE\\{shown}\\Packages</p:sSubKeyName>"
        f"<p:sValueName>{shown}</p:sValueName></p:GetStringValue_INPUT>"
    )
    told = (
        f"Access is denied. {secret} The class {secret} does not exist in the {secret} namespace. "
        f"(0x80041010 {secret}) {secret}. The WinRM client cannot process the request. HTTP 502 <title>{secret}</title>"
    )
    failed = fault(2150858778, "w:InternalError", text=html.escape(told), inner=html.escape(told))
    sent = [one.encode() for one in (query, odd, envelope(key))]
    text = written(
        *(answered(one, failed.encode(), content_type=f"text/xml; charset={secret}") for one in sent),
        Exchange(0, 0, sent[0], None, 502, secret, ("NotWSMan", told)),
        Exchange(0, 0, sent[0], f"<html>{shown}".encode(), 200, f"{secret}/{secret}"),
        answered(sent[0], enumerate_response(f"<n:EnumerationContext/><w:Items>{row(Name=shown)}</w:Items>").encode()),
        wire={"scheme": secret, "method": secret},
    )
    assert not left(text, pieces)
    assert "Access is denied." in text
    assert "0x80041010" in text


NAME = st.text(string.ascii_letters, min_size=6, max_size=12)
DIGITS = st.text("123456789", min_size=7, max_size=16)
JOINED = st.sampled_from(
    ["{0}{1}", "{0}-{1}", "{0}.{1}", "{1}{0}", "{0}\\{1}", "{0}@{1}.example", "{1}-{0}-{1}", "The {0} of {1}"]
)


@given(NAME, DIGITS, JOINED, st.sampled_from(SAMPLES))
def test_a_name_and_a_number_of_any_kind(name: str, digits: str, joined: str, sample: tuple[bytes, bytes]) -> None:
    def planted(secret: str) -> str:
        request, answer = map(markup.read, sample)
        for node in answer.walk():
            if not node.children:
                node.content = [secret]
        return written(answered(*said(request, answer)))

    if left(b"".join(sample).decode() + planted(joined.format("Qxqxqxqx", "98765432")), [name, digits]):
        return  # a word of the protocol, or of the transcript's own form
    assert not left(planted(joined.format(name, digits)), [name, digits])


@pytest.mark.parametrize("kind", SECRETS)
def test_what_is_planted_would_be_found(kind: str) -> None:
    secret, pieces = SECRETS[kind]
    assert left(html.unescape(html.escape(f"<a>{secret}</a>")), pieces) == pieces


# --- and a replay says the same ---------------------------------------------------------------------------------------

_NOBODY_DECIDES = frozenset(
    [
        *("BootDevice", "CSName", "Description", "DisplayName", "Organization", "PathName", "RegisteredUser", "Text"),
        *("SerialNumber", "StartName", "SystemDevice", "SystemName", "Message", "ProviderFault", "Machine"),
        *("OtherTypeDescription", "PlusProductID"),
    ]
)


def found(transcript: document.Transcript) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """What an assessment and the doctor say of a host: all that decides, and no names."""
    whole = assessed(transcript, Depth.FULL)
    course = Course()
    questions = HostQuestions(Client(ReplayChannel(transcript)), "", lambda: NOW, kerberos=False)
    questions.run(course)
    kept = {key: whole[key] for key in ("status", "applicable", "windows", "kernel", "restart")}
    kept["unknown"] = [(one["question"], one["cause"]) for one in whole["unknown"]]
    return kept, [(one.check.value, one.severity.value) for one in course.findings if one.check is not Check.CLOCK]


@pytest.mark.parametrize("name", ["simulated-vista-pending", "simulated-vista-rtm-x86"])
@pytest.mark.parametrize("kind", ["of two", "a product key", "a UPN", "a MAC", "a path"])
def test_with_it_gone_the_verdict_and_the_doctors_findings_are_the_same(name: str, kind: str) -> None:
    secret, pieces = SECRETS[kind]
    before = document.load(FOLDER / f"{name}.json")
    planted = []
    for one in before.exchanges:
        answer = markup.read(one.answer)
        for node in list(answer.walk()):
            if node.local in _NOBODY_DECIDES and not node.children:
                node.content = [secret]
            if node.local in ("XmlFragment", "Win32_OperatingSystem", "Win32_SystemDriver"):
                node.content = [*node.content, markup.Node(f"q:{_name(secret)}", {"xmlns:q": "urn:q"}, [secret])]
        planted.append(Exchange(0, 0, one.request, said(answer)[0], 200, "text/xml"))
    public = public_names([load("KB952876")])
    made = document.text_of(
        document.make(Tape(planted), public=public, stand_ins=StandIns(random.Random(3)), shift=Shift(-7))
    )  # noqa: S311
    assert not left(made, pieces)
    verdict, findings = found(document.parse(made.encode()))
    assert (verdict, findings) == found(before)
    assert len(findings) > 8
    assert verdict["status"] == {"simulated-vista-pending": "install_pending"}.get(name, "needs_fix")
