# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What programs say, in English, German and Japanese: short wordings of our own, for nobody to decide from."""

from __future__ import annotations

_TEXTS: dict[str, tuple[str, str, str]] = {
    "unknown_program": (
        "'{0}' is not recognized as an internal or external command,\r\noperable program or batch file.",
        'Der Befehl "{0}" ist entweder falsch geschrieben oder\r\nkonnte nicht gefunden werden.',
        "'{0}' は、内部コマンドまたは外部コマンド、\r\n操作可能なプログラムまたはバッチ ファイルとして認識されていません。",  # noqa: E501
    ),
    "unexpected": (
        "{0} was unexpected at this time.",
        '"{0}" kann syntaktisch an dieser Stelle nicht verarbeitet werden.',
        "{0} の使い方が誤っています。",
    ),
    "syntax": ("The syntax of the command is incorrect.", "Syntaxfehler.", "コマンドの構文が誤っています。"),
    "line_too_long": (
        "The command line is too long.",
        "Die Befehlszeile ist zu lang.",
        "コマンド ラインが長すぎます。",
    ),
    "input_too_long": ("The input line is too long.", "Die eingegebene Zeile ist zu lang.", "入力行が長すぎます。"),
    "no_label": (
        "The system cannot find the batch label specified - {0}",
        "Das Sprungziel - {0} wurde nicht gefunden.",
        "バッチ ラベルが見つかりません - {0}",
    ),
    "echo_on": ("ECHO is on.", "ECHO ist eingeschaltet (ON).", "ECHO は <ON> です。"),
    "echo_off": ("ECHO is off.", "ECHO ist ausgeschaltet (OFF).", "ECHO は <OFF> です。"),
    "not_defined": (
        "Environment variable {0} not defined",
        'Die Umgebungsvariable "{0}" ist nicht definiert.',
        "環境変数 {0} が定義されていません",
    ),
    "missing_operand": ("Missing operand.", "Fehlender Operand.", "オペランドがありません。"),
    "missing_operator": ("Missing operator.", "Fehlender Operator.", "演算子がありません。"),
    "divide_by_zero": ("Divide by zero error.", "Fehler: Teilung durch Null.", "0 で除算しました。"),
    "unbalanced": ("Unbalanced parenthesis.", "Unsymmetrische Klammern.", "かっこの数が一致しません。"),
    "invalid_number": (
        "Invalid number.  Numeric constants are either decimal (17),\r\nhexadecimal (0x11), or octal (021).",
        "Ungültige Zahl.  Numerische Konstanten sind dezimal (17),\r\nhexadezimal (0x11) oder oktal (021).",
        "数値が無効です。数値定数は、10 進数 (17)、16 進数 (0x11)、または 8 進数 (021) です。",
    ),
    "copied": (
        "        {0} file(s) copied.",
        "        {0} Datei(en) kopiert.",
        "        {0} 個のファイルをコピーしました。",
    ),
    "moved": (
        "        {0} file(s) moved.",
        "        {0} Datei(en) verschoben.",
        "        {0} 個のファイルを移動しました。",
    ),
    "dir_moved": (
        "        {0} dir(s) moved.",
        "        {0} Verzeichnis(se) verschoben.",
        "        {0} 個のディレクトリを移動しました。",
    ),
    "not_found_file": ("Could Not Find {0}", "{0} konnte nicht gefunden werden", "{0} が見つかりませんでした。"),
    "exists_dir": (
        "A subdirectory or file {0} already exists.",
        'Ein Unterverzeichnis oder eine Datei mit dem Namen "{0}" existiert bereits.',
        "サブディレクトリまたはファイル {0} は既に存在します。",
    ),
    "file_not_found": ("File Not Found", "Datei nicht gefunden", "ファイルが見つかりません"),
    "cannot_itself": (
        "The file cannot be copied onto itself.",
        "Die Datei kann nicht auf sich selbst kopiert werden.",
        "ファイルをそれ自身にコピーすることはできません。",
    ),
    "overwrite": (
        "Overwrite {0}? (Yes/No/All): ",
        "{0} überschreiben? (Ja/Nein/Alle): ",
        "{0} を上書きしますか? (Yes/No/All): ",
    ),
    "volume": (
        " Volume in drive {0} has no label.",
        " Volume in Laufwerk {0} hat keine Bezeichnung.",
        " ドライブ {0} のボリューム ラベルがありません。",
    ),
    "volume_label": (
        " Volume in drive {0} is {1}",
        " Volume in Laufwerk {0}: {1}",
        " ドライブ {0} のボリューム ラベルは {1} です",
    ),
    "serial": (" Volume Serial Number is {0}", " Volumeseriennummer: {0}", " ボリューム シリアル番号は {0} です"),
    "directory_of": (" Directory of {0}", " Verzeichnis von {0}", " {0} のディレクトリ"),
    "dir_files": (
        "{0:>16} File(s) {1:>14} bytes",
        "{0:>16} Datei(en), {1:>14} Bytes",
        "{0:>16} 個のファイル {1:>19} バイト",
    ),
    "dir_dirs": (
        "{0:>16} Dir(s)  {1:>14} bytes free",
        "{0:>16} Verzeichnis(se), {1:>14} Bytes frei",
        "{0:>16} 個のディレクトリ {1:>15} バイトの空き領域",
    ),
    "code_page": ("Active code page: {0}", "Aktive Codepage: {0}.", "現在のコード ページ: {0}"),
    "bad_code_page": ("Invalid code page", "Ungültige Codepage", "無効なコード ページです"),
    "junction": (
        "Junction created for {0} <<===>> {1}",
        "Verbindung erstellt für {0} <<===>> {1}",
        "{0} <<===>> {1} のジャンクションが作成されました",
    ),
    "symlink": (
        "symbolic link created for {0} <<===>> {1}",
        "symbolische Verknüpfung erstellt für {0} <<===>> {1}",
        "{0} <<===>> {1} のシンボリック リンクが作成されました",
    ),
    "error_processing": (
        "Error occurred while processing: {0}.",
        "Fehler bei der Bearbeitung von: {0}.",
        "処理中にエラーが発生しました: {0}",
    ),
    "access_denied": ("Access is denied.", "Zugriff verweigert", "アクセスが拒否されました。"),
    "drive_not_found": (
        "The system cannot find the drive specified.",
        "Das System kann das angegebene Laufwerk nicht finden.",
        "指定されたドライブが見つかりません。",
    ),
    "bad_option": (
        "ERROR: Invalid argument/option - '{0}'.",
        'FEHLER: Ungültiges Argument bzw. ungültige Option - "{0}".',
        "エラー: 無効な引数/オプションです - '{0}'。",
    ),
    "success": ("SUCCESS: {0}", "ERFOLGREICH: {0}", "成功: {0}"),
    "error": ("ERROR: {0}", "FEHLER: {0}", "エラー: {0}"),
    "completed": (
        "The command completed successfully.",
        "Der Befehl wurde erfolgreich ausgeführt.",
        "コマンドは正常に終了しました。",
    ),
    "operation_completed": (
        "The operation completed successfully.",
        "Der Vorgang wurde erfolgreich beendet.",
        "この操作を正しく終了しました。",
    ),
    "date_is": ("The current date is: {0}", "Aktuelles Datum: {0}", "現在の日付: {0}"),
    "time_is": ("The current time is: {0}", "Aktuelle Zeit: {0}", "現在の時刻: {0}"),
    "press_key": (
        "Press any key to continue . . . ",
        "Drücken Sie eine beliebige Taste . . . ",
        "続行するには何かキーを押してください . . . ",
    ),
    "unc_cd": (
        "CMD does not support UNC paths as current directories.",
        "CMD unterstützt keine UNC-Pfade als aktuelles Verzeichnis.",
        "CMD では UNC パスは現在のディレクトリとしてサポートされません。",
    ),
}
_SYSTEM: dict[int, tuple[str, str, str]] = {
    2: (
        "The system cannot find the file specified.",
        "Das System kann die angegebene Datei nicht finden.",
        "指定されたファイルが見つかりません。",
    ),
    3: (
        "The system cannot find the path specified.",
        "Das System kann den angegebenen Pfad nicht finden.",
        "指定されたパスが見つかりません。",
    ),
    5: ("Access is denied.", "Zugriff verweigert", "アクセスが拒否されました。"),
    8: (
        "Not enough storage is available to process this command.",
        "Für diesen Befehl ist nicht genügend Speicher verfügbar.",
        "このコマンドを実行するのに十分な記憶域がありません。",
    ),
    32: (
        "The process cannot access the file because it is being used by another process.",
        "Der Prozess kann nicht auf die Datei zugreifen, da sie von einem anderen Prozess verwendet wird.",
        "プロセスはファイルにアクセスできません。別のプロセスが使用中です。",
    ),
    53: (
        "The network path was not found.",
        "Der Netzwerkpfad wurde nicht gefunden.",
        "ネットワーク パスが見つかりません。",
    ),
    67: (
        "The network name cannot be found.",
        "Der Netzwerkname wurde nicht gefunden.",
        "ネットワーク名が見つかりません。",
    ),
    85: (
        "The local device name is already in use.",
        "Der lokale Gerätename wird bereits verwendet.",
        "ローカル デバイス名は既に使用されています。",
    ),
    86: (
        "The specified network password is not correct.",
        "Das angegebene Netzwerkkennwort ist falsch.",
        "指定されたネットワーク パスワードが間違っています。",
    ),
    87: ("The parameter is incorrect.", "Falscher Parameter.", "パラメーターが間違っています。"),
    109: (
        "The process tried to write to a nonexistent pipe.",
        "Es wurde versucht, in eine nicht vorhandene Pipe zu schreiben.",
        "存在しないパイプに書き込もうとしました。",
    ),
    112: (
        "There is not enough space on the disk.",
        "Es steht nicht genug Speicherplatz auf dem Datenträger zur Verfügung.",
        "ディスクに十分な空き領域がありません。",
    ),
    123: (
        "The filename, directory name, or volume label syntax is incorrect.",
        "Die Syntax für den Dateinamen, Verzeichnisnamen oder die Datenträgerbezeichnung ist falsch.",
        "ファイル名、ディレクトリ名、またはボリューム ラベルの構文が間違っています。",
    ),
    145: ("The directory is not empty.", "Das Verzeichnis ist nicht leer.", "ディレクトリが空ではありません。"),
    183: (
        "Cannot create a file when that file already exists.",
        "Eine Datei kann nicht erstellt werden, wenn sie bereits vorhanden ist.",
        "既に存在するファイルを作成することはできません。",
    ),
    193: (
        "%1 is not a valid Win32 application.",
        "%1 ist keine zulässige Win32-Anwendung.",
        "%1 は有効な Win32 アプリケーションではありません。",
    ),
    267: ("The directory name is invalid.", "Der Verzeichnisname ist ungültig.", "ディレクトリ名が無効です。"),
    740: (
        "The requested operation requires elevation.",
        "Der angeforderte Vorgang erfordert erhöhte Rechte.",
        "要求された操作には管理者特権が必要です。",
    ),
    1053: (
        "The service did not respond to the start or control request in a timely fashion.",
        "Der Dienst antwortete nicht rechtzeitig.",
        "サービスは時間内に応答しませんでした。",
    ),
    1056: (
        "An instance of the service is already running.",
        "Es wird bereits eine Instanz des Dienstes ausgeführt.",
        "サービスのインスタンスは既に実行中です。",
    ),
    1058: (
        "The service cannot be started because it is disabled.",
        "Der Dienst ist deaktiviert.",
        "サービスは無効になっています。",
    ),
    1060: (
        "The specified service does not exist as an installed service.",
        "Der angegebene Dienst ist kein installierter Dienst.",
        "指定されたサービスはインストールされていません。",
    ),
    1062: ("The service has not been started.", "Der Dienst wurde nicht gestartet.", "サービスは開始されていません。"),
    1115: (
        "A system shutdown is in progress.",
        "Das System wird heruntergefahren.",
        "システムのシャットダウンが進行中です。",
    ),
    1116: (
        "No shutdown was in progress.",
        "Es wurde kein Herunterfahren durchgeführt.",
        "シャットダウンは実行されていません。",
    ),
    1190: (
        "A system shutdown has already been scheduled.",
        "Das Herunterfahren wurde bereits geplant.",
        "システムのシャットダウンは既にスケジュールされています。",
    ),
    1219: (
        "Multiple connections to a server by the same user are not allowed.",
        "Mehrfache Verbindungen zu einem Server sind nicht zulässig.",
        "同じユーザーによる複数の接続は許可されません。",
    ),
    1314: (
        "A required privilege is not held by the client.",
        "Dem Client fehlt ein erforderliches Recht.",
        "クライアントは要求された特権を保有していません。",
    ),
    1326: (
        "Logon failure: unknown user name or bad password.",
        "Anmeldung fehlgeschlagen.",
        "ログオン失敗: ユーザー名を認識できないか、パスワードが違います。",
    ),
    1332: (
        "No mapping between account names and security IDs was done.",
        "Zuordnungen von Kontennamen und Sicherheitskennungen wurden nicht durchgeführt.",
        "アカウント名とセキュリティ ID 間のマッピングは実行されませんでした。",
    ),
    1816: (
        "Not enough quota is available to process this command.",
        "Für diesen Befehl ist kein ausreichendes Kontingent verfügbar.",
        "このコマンドを処理するための十分なクォータがありません。",
    ),
    2250: (
        "This network connection does not exist.",
        "Die Netzwerkverbindung existiert nicht.",
        "このネットワーク接続は存在しません。",
    ),
}


def _index(language: str) -> int:
    return {"de": 1, "ja": 2}.get(language[:2].lower(), 0)


def text(language: str, key: str, *values: object) -> str:
    """The wording of a message in the machine's language (English for one we have no table of)."""
    return _TEXTS[key][_index(language)].format(*values)


def system_text(language: str, code: int) -> str:
    """The system's message for a Win32 code."""
    found = _SYSTEM.get(code)
    return found[_index(language)] if found else f"0x{code & 0xFFFFFFFF:x}"


def code_page_codec(code_page: int) -> str:
    """Python's codec for a console code page."""
    return {65001: "utf-8", 932: "cp932", 20127: "ascii"}.get(code_page, f"cp{code_page}")
