# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a host says at whatever place: what is not known to be safe there does not stay."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import (
    allowed,
    document,
    markup,
    meaning,
    redact,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.forms import Forms
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.leaks import leaked
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.standins import StandIns
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.tape import Exchange, Tape
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.times import Shift
from unit.plugins.plugin_utils._wsman.fakes import enumerate_response, envelope, fault, row
from unit.transcripts import FOLDER

SECRET = "Zaphodbeeb"
SPELT = {
    "plain": SECRET,
    "upper": SECRET.upper(),
    "in a path": f"C:\\Windows\\{SECRET}\\System32",
    "an account": f"{SECRET}\\{SECRET.lower()}",
    "e-mail": f"{SECRET}@{SECRET}.example",
    "with digits": f"{SECRET}01-7",
    "after words": f"Microsoft Windows of {SECRET}",
    "escaped": f"&lt;{SECRET}&gt;",
    "as a URI": f"http://{SECRET}/wsman",
    "as a schema": f"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/{SECRET}/Win32_Service",
    "a lab": f"6001.18000.x86fre.{SECRET}_rtm.080118-1840",
    "a package": f"Package_{SECRET}~0123456789abcdef~amd64~~6.0.1.0",
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 of UTF-16": base64.b64encode(SECRET.encode("utf-16-le")).decode(),
}
NUMBER = "73321570020"
RECORDED = document.load(FOLDER / "simulated-vista-pending.json").exchanges
_MOST = 150  # nodes: the long lists have no element that shorter answers lack


def answers() -> list[tuple[bytes, bytes, frozenset[str]]]:
    """Requests and answers with the names of the answer's elements that hold text, each set of names once."""
    found: dict[tuple[str, frozenset[str]], tuple[bytes, bytes, frozenset[str]]] = {}
    for one in RECORDED:
        nodes = list(markup.read(one.answer).walk()) if one.answer else []
        names = frozenset(node.local for node in nodes if not node.children)
        if len(nodes) <= _MOST:
            found.setdefault((meaning.label(markup.read(one.request))[:80], names), (one.request, one.answer, names))
    return list(found.values())


ANSWERS = answers()
NAMES = sorted({name for _request, _answer, names in ANSWERS for name in names})


def redacted(exchanges: list[tuple[str, str]]) -> str:
    """The text of a transcript of requests and answers."""
    tape = Tape([Exchange(0, 0, request.encode(), answer.encode()) for request, answer in exchanges])
    return document.text_of(document.make(tape, stand_ins=StandIns(random.Random(1)), shift=Shift(-700)))  # noqa: S311


def planted(secret: str, name: str = "", *, but: str = "") -> Iterator[tuple[markup.Node, markup.Node]]:
    """Recorded exchanges with the secret as text, and as attribute, of all elements of the answer of that name.

    name "": of all; else the first exchange that has one, and of the plain secret all that do. but: not those whose
    request says that.
    """
    for one, other, names in ANSWERS:
        if (name and name not in names) or (but and but.encode() in one):
            continue
        request, answer = markup.read(one), markup.read(other)
        for node in answer.walk():
            if name in ("", node.local):
                node.content = [secret] if not node.children else [secret, *node.children]
                node.attributes = dict.fromkeys(node.attributes, secret)
        yield request, answer
        if name and secret != SPELT["plain"]:
            return


@pytest.mark.parametrize("spelling", SPELT)
def test_a_secret_in_every_place_is_gone(spelling: str) -> None:
    """All places at once, then element by element, so that what an element says of its surroundings stays right."""
    assert len(NAMES) > 100
    for name in ("", *NAMES):
        for request, answer in planted(SPELT[spelling], name):
            redact.Redactor(Forms(StandIns(), Shift())).exchange(request, answer)
            assert not leaked("".join(markup.lines(answer)), [SECRET]), name


def test_the_secret_would_be_found() -> None:
    for text in SPELT.values():
        assert leaked(f"<a>{text}</a>", [SECRET]), text


@pytest.mark.parametrize(
    ("number", "places"),
    [
        (NUMBER, {"FileSize", "FreeSpace"}),
        (
            "54321",
            {
                *("Architecture", "BuildNumber", "CodeSet", "CountryCode", "CurrentTimeZone", "EncryptionLevel"),
                *("ExitCode", "FileSize", "FreeSpace", "Locale", "OSLanguage", "OSProductSuite", "OSType", "ProcessId"),
                *("OperatingSystemSKU", "ProductType", "ReturnValue", "ServicePackMajorVersion", "bGranted", "uValue"),
                *("ServicePackMinorVersion", "ServiceSpecificExitCode", "SuiteMask", "Types"),
            },
        ),
    ],
)
def test_where_numbers_stay_is_a_short_list(number: str, places: set[str]) -> None:
    """Long ones only where sizes stand."""
    staying: set[str] = set()
    for name in NAMES:
        for request, answer in planted(number, name, but="/config"):
            redact.Redactor(Forms(StandIns(), Shift())).exchange(request, answer)
            planted_in = (node for node in answer.walk() if node.local == name)  # others may hold it by chance
            staying.update(node.local for node in planted_in if number in node.text)
    assert staying == places


def test_of_the_services_configuration_numbers_stay_and_names_do_not() -> None:
    request = envelope("").replace(
        "<s:Header>", "<s:Header><a:Action>x/Get</a:Action><w:ResourceURI>x/config</w:ResourceURI>"
    )
    config = "<c:Config xmlns:c='x'><c:MaxShellsPerUser>5</c:MaxShellsPerUser><c:Client>"
    config += f"<c:TrustedHosts>{SECRET}</c:TrustedHosts></c:Client></c:Config>"
    text = redacted([(request, envelope(config))])
    assert "MaxShellsPerUser>5<" in text
    assert "TrustedHosts>Standinaaa<" in text


