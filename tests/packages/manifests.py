# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests of deployments and of components, in the form that genuine ones have."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from .mums import ASSEMBLY, component_identity, filled
from .plan import TOKEN, Component, Deployment, PlannedFile

_CONFIGURATION = "http://schemas.microsoft.com/WMIConfig/2002/State"
_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_RESCACHE = "urn:schemas-microsoft-com:rescache.v1"
_EVENTS = "http://schemas.microsoft.com/win/2004/08/events"
_EVENT_WORDS = "http://manifests.microsoft.com/win/2004/08/windows/events"
_SDDL = "O:BAG:BAD:P(A;;FA;;;SY)(A;;GRGX;;;BA)"
_SECURITY = "WRP_FILE_DEFAULT_SDDL"
_OTHER_TOKEN = "b03f5f7f11d50a3a"  # noqa: S105 - a public key's token
# attributes of the dependency and of the dependentAssembly, the component, another token than Windows' own
_NEEDED = (
    ('discoverable="no" resourceType="Resources"', ' dependencyType="prerequisite"', "Resources", ""),
    ('optional="yes" discoverable="no"', "", "Desktop", ""),
    ('discoverable="no"', "", "Runtime", _OTHER_TOKEN),
    ('discoverable="no"', "", "Scope", TOKEN),
    ('discoverable="yes"', "", "Kernel32", ""),
    ('discoverable="yes"', "", "Ntdll", ""),
)
_PROTECTED = f'<systemProtection xmlns="{ASSEMBLY}" behavior="readOnlyFailWrites" perUserVirtualization="Default" />'
_VALUE = (
    '      <registryValue name="{name}" valueType="REG_SZ" value="tests" operationHint="replace" owner="true"{end}\r\n'
)
_PLAIN, _HELD = _VALUE.format(name="a", end=" />"), _VALUE.format(name="b", end=f">{_PROTECTED}</registryValue>")
_FREE = f'      <systemProtection xmlns="{ASSEMBLY}" behavior="notProtected" />\r\n'
_GUARDED = f'      <securityDescriptor name="{_SECURITY}" />\r\n      {_PROTECTED}\r\n'
_REGISTRY = (
    "  <registryKeys>\r\n"
    + "".join(
        f'    <registryKey keyName="HKEY_LOCAL_MACHINE\\SOFTWARE\\tests\\{number}" owner="false">\r\n'
        f"{inner}    </registryKey>\r\n"
        for number, inner in enumerate(
            (_PLAIN, _HELD + _GUARDED, _PLAIN + _HELD + _GUARDED, _PLAIN * 2, _GUARDED, _PLAIN + _FREE)
        )
    )
    + "  </registryKeys>\r\n"
)
_DIRECTORIES = (
    '  <directories>\r\n    <directory destinationPath="$(runtime.system32)\\" owner="true">\r\n'
    '      <securityDescriptor name="WRP_PARENT_DIR_DEFAULT_SDDL" />\r\n'
    f"{_FREE}    </directory>\r\n  </directories>\r\n"
)
_LOCALIZATION = (
    '  <localization>\r\n    <resources culture="en-US">\r\n      <stringTable>\r\n'
    '        <string id="description" value="A fixture" />\r\n        <string id="displayName" value="A fixture" />\r\n'
    "      </stringTable>\r\n    </resources>\r\n  </localization>\r\n"
)
_EVENT = '          <event keywords="win:tests" message="$(string.tests)" symbol="TESTS" value="0x00000001" />\r\n'
_INSTRUMENTATION = (
    f'  <instrumentation>\r\n    <events xmlns="{_EVENTS}" xmlns:win="{_EVENT_WORDS}">\r\n'
    '      <provider guid="{00000000-0000-0000-0000-000000000001}" message="$(string.tests)" '
    'messageFileName="tests.dll" name="Tests" resourceFileName="tests.dll" symbol="TESTS">\r\n'
    f"        <events>\r\n{_EVENT * 2}        </events>\r\n      </provider>\r\n    </events>\r\n"
    "  </instrumentation>\r\n"
)


def deployment_manifest(deployment: Deployment) -> bytes:
    """The manifest that names a deployment's components."""
    identity = component_identity(deployment.name, deployment.architecture, deployment.version)
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\r\n<assembly xmlns="{ASSEMBLY}" manifestVersion="1.0">\r\n'
        f"  {identity}\r\n  <deployment />\r\n"
    )
    for one in deployment.components:
        brought = component_identity(one.name, one.architecture, one.version, one.language)
        text += (
            '  <dependency discoverable="false">\r\n    <dependentAssembly dependencyType="install">\r\n'
            f"      {brought}\r\n    </dependentAssembly>\r\n  </dependency>\r\n"
        )
    return filled(text, "</assembly>", deployment.size)


