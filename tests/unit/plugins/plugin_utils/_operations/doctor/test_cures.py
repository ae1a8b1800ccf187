# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the wire can raise is a finding with a cure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.doctor.service import trouble
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, xmlread


def kinds(kind: type[errors.WSManError] = errors.WSManError) -> Iterator[type[errors.WSManError]]:
    """A class and all below it."""
    yield kind
    for one in kind.__subclasses__():
        yield from kinds(one)


@pytest.mark.parametrize("kind", sorted({*kinds()}, key=repr), ids=lambda kind: kind.__name__)
def test_every_error_of_the_wire_has_a_cure(kind: type[errors.WSManError]) -> None:
    own, bare = kind.__new__(kind), kind.__new__(kind)
    errors.WSManError.__init__(own, "it broke", do="Mend it.")
    errors.WSManError.__init__(bare, "it broke")
    assert trouble(own).cure == "Mend it."
    assert trouble(bare).cure.endswith(".")
    assert ("Try again" in trouble(bare).cure) is issubclass(kind, errors.ConnectionLost)


def test_an_answer_with_a_document_type_has_one() -> None:
    with pytest.raises(errors.MalformedResponse) as caught:
        xmlread.parse(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert "document type" in trouble(caught.value).text
    assert "ansible_port" in trouble(caught.value).cure
