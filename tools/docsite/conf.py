# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's settings for `make docs`; tools/build_docs.py copies the folder beside the pages that antsibull-docs wrote.

Nothing is asked of the network: labels of Ansible's own manual become links to it here, and every other label that
nobody has is a warning, which ends the build.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes

project = "winlegacy.servicing"
copyright = "winlegacy.servicing contributors"  # noqa: A001 (Sphinx's own name)
html_title = "winlegacy.servicing"
html_short_title = html_title
extensions = ["sphinx_antsibull_ext"]
exclude_patterns = ["_build"]
pygments_style = "ansible"
highlight_language = "text"
nitpicky = True
html_theme = "sphinx_ansible_theme"
html_theme_options = {"topbar_links": {}, "vcs_pageview_mode": "blob"}
html_static_path = ["static"]
html_css_files = ["ours.css"]
html_show_sphinx = False
html_copy_source = False
html_use_index = False

_MANUAL = "https://docs.ansible.com/projects/ansible/latest/"
_CONFIGURATION = "reference_appendices/config.html"
_LABELS = {
    "action_plugins": "plugins/action.html#action-plugins",
    "ansible_configuration_settings": _CONFIGURATION,
    "callback_plugins": "plugins/callback.html#callback-plugins",
    "common_return_values": "reference_appendices/common_return_values.html",
}
"""Pages of Ansible's manual by the labels that the generated pages name."""


def _elsewhere(_app: Any, _env: Any, node: Any, content: Any) -> Any:
    """A link for a label of Ansible's own pages; None, which becomes a warning, for any other."""
    label = node.get("reftarget", "")
    if node.get("reftype") == "envvar":
        page = f"{_CONFIGURATION}#envvar-{label}" if label.startswith("ANSIBLE_") else ""
    elif label.startswith("ansible_collections.ansible."):
        namespace, name, plugin = label.removeprefix("ansible_collections.").split(".", 2)
        page = f"collections/{namespace}/{name}/{plugin.split('__')[0]}.html"
    else:
        page = _LABELS.get(label, "")
    return nodes.reference("", "", content, internal=False, refuri=_MANUAL + page) if page else None


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("missing-reference", _elsewhere)
