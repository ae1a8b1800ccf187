# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripting.FileSystemObject, its files and folders."""

from __future__ import annotations

from typing import Any

from winhost.jscript.channel import ComError
from winhost.jscript.com import BAD_CALL, FILE_EXISTS, FILE_NOT_FOUND, PATH_NOT_FOUND, ComObject, World, number, text
from winhost.jscript.streams import TextFile


def _name(path: str) -> str:
    return path.rstrip("\\/").replace("/", "\\").rpartition("\\")[2]


def _parent(path: str) -> str:
    head = path.rstrip("\\/").replace("/", "\\").rpartition("\\")[0]
    return head + "\\" if head.endswith(":") else head


class FileSystemObject(ComObject):
    """Scripting.FileSystemObject."""

    def _stat(self, path: Any) -> dict[str, Any]:
        return self.world.channel.ask("stat", path=text(path))[0]

    def m_fileexists(self, path: Any) -> bool:
        return bool(self._stat(path)["kind"] == "file")

    def m_folderexists(self, path: Any) -> bool:
        return bool(self._stat(path)["kind"] == "folder")

    def m_driveexists(self, name: Any) -> bool:
        return bool(self._stat(text(name)[:1] + ":\\")["kind"] == "folder")

    def m_deletefile(self, path: Any, force: Any = False) -> None:
        self.world.channel.ask("deletefile", path=text(path), force=bool(force))

    def m_deletefolder(self, path: Any, force: Any = False) -> None:
        self.world.channel.ask("deletefolder", path=text(path), force=bool(force))

    def m_movefile(self, source: Any, target: Any) -> None:
        self.world.channel.ask("movefile", path=text(source), target=text(target))

    m_movefolder = m_movefile

    def m_copyfile(self, source: Any, target: Any, overwrite: Any = True) -> None:
        self.world.channel.ask("copyfile", path=text(source), target=text(target), overwrite=bool(overwrite))

    def m_createfolder(self, path: Any) -> Folder:
        self.world.channel.ask("createfolder", path=text(path))
        return Folder(self.world, text(path))

    def m_opentextfile(self, path: Any, mode: Any = 1, create: Any = False, form: Any = 0) -> TextFile:
        wanted = number(mode)
        if wanted not in (1, 2, 8):
            raise ComError(BAD_CALL, "Invalid procedure call or argument")
        stat = self._stat(path)
        if stat["kind"] != "file" and not (create and wanted != 1):
            raise ComError(FILE_NOT_FOUND, "File not found")
        content = b""
        if wanted == 1:
            content = self.world.channel.ask("readfile", path=text(path))[1]
        else:
            self.world.channel.ask(
                "append" if wanted == 8 and stat["kind"] == "file" else "writefile", path=text(path), new=False
            )
            self.world.channel.ask("hold", path=text(path))
        return TextFile(self.world, text(path), wanted, unicode=number(form) == -1, content=content)

    def m_createtextfile(self, path: Any, overwrite: Any = True, unicode: Any = False) -> TextFile:
        if self._stat(path)["kind"] == "file" and not overwrite:
            raise ComError(FILE_EXISTS, "File already exists")
        self.world.channel.ask("writefile", path=text(path), new=False)
        self.world.channel.ask("hold", path=text(path))
        return TextFile(self.world, text(path), 2, unicode=bool(unicode))

    def m_getfile(self, path: Any) -> File:
        if self._stat(path)["kind"] != "file":
            raise ComError(FILE_NOT_FOUND, "File not found")
        return File(self.world, text(path))

    def m_getfolder(self, path: Any) -> Folder:
        if self._stat(path)["kind"] != "folder":
            raise ComError(PATH_NOT_FOUND, "Path not found")
        return Folder(self.world, text(path))

    def m_getdrive(self, name: Any) -> Drive:
        return Drive(self.world, text(name))

    def m_getabsolutepathname(self, path: Any) -> str:
        return str(self._stat(path)["path"])

    def m_getbasename(self, path: Any) -> str:
        name = _name(text(path))
        return name.rpartition(".")[0] if "." in name else name

    def m_getextensionname(self, path: Any) -> str:
        return _name(text(path)).rpartition(".")[2] if "." in _name(text(path)) else ""

    def m_getfilename(self, path: Any) -> str:
        return _name(text(path))

    def m_getparentfoldername(self, path: Any) -> str:
        return _parent(text(path))

    def m_getdrivename(self, path: Any) -> str:
        return text(path)[:2] if text(path)[1:2] == ":" else ""

    def m_buildpath(self, folder: Any, name: Any) -> str:
        return text(folder).rstrip("\\") + "\\" + text(name)

    def m_getfileversion(self, path: Any) -> str:
        return str(self._stat(path).get("version", ""))

    def m_getspecialfolder(self, which: Any) -> Folder:
        paths = {
            0: "C:\\Windows",
            1: "C:\\Windows\\System32",
            2: self.world.channel.ask("expand", text="%TEMP%")[0]["text"],
        }
        if number(which) not in paths:
            raise ComError(BAD_CALL, "Invalid procedure call or argument")
        return Folder(self.world, paths[number(which)])

    def m_gettempname(self) -> str:
        return f"rad{self.world.channel.ask('random')[0]['value']:05X}.tmp"


