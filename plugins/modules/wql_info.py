#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of wql_info; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: wql_info
short_description: Run WQL queries on a Windows host without PowerShell
version_added: 1.0.0
description:
  - Asks a Windows host one or more WQL queries over WS-Management and returns the rows.
  - No process is started on the host.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  query:
    description:
      - The query. It begins with C(SELECT), C(ASSOCIATORS OF) or C(REFERENCES OF).
      - Several queries are a list. Each element is a query's text or a dictionary with the keys C(query),
        C(namespace) (default
        O(namespace)) and C(name) (default the query's text).
      - Backslashes in WQL literals are doubled.
    type: raw
    required: true
    aliases: [queries]
  namespace:
    description: The WMI namespace of queries that name none. Slashes and backslashes are the same.
    type: str
    default: root/cimv2
  typed:
    description:
      - WS-Management sends every value as text. With V(true) a value becomes what its form says, whatever its
        property's WMI type is.
      - Integers without leading zeros or plus sign become integers; V(true) and V(false) become booleans; ISO times
        with
        a zone become the same time in UTC ending in V(Z). Anything else stays text, V(007) among it.
      - Null is null and an array a list in either case. An array of one element cannot be told from a single value.
    type: bool
    default: true
  on_error:
    description:
      - V(fail) stops at the first query that fails and fails the task, naming the query.
      - V(report) goes on, and puts the error into RV(results[].error).
      - A host that cannot be reached at all is unreachable in either case.
    type: str
    choices: [fail, report]
    default: fail
  deadline:
    description: Seconds that each query may take, between 1 and 3600.
    type: int
    default: 60
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.info
  - winlegacy.servicing.connection
seealso:
  - module: winlegacy.servicing.hotfix_info
"""

EXAMPLES = r"""
- name: Ask for the operating system
  winlegacy.servicing.wql_info:
    query: SELECT Caption, Version, BuildNumber, LastBootUpTime FROM Win32_OperatingSystem
  register: os

- name: Show it
  ansible.builtin.debug:
    msg: "{{ os.rows[0].Caption | trim }} is {{ os.rows[0].Version }}"

- name: Ask two things, one of which not every host has
  winlegacy.servicing.wql_info:
    query:
      - name: drivers
        query: SELECT Name, State FROM Win32_SystemDriver WHERE State='Stop Pending'
      - name: battery
        query: SELECT BatteryStatus FROM Win32_Battery
    on_error: report
  register: state

- name: The version of one file, by its exact name
  winlegacy.servicing.wql_info:
    query: SELECT Version FROM CIM_DataFile WHERE Name='C:\\Windows\\System32\\ntoskrnl.exe'
    typed: false
"""

RETURN = r"""
rows:
  description:
    - The rows of O(query) where it is one query and no list; null when it failed. A row is a dictionary from property
      to value.
    - Of a list, even of one query, the rows are in RV(results[].rows).
  returned: when the host could be asked, and O(query) is no list
  type: list
  elements: dict
  sample:
    - BuildNumber: 6001
      Caption: Microsoft Windows Vista Business
results:
  description: What each query gave, in their order. With O(on_error=fail) the failed query is the last.
  returned: when the host could be asked
  type: list
  elements: dict
  contains:
    name:
      description: The query's name, else its text.
      returned: always
      type: str
      sample: drivers
    query:
      description: The query's text.
      returned: always
      type: str
      sample: SELECT Name, State FROM Win32_SystemDriver WHERE State='Stop Pending'
    namespace:
      description: The namespace that was asked.
      returned: always
      type: str
      sample: root/cimv2
    rows:
      description: The rows; null when the query failed. Where O(query) is no list, they are in RV(rows) alone.
      returned: when O(query) is a list
      type: list
      elements: dict
      sample: []
    count:
      description: Number of rows; null when the query failed.
      returned: always
      type: int
      sample: 0
    error:
      description: Why the query failed; null when it did not.
      returned: always
      type: dict
      contains:
        cause:
          description:
            - What it means, one of V(class_missing), V(namespace_missing), V(query_invalid), V(method_missing),
              V(access_denied), V(timeout), V(too_large), V(unparsable) or V(fault).
            - A number of WMI decides, one in the provider's text too. Where the host tells only the service's own
              code,
              V(class_missing) is the likeliest of several, and the message says so.
          returned: when the query failed
          type: str
          sample: class_missing
        code:
          description: The WS-Management or WMI error code; null when the host gave none.
          returned: when the query failed
          type: int
          sample: 2150858778
        meaning:
          description: What the code means; null for one that is not known.
          returned: when the query failed
          type: str
          sample: "WSMAN: the query cannot be processed; there may be no such class"
        message:
          description: One sentence.
          returned: when the query failed
          type: str
          sample: The host answered with a fault.
    unprintable:
      description:
        - Values with control characters, escapes or marks of direction, and damaged ones. The rows have
          these characters written out, as in V(\\x1b); here is what the host sent.
        - What is no character (a byte that is not UTF-8, the V(&) of an unknown entity) is written out as
          V(\\udc) and the byte, as in V(\\udcff).
      returned: always
      type: list
      elements: dict
      sample: []
      contains:
        row:
          description: The row's number, from 0.
          returned: always
          type: int
          sample: 0
        property:
          description: The property.
          returned: always
          type: str
          sample: Caption
        base64:
          description: The text in UTF-8, or a list or an instance as JSON, in base64.
          returned: always
          type: str
          sample: G1szMW0=
ended:
  description: What ended the task before its end, with what was learnt until then in the other values; null where
    nothing did.
  returned: when the host could be asked
  type: dict
  contains:
    by:
      description: V(deadline), V(silence), V(connection_lost), V(unreachable), V(authentication) or V(error).
      returned: when something ended it
      type: str
      sample: deadline
    during:
      description: What was being asked or done.
      returned: when something ended it
      type: str
      sample: packages
    detail:
      description: One sentence.
      returned: when something ended it
      type: str
      sample: The deadline of 300 s is over.
messages:
  description: WS-Management messages that were sent after authentication.
  returned: when the host could be asked
  type: int
  sample: 2
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER, WQL_INFO


def main() -> None:
    """Fail: whoever gets here started the module past its action plugin."""
    module = AnsibleModule(argument_spec=WQL_INFO, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="wql_info"))


if __name__ == "__main__":
    main()
