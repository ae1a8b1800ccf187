# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of an inventory's values people may see."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.private import (
    address_shown,
    hider,
    path_shown,
    private_parts,
    user_shown,
)


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("srv1.example.com", "srv1.example.com"),
        ("::1", "::1"),
        ("10.0.0.1:5985", "10.0.0.1:5985"),
        ("10.0.0.1:5985/wsman", "10.0.0.1:5985/wsman"),
        ("http://10.0.0.1", "http://10.0.0.1"),
        ("Administrator:P@ssw0rd@1.2.3.4", "***@1.2.3.4"),
        ("bob@srv1", "***@srv1"),
        ("https://Administrator:P@ss/w0rd@srv1:5986/wsman", "https://***@srv1:5986/wsman"),
        ("Administrator:x://y@srv1", "***@srv1"),
        ("srv1/wsman?pw=S3cret", "srv1/wsman?***"),
        ("srv1/wsman?pw=S3@cret", "***"),
        ("Administrator:S3?cret@srv1", "***"),
        ("Administrator:S3cret", "Administrator:***"),
        ("", ""),
    ],
)
def test_an_address(address: str, wanted: str) -> None:
    assert address_shown(address) == wanted
    assert address_shown(wanted) == wanted


def test_a_path_and_a_user() -> None:
    assert [path_shown(one) for one in ("/wsman", "/wsman?", "/wsman?a=b?c")] == ["/wsman", "/wsman?", "/wsman?***"]
    names = ("CORP\\anna", "anna@CORP", "anna:pw:x@CORP", "anna:")
    assert [user_shown(one) for one in names] == ["CORP\\anna", "anna@CORP", "anna:***", "anna:"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The password S3cret!'% of it", "The password *** of it"),
        ("url: /x?p=S3cret%21%27%25 failed", "url: /x?p=*** failed"),
        ("port 'S3cret!\\'%' x", "port '***' x"),
        ("xS3cret!'%x", "x***x"),
        ("ab, (ab) about", "***, (***) about"),
        ("http://srv1:80/wsman?pw=1 and wsman?pw=1", "http://srv1:80/wsman?*** and wsman?***"),
        ("anna:q was refused; CORP\\anna:q", "anna:*** was refused; CORP\\anna:***"),
        ("'me:2@srv1' has a quota of 2", "'***@srv1' has a quota of 2"),
        ("p=%C3%A4%F0%9F%90%9F-%2F- and p=%C3%A4%F0%9F%90%9F-/-", "p=*** and p=***"),
        ("nothing of it", "nothing of it"),
    ],
)
def test_whatever_quotes_it(text: str, wanted: str) -> None:
    hide = hider(
        ["S3cret!'%", "ab", "", "\u00e4\U0001f41f-/-", "\udcff"], address="me:2@srv1", path="/wsman?pw=1", user="anna:q"
    )
    assert hide(text) == wanted


def test_without_a_secret_a_text_stays() -> None:
    assert hider(["", ""], address="srv1", path="/wsman", user="anna")("anna at srv1/wsman") == "anna at srv1/wsman"


def test_what_is_long_enough_to_be_looked_for_alone() -> None:
    assert private_parts(address="a:long-one@h", path="/x?pw=1", user="anna:another") == [
        *("a:long-one", "long-one", "another")
    ]
