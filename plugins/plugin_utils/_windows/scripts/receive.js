// Receives a file as lines of base64 on standard input, saves it in parts, and acknowledges each part that is saved.
// Arguments: folder of the parts, bytes a part. Written for JScript 5.7 (Windows Vista): no JSON, no Array extras.
// Protocol: "READY <bytes>" once; "ACK <bytes>" for each part saved; a line "." -> "PARTS <count>", "DONE <bytes>" and exit 0;
// anything else -> "BAD <bytes>" and exit 3; the end of the input without "." -> exit 4. What was saved as parts survives a break: the next run counts it.
var fso = new ActiveXObject("Scripting.FileSystemObject");
var folder = WScript.Arguments(0), partSize = parseInt(WScript.Arguments(1), 10);
var node = new ActiveXObject("MSXML2.DOMDocument").createElement("b");
node.dataType = "bin.base64";
var saved = 0, part = 0;

function partPath(n) {
  var digits = "0000000" + n;
  return folder + "\\" + digits.substr(digits.length - 8) + ".part";
}

function fresh() {
  var stream = new ActiveXObject("ADODB.Stream");
  stream.Type = 1;
  stream.Open();
  return stream;
}

while (fso.FileExists(partPath(part))) {
  saved += fso.GetFile(partPath(part)).Size;
  part += 1;
}

var buffer = fresh();

function total() {
  return saved + buffer.Size;
}

function save() {
  if (buffer.Size > 0) {
    buffer.SaveToFile(partPath(part) + ".tmp", 2);
    saved += buffer.Size;
    buffer.Close();
    fso.MoveFile(partPath(part) + ".tmp", partPath(part));
    part += 1;
    buffer = fresh();
  }
}

WScript.StdOut.WriteLine("READY " + total());
while (!WScript.StdIn.AtEndOfStream) {
  var line = WScript.StdIn.ReadLine();
  if (line === ".") {
    save();
    WScript.StdOut.WriteLine("PARTS " + part);
    WScript.StdOut.WriteLine("DONE " + total());
    WScript.Quit(0);
  }
  try {
    node.text = line;
    buffer.Write(node.nodeTypedValue);
  } catch (problem) {
    WScript.StdOut.WriteLine("BAD " + total());
    WScript.Quit(3);
  }
  if (buffer.Size >= partSize) {
    save();
    WScript.StdOut.WriteLine("ACK " + saved);
  }
}
WScript.Quit(4);
