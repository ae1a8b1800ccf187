# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another hotfix than the collection's own is only data: its whole way onto a host and off it, beside the other one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import (
    CATALOGUE,
    Source,
    load,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.delivery import DeliveryError
from integration.hotfix.driver import OPEN, apply, look, package
from winhost.testing import RunningFleet, RunningHost, running_fleet

NUMBER = "952877"


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [{"name": "one", "profile": "vista_sp1_x64"}]
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as running:
        yield running


@pytest.fixture
def definition(tmp_path: Path) -> Definition:
    """A user's file: the same kernels under another number, with no symptom and no advice, on x64 alone."""
    data = json.loads((CATALOGUE / "kb952876.json").read_text(encoding="utf-8").replace("952876", NUMBER))
    data.update(symptom=None, advice=None, article=None)
    for name in ("packages", "targets"):
        data[name] = [one for one in data[name] if one["architecture"] == "x64"]
    (tmp_path / f"kb{NUMBER}.json").write_text(json.dumps(data), encoding="utf-8")
    return load(NUMBER, Source(folder=tmp_path))


def restart(host: RunningHost) -> None:
    boots = host.state()["boots"]
    host.change("reboot")
    host.wait_for(lambda state: state["boots"] > boots and state["listening"] and state["state"] == "running")


def test_a_hotfix_of_the_users_goes_its_whole_way(fleet: RunningFleet, definition: Definition, tmp_path: Path) -> None:
    host, kb = fleet.host("one"), f"KB{NUMBER}"
    msu = package(tmp_path / "own.msu", "x64", kb=kb)
    with pytest.raises(DeliveryError, match=f"is not the package of KB{NUMBER}: it is that of KB952876"):
        apply(host, "present", definition=definition, path=package(tmp_path / "other.msu", "x64"))
    staged = apply(host, "staged", definition=definition, path=msu)
    assert staged.last.verdict.status.value == "staged"
    assert host.folder(rf"C:\Windows\winlegacy.servicing\{kb}") is not None
    assert look(host).verdict.status.value == "needs_fix", "what is staged for one hotfix is not for another"
    done = apply(host, "present", definition=definition, path=msu)
    assert done.last.verdict.status.value == "install_pending"
    (root,) = done.last.verdict.packages.roots
    assert root.record.identity == f"Package_for_{kb}~31bf3856ad364e35~amd64~~6.0.1.0"
    assert look(host).verdict.packages.packages == (), "servicing knows nothing of the other one"
    assert apply(host, "present", definition=definition, path=msu).changed is False
    restart(host)
    assert look(host, definition).verdict.status.value == "fixed"
    assert look(host).verdict.status.value == "fixed", "its kernels are the other one's as well"
    gone = apply(host, "absent", definition=definition)
    assert gone.last.verdict.status.value == "removal_pending"
    restart(host)
    assert look(host, definition).verdict.status.value == "needs_fix"
