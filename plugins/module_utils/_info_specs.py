# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specifications of the read-only modules, shared by their documentation stubs and action plugins.

Private: for this collection alone, and may change in any release.
"""

from __future__ import annotations

from ansible_collections.winlegacy.servicing.plugins.module_utils._definition_specs import (
    DEFINITION_OPTIONS,
    ONE_SOURCE,
)

RUNS_ON_THE_CONTROLLER = (
    "This module runs on the controller as an action plugin of the same name. It was started as a module instead: "
    "call it by its full name, winlegacy.servicing.{name}, and do not copy it out of the collection."
)

HOTFIX_INFO = {
    **DEFINITION_OPTIONS,
    "kb": {"type": "raw"},
    "depth": {"type": "str", "default": "standard", "choices": ["standard", "full"]},
    "events": {"type": "bool", "default": False},
    "events_hours": {"type": "int", "default": 168},
    "events_deadline": {"type": "int", "default": 120},
    "symptom_interval": {"type": "int", "default": 0},
    "deadline": {"type": "int", "default": 300},
    "only_if_symptomatic": {"type": "bool", "default": False},
    "fail_if_not_applicable": {"type": "bool", "default": False},
    "details": {"type": "bool", "default": False},
    "evidence": {"type": "bool", "default": False},
}

FLEET_HOTFIX_INFO = {
    **HOTFIX_INFO,
    "hosts": {"type": "list", "elements": "str"},
    "host_options": {"type": "dict", "default": {}},
    "concurrency": {"type": "int", "default": 128},
    "processes": {"type": "int", "default": 0},
    "overall_deadline": {"type": "int", "default": 7200},
    "interrupted_file": {"type": "str", "default": ""},
    "reports_follow": {"type": "bool", "default": False},
    "packed": {"type": "bool", "default": False},
}

HOTFIX_INFO_RULES = {"mutually_exclusive": [ONE_SOURCE]}

WQL_INFO = {
    "query": {"type": "raw", "required": True, "aliases": ["queries"]},
    "namespace": {"type": "str", "default": "root/cimv2"},
    "typed": {"type": "bool", "default": True},
    "on_error": {"type": "str", "default": "fail", "choices": ["fail", "report"]},
    "deadline": {"type": "int", "default": 60},
}

DOCTOR = {
    "scope": {"type": "str", "default": "all", "choices": ["all", "host", "controller"]},
    "deadline": {"type": "int", "default": 120},
    "details": {"type": "bool", "default": False},
    "transcript": {"type": "path"},
    "transcript_overwrite": {"type": "bool", "default": False},
    "results": {"type": "dict"},
    "controller": {"type": "dict"},
}