class _Item(ComObject):
    """What files and folders have in common."""

    default = "path"

    def __init__(self, world: World, path: str) -> None:
        super().__init__(world)
        self._path = path

    def _stat(self) -> dict[str, Any]:
        return self.world.channel.ask("stat", path=self._path)[0]

    def g_path(self) -> str:
        return str(self._stat()["path"])

    def g_name(self) -> str:
        return str(self._stat().get("name") or _name(self._path))

    def g_attributes(self) -> int:
        return int(self._stat()["attributes"])

    def s_attributes(self, value: Any) -> None:
        self.world.channel.ask("attributes", path=self._path, value=number(value))

    def g_size(self) -> int:
        return int(self._stat()["size"])

    def g_parentfolder(self) -> Folder:
        return Folder(self.world, _parent(self.g_path()))

    def g_datelastmodified(self) -> str:
        return str(self._stat()["modified"])

    def g_datecreated(self) -> str:
        return str(self._stat()["created"])

    g_shortpath, g_shortname = g_path, g_name


class File(_Item):
    """A File object."""

    def m_delete(self, force: Any = False) -> None:
        self.world.channel.ask("deletefile", path=self._path, force=bool(force))

    def m_copy(self, target: Any, overwrite: Any = True) -> None:
        self.world.channel.ask("copyfile", path=self._path, target=text(target), overwrite=bool(overwrite))

    def m_move(self, target: Any) -> None:
        self.world.channel.ask("movefile", path=self._path, target=text(target))
        self._path = text(target)

    def m_openastextstream(self, mode: Any = 1, form: Any = 0) -> TextFile:
        return FileSystemObject(self.world).m_opentextfile(self._path, mode, False, form)


class Folder(_Item):
    """A Folder object."""

    def _listed(self, kind: str) -> list[str]:
        return [str(path) for path in self.world.channel.ask("list", path=self._path, kind=kind)[0]["paths"]]

    def g_files(self) -> Collection:
        return Collection(self.world, [File(self.world, path) for path in self._listed("file")])

    def g_subfolders(self) -> Collection:
        return Collection(self.world, [Folder(self.world, path) for path in self._listed("folder")])

    def g_isrootfolder(self) -> bool:
        return len(self._path.rstrip("\\")) == 2

    def m_delete(self, force: Any = False) -> None:
        self.world.channel.ask("deletefolder", path=self._path, force=bool(force))


class Collection(ComObject):
    """Files or folders."""

    default = "item"

    def __init__(self, world: World, members: list[Any]) -> None:
        super().__init__(world)
        self._members = members

    def g_count(self) -> int:
        return len(self._members)

    def m_item(self, key: Any) -> Any:
        found = next((member for member in self._members if member.g_name().lower() == text(key).lower()), None)
        if found is None:
            raise ComError(FILE_NOT_FOUND, "File not found")
        return found

    def items(self) -> list[Any]:
        return list(self._members)


class Drive(ComObject):
    """A Drive object."""

    default = "path"

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world)
        self._facts = world.channel.ask("drive", path=name[:1] + ":")[0]

    def g_path(self) -> str:
        return str(self._facts["letter"])

    def g_freespace(self) -> int:
        return int(self._facts["free"])

    g_availablespace = g_freespace

    def g_totalsize(self) -> int:
        return int(self._facts["size"])

    def g_drivetype(self) -> int:
        return int(self._facts["type"])

    def g_isready(self) -> bool:
        return True