def component_manifest(component: Component, images: Mapping[str, bytes]) -> bytes:
    """The manifest of a component with the digests of its files, whose contents `images` gives by name.

    Genuine ones have three shapes, and so have these: of language resources, of one file, of several.
    """
    identity = component_identity(component.name, component.architecture, component.version, component.language)
    spoken, several = component.language != "neutral", len(component.files) > 1
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n<assembly xmlns="{ASSEMBLY}" manifestVersion="1.0" '
        'description="A fixture" displayName="A fixture" company="Tests" copyright="Tests" '
        'creationTimeStamp="2008-05-31T12:50:05" lastUpdateTimeStamp="2008-05-31T20:19:07">\r\n'
        f"  {identity}\r\n"
    )
    text += "" if spoken else _dependencies(component)
    text += "".join(_file(one, images[one.name], component) for one in component.files)
    if spoken:
        text += _DIRECTORIES + _memberships(component) + _trust(2) + '  <rescache xmlns="' + _RESCACHE + '" />\r\n'
    elif several:
        text += _REGISTRY + _trust(2) + _LOCALIZATION + _INSTRUMENTATION + _settings(component)
    else:
        program = component.files[:1] and component.files[0].name.endswith(".exe")
        text += ("" if program else _memberships(component)) + _trust(2) + _settings(component)
    return filled(text, "</assembly>", component.manifest_size)


def _dependencies(component: Component) -> str:
    told = ""
    for attributes, kind, name, token in _NEEDED:
        needed = component_identity(f"Microsoft-Windows-{name}", component.architecture, component.version)
        if token:
            needed = needed.replace(' buildType="release"', "").replace(TOKEN, token)
            needed = needed.replace(' versionScope="nonSxS"', "") if token == _OTHER_TOKEN else needed
        told += (
            f"  <dependency {attributes}>\r\n    <dependentAssembly{kind}>\r\n      {needed}\r\n"
            "    </dependentAssembly>\r\n  </dependency>\r\n"
        )
    return told


def _file(file: PlannedFile, image: bytes, component: Component) -> str:
    digest = base64.b64encode(hashlib.sha256(image).digest()).decode()
    goal = f' destinationPath="{file.destination}"' if file.destination is not None else ""
    spoken, several = component.language != "neutral", len(component.files) > 1
    resource = f'    <resfile xmlns="{_RESCACHE}" affinity="boot" cached="true" sequence="50" />\r\n' if spoken else ""
    signed = several and file is component.files[0]
    signature = (
        f'    <signatureInfo xmlns="{ASSEMBLY}">\r\n      <signatureDescriptor pageHash="true" />\r\n'
        "    </signatureInfo>\r\n"
    )
    dsig = f'xmlns:dsig="{_DSIG}"'
    return (
        f'  <file name="{file.name}"{goal} sourceName="{file.name}" sourcePath=".\\" '
        'importPath="$(build.nttree)\\">\r\n'
        f'    <securityDescriptor name="{_SECURITY}" />\r\n{resource}'
        f'    <systemProtection xmlns="{ASSEMBLY}" behavior="readOnlyFailWrites" perUserVirtualization="Disable" />\r\n'
        f"{signature if signed else ''}"
        '    <asmv2:hash xmlns:asmv2="urn:schemas-microsoft-com:asm.v2">\r\n'
        f"      <dsig:Transforms {dsig}>\r\n"
        '        <dsig:Transform Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity" />\r\n'
        "      </dsig:Transforms>\r\n"
        f'      <dsig:DigestMethod {dsig} Algorithm="{_DSIG}sha256" />\r\n'
        f"      <dsig:DigestValue {dsig}>{digest}</dsig:DigestValue>\r\n"
        "    </asmv2:hash>\r\n  </file>\r\n"
    )


def _memberships(component: Component) -> str:
    named = (
        '      <id name="Microsoft.Windows.Categories" version="1.0.0.0" publicKeyToken="365143bb27e7ac8b" '
        'typeName="BootRecovery" />\r\n'
    )
    spoken = component_identity("Microsoft.Windows.Multilingual", component.architecture, component.version)
    spoken = spoken.replace("assemblyIdentity", "id").replace(' versionScope="nonSxS"', "")
    ids = [named, f"      {spoken}\r\n"] if component.language != "neutral" else [named]
    inner = "".join(f"    <categoryMembership>\r\n{one}    </categoryMembership>\r\n" for one in ids)
    return f"  <memberships>\r\n{inner}  </memberships>\r\n"


def _trust(count: int) -> str:
    one = (
        '          <securityDescriptorDefinition name="{name}" sddl="' + _SDDL + '" operationHint="replace" '
        'displayName="{name}" description="A fixture" />\r\n'
    )
    return (
        "  <trustInfo>\r\n    <security>\r\n      <accessControl>\r\n        <securityDescriptorDefinitions>\r\n"
        + "".join(one.format(name=name) for name in (_SECURITY, "WRP_PARENT_DIR_DEFAULT_SDDL")[:count])
        + "        </securityDescriptorDefinitions>\r\n      </accessControl>\r\n    </security>\r\n  </trustInfo>\r\n"
    )


def _settings(component: Component) -> str:
    return (
        f'  <configuration xmlns="{ASSEMBLY}" xmlns:asmv3="{ASSEMBLY}" xmlns:wcm="{_CONFIGURATION}">\r\n'
        "    <configurationSchema>\r\n"
        f'      <xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="{component.name}" '
        f'targetNamespace="{component.name}" />\r\n'
        "    </configurationSchema>\r\n    <metadata />\r\n  </configuration>\r\n"
    )
