# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter window_state: whether a maintenance window is open on a host."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import window

DOCUMENTATION = r"""
---
name: window_state
short_description: Tell whether a maintenance window is open on a host
version_added: 1.0.0
author:
  - winlegacy.servicing contributors (@winlegacy)
description:
  - Windows are told in the host's own local time. The days are those on which a window begins, so one that goes on
    across midnight belongs to the evening.
  - A window is open only when the host's clock and the controller's clock (in the host's time zone) both lie in it.
  - A host that does not tell its time and zone has no open window.
options:
  _input:
    description:
      - A row of C(Win32_OperatingSystem) with C(LocalDateTime) and C(CurrentTimeZone), as
        M(winlegacy.servicing.wql_info) returns it.
    type: dict
    required: true
  windows:
    description: The windows. An O(windows[].end) at or before the O(windows[].start) is on the next day.
    type: list
    elements: dict
    required: true
    suboptions:
      start:
        description: When it begins, as V(HH:MM).
        type: str
        required: true
      end:
        description: When it ends, as V(HH:MM).
        type: str
        required: true
      days:
        description: The days on which it begins, of V(mon), V(tue), V(wed), V(thu), V(fri), V(sat) and V(sun).
        type: list
        elements: str
  reserve:
    description: Minutes that must be left before the window ends.
    type: float
    default: 0
  now:
    description: The controller's time, as ISO 8601 with its zone. By default its clock is asked.
    type: str
  zone:
    description:
      - A row of C(Win32_TimeZone) of the host, so that O(reserve) holds where its clocks change within the window.
      - Without it an hour more must be left than O(reserve) says.
    type: dict
"""

EXAMPLES = r"""
- name: Ask the host's clock
  winlegacy.servicing.wql_info:
    query: SELECT LocalDateTime, CurrentTimeZone FROM Win32_OperatingSystem
  register: clock

- name: Go on only on a weekend's night
  ansible.builtin.assert:
    that: state.open
    fail_msg: "{{ state.text }}"
  vars:
    state: "{{ clock.rows[0] | winlegacy.servicing.window_state(windows) }}"
    windows:
      - start: "22:00"
        end: "04:00"
        days: [fri, sat]
"""

RETURN = r"""
_value:
  description:
    - C(open), C(text) (one sentence that says why), C(host_time) and C(controller_time) (both in the host's zone, null
      where they are not known).
  type: dict
"""


def window_state(
    row: Mapping[str, Any],
    windows: Sequence[Mapping[str, Any]],
    reserve: float = 0,
    now: str | None = None,
    zone: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """See DOCUMENTATION. Raises AnsibleFilterError for windows that cannot be used."""
    try:
        return window.window_state(row, windows, float(reserve), now, zone)
    except window.WindowError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"window_state": window_state}
