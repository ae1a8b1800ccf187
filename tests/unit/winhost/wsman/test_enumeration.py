# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enumerate, Pull and Release: pages, contexts, filters, sizes."""

from __future__ import annotations

import asyncio

import pytest
from unit.winhost.wsman import messages as m
from unit.winhost.wsman.bench import Bench, fault, find
from unit.winhost.wsman.fakes import FakeProvider

QUERY = "select * from Win32_LogicalDisk"


def context(answer: object) -> str:
    return find(answer, "string(//n:EnumerationContext)")  # type: ignore[arg-type, no-any-return]


async def all_pages(bench: Bench, maximum: int) -> list[int]:
    """How many items came with each answer."""
    answer = await bench.ask(m.wql(QUERY, maximum=maximum))
    pages = [int(find(answer, "count(//w:Items/*)"))]
    identity = context(answer)
    while not find(answer, "//w:EndOfSequence | //n:EndOfSequence"):
        answer = await bench.ask(m.pull(identity, maximum))
        assert answer.status == 200
        pages.append(int(find(answer, "count(//n:Items/*)")))
        identity = context(answer) or identity  # a middle page may carry a new one
    return pages


@pytest.mark.parametrize(
    ("stack", "maximum", "pages"),
    [("1.1", 2, [2, 2, 2, 1]), ("1.1", 100, [7]), ("2.0", 100, [1, 6]), ("2.0", 2, [1, 6]), ("3.0", 2, [1, 6])],
)
def test_pages(stack: str, maximum: int, pages: list[int]) -> None:
    assert asyncio.run(all_pages(Bench(stack, provider=FakeProvider(disks=7)), maximum)) == pages


def test_stack_1_1_gives_at_most_20_items() -> None:
    assert asyncio.run(all_pages(Bench("1.1", provider=FakeProvider(disks=45)), 1000)) == [20, 20, 5]


def test_pages_of_75000_characters_from_stack_2_0() -> None:
    pages = asyncio.run(all_pages(Bench("2.0", provider=FakeProvider(disks=20, padding=10000)), 1000))
    assert pages[0] == 1
    assert sum(pages) == 20
    assert set(pages[1:-1]) == {7}


def test_a_single_item_ends_at_once_with_an_empty_context() -> None:
    async def run() -> None:
        for stack in ("1.1", "2.0"):
            answer = await Bench(stack).ask(m.wql("select * from Win32_OperatingSystem"))
            assert context(answer) == ""
            assert find(answer, "//w:EndOfSequence")

    asyncio.run(run())


def test_without_optimisation_only_the_context_comes() -> None:
    async def run() -> None:
        bench = Bench()
        answer = await bench.ask(m.wql(QUERY, optimize=False, maximum=None))
        assert not find(answer, "//w:Items")
        pulled = await bench.ask(m.pull(context(answer)))
        assert find(pulled, "count(//n:Items/*)") == 3

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["absent", "same", "new"])
def test_the_context_of_a_pull_response(kind: str) -> None:
    async def run() -> None:
        bench = Bench(provider=FakeProvider(disks=4), doubt={"pull_context": kind})
        first = context(await bench.ask(m.wql(QUERY, maximum=1)))
        second = context(await bench.ask(m.pull(first, 1)))
        assert {"absent": second == "", "same": second == first, "new": second not in ("", first)}[kind]
        again = await bench.ask(m.pull(second or first, 10))
        assert find(again, "//n:EndOfSequence")

    asyncio.run(run())


def test_a_context_ends_by_use_by_release_by_time_and_belongs_to_its_user() -> None:
    async def run() -> None:
        bench = Bench(provider=FakeProvider(disks=4))
        identity = context(await bench.ask(m.wql(QUERY, maximum=1)))
        assert fault(await bench.ask(m.pull(identity), bench.as_user("operator"))) == (
            "InvalidEnumerationContext",
            2150858779,
        )
        await bench.ask(m.pull(identity, 20))
        assert fault(await bench.ask(m.pull(identity)))[0] == "InvalidEnumerationContext"
        identity = context(await bench.ask(m.wql(QUERY, maximum=1)))
        release = f"<n:Release><n:EnumerationContext>{identity}</n:EnumerationContext></n:Release>"
        assert (await bench.ask(m.message(m.ENUMERATION + "Release", m.CIMV2 + "*", release))).status == 200
        assert fault(await bench.ask(m.pull(identity)))[0] == "InvalidEnumerationContext"
        identity = context(await bench.ask(m.wql(QUERY, maximum=1)))
        bench.time.now += 61
        assert fault(await bench.ask(m.pull(identity)))[0] == "InvalidEnumerationContext"

    asyncio.run(run())


