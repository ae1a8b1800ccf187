# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""package_info as a task: arguments, the shape of the result, relative paths, and that no host is ever asked."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.template import Templar
from ansible_collections.winlegacy.servicing.plugins.action import package_info
from ansible_collections.winlegacy.servicing.plugins.doc_fragments import definition
from ansible_collections.winlegacy.servicing.plugins.doc_fragments.package import ModuleDocFragment
from ansible_collections.winlegacy.servicing.plugins.module_utils._package_specs import PACKAGE_INFO
from ansible_collections.winlegacy.servicing.plugins.modules import package_info as docs
from packages import write_msu
from packages.genuine import GENUINE, genuine
from packages.programs import needs
from packages.signing import Authority, sign

ROOT = Path(__file__).resolve().parents[4]


class NoConnection:
    """Fails as soon as anything of it is used."""

    _shell = SimpleNamespace(tmpdir=None)
    transport = "winrm"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "become":
            raise AttributeError(name)
        raise AssertionError(f"the connection was used: {name}")


def run(arguments: dict[str, Any], *, run_async: int = 0, basedir: Path | None = None) -> dict[str, Any]:
    loader = DataLoader()
    if basedir is not None:
        loader.set_basedir(str(basedir))
    task = Task.load({"action": "winlegacy.servicing.package_info"})
    task.args = arguments
    task.async_val = run_async
    plugin = package_info.ActionModule(
        task=task,
        connection=NoConnection(),
        play_context=PlayContext(),
        loader=loader,
        templar=Templar(loader=loader, variables={}),
        shared_loader_obj=None,
    )
    result: dict[str, Any] = plugin.run(task_vars={})
    return result


def returned(entries: dict[str, Any]) -> dict[str, Any]:
    """The keys that RETURN documents, nested; None where it does not go deeper."""
    return {name: returned(entry["contains"]) if "contains" in entry else None for name, entry in entries.items()}


def assert_shape(value: Any, shape: dict[str, Any] | None) -> None:
    if shape is None or value is None:
        return
    for one in value if isinstance(value, list) else [value]:
        assert set(one) == set(shape)
        for name, below in shape.items():
            assert_shape(one[name], below)


def test_the_documentation_has_the_options_of_the_specification() -> None:
    fragments = (ModuleDocFragment, definition.ModuleDocFragment)
    options = yaml.safe_load(docs.DOCUMENTATION)["options"]
    for fragment in fragments:
        options |= yaml.safe_load(fragment.DOCUMENTATION)["options"]
    assert {name: {key: entry[key] for key in entry if key != "description"} for name, entry in options.items()} == (
        PACKAGE_INFO
    )
    for task in yaml.safe_load(docs.EXAMPLES):
        for name, arguments in task.items():
            if name.startswith("winlegacy."):
                assert set(arguments) <= set(options)


@pytest.mark.parametrize("options", [{}, {"kernel_versions": {6001: (6, 0, 6001, 22300)}}, {"kb": "KB952877"}])
def test_the_result_has_the_documented_shape(tmp_path: Path, options: dict[str, Any]) -> None:
    path = write_msu(tmp_path, "x64", **options)
    result = run({"path": str(path), "fail_on_refusal": False, "signature": "prefer", "details": True})
    assert result.pop("changed") is False
    assert_shape(result, returned(yaml.safe_load(docs.RETURN)))
    assert json.loads(json.dumps(result)) == result
    assert result["accepted"] == (not options)
    assert not result.get("failed")


SHORT = {
    "package": {"path", "sha256", "kb", "architecture", "signature"},
    "signature": {"state", "proven_by", "signer", "time_stamp", "tool_advice"},
    "match": {"kb", "status"},
}
SCREEN = 30


def test_without_details_the_answer_fits_a_screen(tmp_path: Path) -> None:
    """As an ad hoc command prints it, with sorted keys: the verdict and the differences come first."""
    path = write_msu(tmp_path, "x64")
    wanted = {"path": str(path), "fail_on_refusal": False, "signature": "prefer"}
    short, whole = run(wanted), run({**wanted, "details": True})
    documented = yaml.safe_load(docs.RETURN)
    told = {"package": short["package"], "signature": short["package"]["signature"], "match": short["match"]}
    assert {name: set(one) for name, one in told.items()} == SHORT
    entries = {"package": documented["package"], "match": documented["match"]}
    entries["signature"] = documented["package"]["contains"]["signature"]
    for name, entry in entries.items():
        always = {key for key, one in entry["contains"].items() if one["returned"] == "always"}
        if name != "signature":
            assert {one["returned"] for one in entry["contains"].values()} == {"always", "when O(details) is true"}
        assert always == SHORT[name]
    for key, value in short["package"].items():
        assert key == "signature" or whole["package"][key] == value
    assert len(json.dumps(short, indent=4, sort_keys=True).splitlines()) <= SCREEN
    assert sorted(short)[:3] == ["accepted", "changed", "match"]