def registry(method: str, key: str, value: str, answer: str) -> tuple[str, str]:
    """One call of StdRegProv."""
    resource = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv"
    body = (
        f'<p:{method}_INPUT xmlns:p="{resource}"><p:hDefKey>2147483650</p:hDefKey><p:sSubKeyName>{key}</p:sSubKeyName>'
        f"<p:sValueName>{value}</p:sValueName></p:{method}_INPUT>"
    )
    header = f"<a:Action>{resource}/{method}</a:Action><w:ResourceURI>{resource}</w:ResourceURI>"
    request = envelope(body).replace("<s:Header>", f"<s:Header>{header}")
    return request, envelope(
        f'<p:{method}_OUTPUT xmlns:p="{resource}">{answer}<p:ReturnValue>0</p:ReturnValue></p:{method}_OUTPUT>'
    )


def query(wql: str, rows: str) -> tuple[str, str]:
    """One query with its rows."""
    dialect = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
    request = envelope(f'<n:Enumerate><w:Filter Dialect="{dialect}">{wql}</w:Filter></n:Enumerate>')
    return request, enumerate_response(f"<n:EnumerationContext/><w:Items>{rows}</w:Items><w:EndOfSequence/>")


def test_a_registry_value_stays_by_its_name_and_form() -> None:
    key = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
    lab = "6001.18000.x86fre.longhorn_rtm.080118-1840"
    assert lab in redacted([registry("GetStringValue", key, "BuildLabEx", f"<p:sValue>{lab}</p:sValue>")])
    assert lab not in redacted([registry("GetStringValue", key, "Owner", f"<p:sValue>{lab}</p:sValue>")])
    state = "<p:uValue>112</p:uValue>"
    assert ">112<" in redacted([registry("GetDWORDValue", key, "CurrentState", state)])
    assert ">112<" not in redacted([registry("GetDWORDValue", key, "Serial", state)])


def test_names_of_values_that_have_a_form_stay_in_questions() -> None:
    for name in (*allowed.REGISTRY_TEXTS, *allowed.REGISTRY_NUMBERS):
        assert Forms(StandIns(), Shift()).name(name) == name


def test_a_key_with_a_users_name_is_replaced_in_the_question_too() -> None:
    text = redacted([registry("EnumKey", f"SOFTWARE\\{SECRET}\\Packages", "", f"<p:sNames>{SECRET}</p:sNames>")])
    assert SECRET not in text
    assert text.count("SOFTWARE\\\\Standinaaa\\\\Packages") == 2  # what was asked, and the request


def test_a_query_keeps_its_meaning_and_not_its_names() -> None:
    wql = f"SELECT Name FROM Win32_UserAccount WHERE Name='{SECRET}'"
    wql += f" AND Domain='O\\'{SECRET}' AND SID LIKE 'S-1-5-21-1-2-3-1013'"
    text = redacted([query(wql, row(Name=SECRET))])
    assert SECRET not in text
    assert "SELECT Name FROM Win32_UserAccount WHERE Name='Standinaaa' AND Domain='NAA\\\\'Standinaaa'" in text
    assert "1013" not in text


@pytest.mark.parametrize("machine", [SECRET, "10.20.30.40"])
def test_a_fault_tells_its_codes_and_no_machine(machine: str) -> None:
    given = fault(2150858778, text=f"Access is denied. To {machine}, 0x80041010", inner=f"No class for {machine}")
    given = given.replace('Code="2150858778"', f'Code="2150858778" Machine="{machine}"')
    text = redacted([(query("SELECT Name FROM Win32_Service", "")[0], given)])
    assert machine not in text
    assert all(one in text for one in ('Code=\\"2150858778\\"', "0x80041010", "Access is denied.", "w:InternalError"))


def test_a_pull_is_of_the_class_that_its_context_came_with() -> None:
    context = "<n:EnumerationContext>uuid:0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0</n:EnumerationContext>"
    first = query("SELECT HotFixID FROM Win32_QuickFixEngineering", row(HotFixID="KB952876"))
    begun = first[0], first[1].replace("<n:EnumerationContext/>", context).replace("<w:EndOfSequence/>", "")
    page = row(HotFixID="KB942288", InstalledBy=SECRET)
    pull = (
        envelope(f"<n:Pull>{context}</n:Pull>"),
        envelope(f"<n:PullResponse><n:Items>{page}</n:Items></n:PullResponse>"),
    )
    text = redacted([begun, pull])
    assert "KB942288" in text
    assert SECRET not in text
    assert "0F1E2D3C" not in text
    assert "KB942288" not in redacted([pull])  # of nobody knows what


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le", "utf-16-be"])
def test_a_programs_output_keeps_only_words_of_windows(encoding: str) -> None:
    said = base64.b64encode(f"Access is denied. {SECRET} 5551234".encode(encoding)).decode()
    stream = f'<rsp:ReceiveResponse><rsp:Stream Name="stdout">{said}</rsp:Stream></rsp:ReceiveResponse>'
    text = redacted([(envelope("<rsp:Receive/>"), envelope(stream))])
    coded = text.partition('Name=\\"stdout\\">')[2].partition("<")[0]
    shown = base64.b64decode(coded).replace(b"\0", b"").decode("latin-1")
    assert SECRET.lower() not in shown.lower()
    assert "5551234" not in shown
    assert ("Access is denied." in shown) is (encoding == "ascii")


def test_a_word_of_windows_is_no_word_of_a_text() -> None:
    """People are called Will, and computers Server: only whole sentences are known."""
    said = (query("SELECT Name FROM Win32_Service", "")[0], fault(5, text="Will is not available on Server."))
    text = redacted([said])
    assert "Will" not in text
    assert "Server" not in text
