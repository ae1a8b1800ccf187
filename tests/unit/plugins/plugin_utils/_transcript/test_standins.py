# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins: the same for the same, another for another, of the same shape, and nothing of what they stand for."""

from __future__ import annotations

import random
import re
import string

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.forms import Forms
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.standins import StandIns
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.times import Shift
from hypothesis import given
from hypothesis import strategies as st

WORD = st.text(string.ascii_letters, min_size=4, max_size=30)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def forms(public: tuple[str, ...] = (), days: int = -700) -> Forms:
    return Forms(StandIns(random.Random(1)), Shift(days), public)  # noqa: S311


@given(st.lists(WORD, min_size=1, max_size=30))
def test_words_are_replaced_consistently(words: list[str]) -> None:
    stand_ins = StandIns(random.Random(1))  # noqa: S311
    made: dict[str, str] = {}
    for word in words:
        stand_in = stand_ins.word(word)
        assert stand_in.casefold() != word.casefold()
        assert made.setdefault(word.casefold(), stand_in.casefold()) == stand_in.casefold()
        assert (word.isupper(), word.islower()) == (stand_in.isupper(), stand_in.islower()) or word[:1].islower()
    assert len(set(made.values())) == len(made)


@given(ANY.filter(lambda text: text.strip().casefold() not in ("true", "false")))
def test_no_word_of_a_private_text_stays(text: str) -> None:
    made = forms().private(text)
    left = set(re.findall("[^\\W\\d_]{4,}", made.casefold()))
    before = set(re.findall("[^\\W\\d_]{4,}", text.casefold()))
    assert not {word for word in left & before if not word.startswith(("name", "standin"))}


@given(WORD, WORD)
def test_the_shape_of_a_name_stays(one: str, other: str) -> None:
    text = f"{one.upper()}-{other.lower()}.Example\\{one.lower()}$"
    made = forms().private(text)
    assert re.sub("[A-Za-z]+", "", made) == re.sub("[A-Za-z]+", "", text)
    first, second = re.findall("[A-Za-z]+", made)[0], re.findall("[A-Za-z]+", made)[-1]
    assert first.casefold() == second.casefold()
    assert first.isupper()
    assert second.islower()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("{0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0}", r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}"),
        ("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("S-1-5-21-3623811015-3361044348-30300820-1013", r"S-1-5-21(-[0-9]{9,10}){3}-[0-9]{5}"),
        ("S-1-5-21-3623811015-3361044348-30300820-500", r"S-1-5-21(-[0-9]{9,10}){3}-500"),
        ("10.20.30.44", r"(192\.0\.2|198\.51\.100|203\.0\.113)\.[0-9]{1,3}"),
        ("fe80::1234:5678:9abc:def0", r"2001:db8::[0-9a-f]{1,4}"),
        ("00:1A:2B:3C:4D:5E", r"([0-9A-F]{2}:){5}[0-9A-F]{2}"),
        ("00-1a-2b-3c-4d-5e", r"([0-9a-f]{2}-){5}[0-9a-f]{2}"),
        ("jane.doe@corp.example", r"[a-z]+\.[a-z]+@[a-z]+\.[a-z]+"),
        ("89578-OEM-7332157-00204", r"[0-9]{5}-[A-Z]{3}-[0-9]{7}-[0-9]{5}"),
        ("\\\\fileserver\\share$\\jane", r"\\\\[a-z]+\\[a-z]+\$\\[a-z]+"),
        ("C:\\Users\\jane\\a.txt", r"[A-Z]+:\\[A-Z][a-z]+\\[a-z]+\\[a-z]+\.[a-z]+"),
    ],
)
def test_a_form_stays_and_its_content_does_not(text: str, form: str) -> None:
    made = forms().private(text)
    assert re.fullmatch(form, made), made
    assert made != text
    assert made == forms().private(text)


def test_ids_in_either_case_are_one() -> None:
    both = forms()
    upper = both.private("0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0")
    assert both.private("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0") == upper.lower()


@pytest.mark.parametrize("text", ["127.0.0.1", "0.0.0.0", "255.255.255.0", "S-1-5-18", "S-1-5-32-544", "::1"])  # noqa: S104
def test_what_every_machine_has_stays(text: str) -> None:
    made = forms().private(text)
    assert made == text or text.startswith("S-")


def test_another_transcript_has_other_stand_ins_for_numbers_and_ids() -> None:
    text = "89578-7332157 0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0"
    assert Forms(StandIns(), Shift(1)).private(text) != Forms(StandIns(), Shift(1)).private(text)