@pytest.mark.parametrize("kernels", [None, {6001: (6, 0, 6001, 22190)}])
def test_a_refusal_says_its_reason_once_and_fits_a_screen(tmp_path: Path, kernels: Any) -> None:
    """Both for one that is not signed, and for one that is another package besides."""
    wanted = {"path": str(write_msu(tmp_path, "x64", **({"kernel_versions": kernels} if kernels else {})))}
    result = run(wanted)
    assert result.pop("failed") is True
    lines = json.dumps(result, indent=4, sort_keys=True).splitlines()
    assert len(lines) <= SCREEN
    assert "\n".join(lines).count("it is not signed") == 1
    assert len(result["refusals"]) == (2 if kernels else 1)
    assert all(set(one) == {"code"} for one in result["refusals"])
    for options in ({"details": True}, {"fail_on_refusal": False}):
        told = run({**wanted, **options})["refusals"]
        assert [one["code"] for one in told] == [one["code"] for one in result["refusals"]]
        assert "; ".join(one["text"] for one in told) == result["msg"]


@pytest.mark.parametrize("name", ["path", "ca_file"])
def test_a_relative_path_that_is_not_there_is_one_sentence(tmp_path: Path, name: str) -> None:
    arguments = {"path": str(write_msu(tmp_path, "x64")), name: "nope.pem"}
    result = run(arguments, basedir=tmp_path)
    assert result["failed"] is True
    assert result["msg"].startswith(f"{name}: there is no nope.pem")
    assert "\n" not in result["msg"]


def test_a_refusal_fails_the_task_and_returns_everything(tmp_path: Path) -> None:
    path = write_msu(tmp_path, "x64", kernel_versions={6001: (6, 0, 6001, 22190)})
    result = run({"path": str(path)})
    assert result["failed"] is True
    assert "is not the package of KB952876" in result["msg"]
    assert "older version (expected 6.0.6001.22191, found 6.0.6001.22190)" in result["msg"]
    assert result["match"]["status"] == "mismatch"
    assert result["package"]["kb"] == "KB952876"


def test_options_are_used(tmp_path: Path) -> None:
    path = write_msu(tmp_path, "x86", name="later.msu", kernel_versions={6001: (6, 0, 6001, 22300)})
    one = {"path": str(path), "signature": "prefer"}
    assert run(one)["failed"]
    assert run({**one, "allow_later": True})["accepted"]
    assert run({**one, "allow_later": True, "architecture": "x64"})["failed"]
    folder = {"package_dir": str(tmp_path), "architecture": "x86", "signature": "prefer"}
    assert run({**folder, "allow_later": True})["accepted"]
    assert "is not the pinned file" in run({"path": str(path), "checksum": ["sha1:" + "0" * 40]})["msg"]


@needs("osslsigncode")
def test_a_required_signature(tmp_path: Path) -> None:
    (tmp_path / "ca").mkdir()
    authority = Authority(tmp_path / "ca")
    path = write_msu(tmp_path, "x64")
    wanted = {"path": str(path), "signature": "require", "ca_file": str(authority.root_file)}
    assert "must have a valid signature and it is unsigned" in run(wanted)["msg"]
    sign(path, authority.signer())
    assert run(wanted)["accepted"]


def test_without_proof_a_package_is_refused_by_default(tmp_path: Path) -> None:
    path = write_msu(tmp_path, "x64")
    result = run({"path": str(path)})
    assert result["failed"]
    assert [one["code"] for one in result["refusals"]] == ["signature_unsigned"]
    assert "it is not signed" in result["msg"]
    assert "pin the checksum" in result["msg"]
    checksum = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    assert run({"path": str(path), "checksum": [checksum]})["accepted"]