def test_what_does_not_fit_the_clients_envelope_waits_or_is_a_fault() -> None:
    async def run() -> None:
        bench = Bench(provider=FakeProvider(disks=4, padding=3000))
        answer = await bench.ask(m.wql(QUERY, maximum=20, size=9000))
        assert len(answer.body) <= 9000
        assert 0 < find(answer, "count(//w:Items/*)") < 4
        bench = Bench(provider=FakeProvider(disks=1, padding=9000))
        assert fault(await bench.ask(m.wql(QUERY, size=9000))) == ("EncodingLimit", 2150858824)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("query", "subcode", "code"),
    [
        ("select * from Win32_Nothing", "CannotProcessFilter", 2150858778),
        ("selec", "CannotProcessFilter", 2150858778),
        ("", "CannotProcessFilter", 2150858778),
    ],
)
def test_filters_that_fail(query: str, subcode: str, code: int) -> None:
    assert fault(asyncio.run(Bench().ask(m.wql(query)))) == (subcode, code)


def test_other_dialects_other_uris_and_no_filter() -> None:
    async def run() -> None:
        bench = Bench()
        xpath = (
            '<n:Enumerate><w:Filter Dialect="http://www.w3.org/TR/1999/REC-xpath-19991116">a</w:Filter></n:Enumerate>'
        )
        assert (
            fault(await bench.ask(m.message(m.ENUMERATION + "Enumerate", m.CIMV2 + "*", xpath)))[0]
            == "FilterDialectRequestedUnavailable"
        )
        assert (
            fault(await bench.ask(m.message(m.ENUMERATION + "Enumerate", m.CIMV2 + "*", "<n:Enumerate/>")))[0]
            == "UnsupportedFeature"
        )
        named = m.wql(QUERY).replace(b"cimv2/*", b"cimv2/Win32_LogicalDisk")
        assert fault(await bench.ask(named)) == ("InvalidResourceURI", 2150859003)
        whole = m.message(
            m.ENUMERATION + "Enumerate",
            m.CIMV2 + "win32_logicaldisk",
            "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>9</w:MaxElements></n:Enumerate>",
        )
        assert find(await bench.ask(whole), "count(//w:Items/*)") == 3
        assert fault(await bench.ask(m.wql(QUERY, namespace="root/none")))[0] == "DestinationUnreachable"

    asyncio.run(run())


def test_values_nil_arrays_control_characters_and_datetimes() -> None:
    async def run() -> None:
        answer = await Bench().ask(
            m.wql("select Tags, Note, FreeSpace, When from Win32_LogicalDisk where Name = 'D0:'")
        )
        row = find(answer, "//w:XmlFragment")[0]
        assert [child.tag for child in row] == ["FreeSpace", "Note", "Tags", "Tags", "When"]
        assert row[0].get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"
        assert row[1].text == "a?b"
        assert [row[2].text, row[3].text] == ["one", "two"]
        assert row[4][0].tag == "Datetime"
        assert row[4][0].text == "2008-06-17T08:30:05.25+02:00"

    asyncio.run(run())


def test_endpoint_references_instead_of_or_beside_the_objects() -> None:
    async def run() -> None:
        body = "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>9</w:MaxElements>"
        body += "<w:EnumerationMode>{}</w:EnumerationMode></n:Enumerate>"
        bench = Bench()
        only = await bench.ask(
            m.message(m.ENUMERATION + "Enumerate", m.CIMV2 + "Win32_LogicalDisk", body.format("EnumerateEPR"))
        )
        assert find(only, "string(//w:Items/a:EndpointReference[1]//w:Selector)") == "D0:"
        both = await bench.ask(
            m.message(m.ENUMERATION + "Enumerate", m.CIMV2 + "Win32_LogicalDisk", body.format("EnumerateObjectAndEPR"))
        )
        assert find(both, "count(//w:Item/a:EndpointReference)") == 3
        other = await bench.ask(
            m.message(m.ENUMERATION + "Enumerate", m.CIMV2 + "Win32_LogicalDisk", body.format("Nothing"))
        )
        assert fault(other)[0] == "UnsupportedFeature"

    asyncio.run(run())


def test_a_query_longer_than_its_timeout_is_a_fault_and_the_service_goes_on() -> None:
    async def run() -> None:
        bench = Bench(provider=FakeProvider(delay=5.0))
        assert fault(await bench.ask(m.wql(QUERY, timeout="PT0.05S"))) == ("TimedOut", 2150858793)
        assert (await bench.ask(m.IDENTIFY)).status == 200

    asyncio.run(run())


def test_concurrent_operations_are_limited_by_user_and_in_all() -> None:
    async def run() -> None:
        bench = Bench(provider=FakeProvider(disks=4))
        for _unused in range(15):
            assert (await bench.ask(m.wql(QUERY, maximum=1))).status == 200
        assert fault(await bench.ask(m.wql(QUERY, maximum=1))) == ("InternalError", 2150859174)
        assert (await bench.ask(m.wql(QUERY, maximum=1), bench.as_user("operator"))).status == 200
        bench = Bench(provider=FakeProvider(disks=4), limits={"max_concurrent_operations": 2})
        for _unused in range(2):
            await bench.ask(m.wql(QUERY, maximum=1))
        assert fault(await bench.ask(m.wql(QUERY, maximum=1), bench.as_user("operator")))[0] == "InternalError"

    asyncio.run(run())