def test_a_character_beyond_ascii_leaves_one() -> None:
    made = forms().private("J\xfcrgen")
    assert "rgen" not in made
    assert not made.isascii()


@pytest.mark.parametrize(
    ("given_", "stays"),
    [
        ("Access is denied. JSMITH", ["Access is denied. "]),
        ("JSmith: HRESULT 0x80041010, 2150858778", [": HRESULT 0x80041010, ", " 2150858778"]),
        (
            "The class JSmith does not exist in the root namespace.",
            ["The class ", " does not exist in the ", " namespace."],
        ),
        ("Microsoft\xae Windows Vista\u2122 Business ", ["Microsoft\xae Windows Vista\u2122 Business "]),
        ("Service Pack 1", ["Service Pack 1"]),
    ],
)
def test_words_of_windows_stay_in_free_texts(given_: str, stays: list[str]) -> None:
    made = forms().words(given_)
    assert all(one in made for one in stays)
    assert "jsmith" not in made.casefold()


@pytest.mark.parametrize("text", ["call 06 12 34 56 78", "4.12.33.7 of 12-34-56", "pin 1234-5678-9012"])
def test_numbers_in_groups_do_not_stay(text: str) -> None:
    numbers = re.findall("[0-9]+(?:[ .-][0-9]+)+", text)
    made = forms().words(text)
    assert not any(one in made for one in numbers)


@pytest.mark.parametrize(
    "text", ["Will is not available", "WEB01", "HOME-PC", "Windows Vista of Will", "Access", "server"]
)
def test_words_alone_are_somebodys_names(text: str) -> None:
    made = forms().words(text)
    assert not {word.casefold() for word in re.findall("[A-Za-z]+|[0-9]+", text)} & {
        word.casefold() for word in re.findall("[A-Za-z]+|[0-9]+", made)
    }


@pytest.mark.parametrize("number", ["10.1.2.3", "1.2.3.4", "7.12"])
def test_what_stands_for_no_version_is_none(number: str) -> None:
    """A stand-in of the form of a version would be read as one, and be above or below the fix."""
    assert not re.search("[0-9]", forms().lab(number))
    assert forms((number,)).lab(number) == number


def test_single_digits_are_replaced_though_there_are_few() -> None:
    made = forms()
    for digit in "0123456789" * 3:
        assert made.private(digit) != digit


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("lab", "6001.18000.x86fre.longhorn_rtm.080118-1840"),
        ("lab", "6000.vista_gdr.071009-1548"),
        ("lab", "6.0.6001.22191 (vistasp1_ldr.080530-1504)"),
        ("lab", "6.0.6001.22191"),
        ("name", "Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0"),
        ("name", "x86_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6001.22191_none_6c59af69cd88c702"),
        ("path", "C:\\Windows\\System32"),
        ("path", "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages"),
        ("uri", "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_OperatingSystem"),
        ("uri", "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv/GetStringValueResponse"),
        ("product", "OS: 6.0.6001 SP: 1.0 Stack: 1.1"),
    ],
)
def test_closed_forms_stay(form: str, text: str) -> None:
    assert getattr(forms(), form)(text) == text


@pytest.mark.parametrize(
    ("form", "text", "secret"),
    [
        ("lab", "6001.18000.x86fre.acmecorp_jane.080118-1840", "jane"),
        ("name", "Package_for_jane~0123456789abcdef~amd64~~6.0.1.0", "jane"),
        ("path", "C:\\Users\\jane\\System32", "jane"),
        ("uri", "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/acme/Acme_jane", "jane"),
        ("uri", "http://jane.corp.example:5985/wsman", "jane"),
        ("product", "OS: jane SP: 1.0 Stack: 1.1", "jane"),
        ("number", "0x12345jane", "jane"),
    ],
)
def test_what_only_looks_like_a_closed_form_does_not(form: str, text: str, secret: str) -> None:
    made = forms()
    assert secret not in made.of(getattr(Forms, form), text).casefold()


def test_public_names_stay_where_names_stand() -> None:
    assert forms(("tcpipreg", "Ntoskrnl.exe")).path("C:\\Windows\\ntoskrnl.exe") == "C:\\Windows\\ntoskrnl.exe"
    assert forms().name("acmedrv") != "acmedrv"
    assert forms(("tcpipreg",)).private("tcpipreg") != "tcpipreg"