@pytest.mark.parametrize("policy", ["prefer", "ignore"])
def test_what_is_accepted_without_proof_is_warned_about(
    tmp_path: Path, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(package_info.display, "warning", said.append)
    assert run({"path": str(write_msu(tmp_path, "x64")), "signature": policy})["accepted"]
    assert [f"signature={policy}" in one for one in said] == [True]


@needs("osslsigncode")
@genuine
@pytest.mark.parametrize("path", GENUINE, ids=lambda path: path.name)
def test_a_genuine_package_is_known_as_microsofts(path: Path) -> None:
    """Nothing but the collection and osslsigncode is needed. It is another hotfix's, so it is not accepted."""
    result = run({"path": str(path), "fail_on_refusal": False, "details": True})
    told = result["package"]["signature"]
    assert (told["state"], told["proven_by"], told["expired"]) == ("valid", "microsoft", True)
    assert told["signer"].endswith("/O=Microsoft Corporation/CN=Microsoft Corporation")
    assert not [one for one in result["refusals"] if one["code"].startswith("signature")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "one of the following is required: path, package_dir"),
        ({"path": "/a", "package_dir": "/b", "architecture": "x86"}, "mutually exclusive: path|package_dir"),
        ({"package_dir": "/b"}, "missing parameter(s) required by 'package_dir': architecture"),
        ({"path": "/a", "signature": "require"}, "signature is require but all of the following are missing: ca_file"),
        ({"path": "/a", "architecture": "amd64"}, "value of architecture must be one of: x86, x64, ia64"),
        ({"path": "/a", "signatures": "x"}, "Unsupported parameters"),
    ],
)
def test_arguments_that_make_no_sense(arguments: dict[str, Any], words: str) -> None:
    result = run(arguments)
    assert result["failed"] is True
    assert words in result["msg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"path": "/nonexistent.msu"}, "/nonexistent.msu cannot be read"),
        ({"path": "/etc/passwd"}, "passwd is no .msu or .cab"),
        ({"path": "/a", "kb": "KB1"}, "kb: 'KB1' names no hotfix"),
        ({"path": "/a", "kb": "KB123456"}, "kb: there is no definition of KB123456"),
        ({"path": "/a", "checksum": ["md5:00"]}, "the checksum 'md5:00' has no known form"),
        ({"package_dir": "/nonexistent", "architecture": "x64"}, "/nonexistent cannot be listed"),
    ],
)
def test_bad_input_is_one_sentence(arguments: dict[str, Any], words: str) -> None:
    result = run(arguments)
    assert result["failed"] is True
    assert words in result["msg"]
    assert "\n" not in result["msg"]
    assert "Traceback" not in str(result)


def test_a_fault_of_ours_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(package_info, "obtain", fail)
    result = run({"path": "/a"})
    assert result["failed"] is True
    assert "package_info failed unexpectedly: KeyError" in result["msg"]


def test_async_is_refused() -> None:
    result = run({"path": "/a"}, run_async=10)
    assert result["failed"] is True
    assert "cannot run async: remove async" in result["msg"]


def test_relative_paths_are_found_as_copy_finds_them(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    write_msu(tmp_path / "files", "ia64", name="x.msu")
    assert run({"path": "x.msu"}, basedir=tmp_path)["package"]["path"] == str(tmp_path / "files" / "x.msu")
    assert "absent.msu" in run({"path": "absent.msu"}, basedir=tmp_path)["msg"]


@pytest.mark.parametrize("connection", ["local", "winrm", "psrp"])
def test_a_play_reads_a_package_whatever_the_connection_is(tmp_path: Path, connection: str) -> None:
    """With winrm the host is one that would note a connection."""
    path = write_msu(tmp_path, "x64", name="p.msu")
    wanted = {"path": str(path), "checksum": [f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"]}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        (tmp_path / "hosts.yml").write_text(
            yaml.safe_dump({"all": {"hosts": {"host": {
                "ansible_connection": connection, "ansible_host": "127.0.0.1", "ansible_user": "u",
                "ansible_password": "p",
                "ansible_port": listener.getsockname()[1], f"ansible_{connection}_scheme": "http",
                "ansible_python_interpreter": sys.executable,
            }}}})
        )  # fmt: skip
        play = [{
            "hosts": "all", "gather_facts": False, "tasks": [
                {"winlegacy.servicing.package_info": wanted, "register": "told"},
                {"ansible.builtin.assert": {"that": ["told.accepted", "told.package.architecture == 'x64'"]}},
            ],
        }]  # fmt: skip
        (tmp_path / "play.yml").write_text(yaml.safe_dump(play))
        environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"),
        }
        command = [sys.executable, "-m", "ansible", "playbook", "-i", "hosts.yml", "play.yml"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        with pytest.raises(TimeoutError):
            listener.accept()
