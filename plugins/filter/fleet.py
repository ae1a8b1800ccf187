# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters over the results of many hosts; each is documented in the YAML file of its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.kb import normal_kb
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.compare import compare as compared
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.compare import earlier_report
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format import Format
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.hotfixes import hotfix_of, only_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.markup import hosts
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.select import select, select_rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.version import collection_version
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.groups import inventory
from jinja2.runtime import Undefined


def report_filter(  # noqa: PLR0917 - a filter's options can be positional
    results: Any,
    kb: str | None = None,
    format: str = "html",
    query: str | None = None,
    title: str | None = None,
    compare: Any = None,
) -> str:
    """A report as text. results: host name to result. Raises AnsibleFilterError."""
    try:
        chosen = _format(format)
        given, wanted = plain(_given(results)), plain(query) or None
        hotfix = hotfix_of(given, plain(kb) or None)
        heading = str(plain(title) or f"{hotfix} report")
        found = rows(only_of(given, hotfix))
        about = About(
            kb=hotfix,
            generated=datetime.now(UTC),
            title=heading,
            query=wanted,
            version=collection_version(),
            scope=hosts(len(found)),
            comparison=compared(earlier_report(plain(compare), hotfix), found) if compare else None,
        )
        text: str = _outward(chosen.write(select_rows(found, wanted) if wanted else found, about))
    except ValueError as error:
        raise _refused("report", error) from None
    return text


def groups_filter(results: Any, prefix: str | None = None) -> dict[str, Any]:
    """The inventory of verdicts. Raises AnsibleFilterError."""
    try:
        given = plain(_given(results))
        hotfix = hotfix_of(given, normal_kb(str(prefix)))
        found: dict[str, Any] = _outward(inventory(rows(only_of(given, hotfix)), str(prefix or hotfix.lower())))
    except ValueError as error:
        raise _refused("verdict_groups", error) from None
    return found


def select_filter(data: Any, expression: str) -> Any:
    """What a JMESPath expression chooses. Raises AnsibleFilterError."""
    try:
        return _outward(select(data, expression))
    except ValueError as error:
        raise _refused("select", error) from None


def _format(name: Any) -> Format:
    if name not in FORMATS:
        raise ValueError(f"format is {str(name)[:40]!r}: one of {', '.join(FORMATS)} was expected")
    return FORMATS[name]


def _given(results: Any) -> Any:
    """The results, None in the place of those that are undefined: ansible-core before 2.19 hands these over."""
    if isinstance(results, Mapping):
        return {host: None if isinstance(one, Undefined) else one for host, one in results.items()}
    return results


def _outward(value: Any) -> Any:
    """Plain values; before ansible-core 2.19 marked, so that texts stay texts and what hosts said is no template."""
    try:
        from ansible.utils.native_jinja import NativeJinjaText  # noqa: F401  pylint: disable=unused-import
    except ImportError:
        return value
    from ansible.utils.unsafe_proxy import NativeJinjaUnsafeText, wrap_var

    return NativeJinjaUnsafeText(value) if isinstance(value, str) else wrap_var(value)


def _refused(name: str, error: Exception) -> AnsibleFilterError:
    return AnsibleFilterError(f"winlegacy.servicing.{name}: {error}")


class FilterModule:
    """Tells Ansible the filters' names."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name to function."""
        return {"report": report_filter, "select": select_filter, "verdict_groups": groups_filter}
