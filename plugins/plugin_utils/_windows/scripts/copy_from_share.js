// Copies a file from a UNC share with credentials read from standard input (three lines: share, user, password).
// Arguments: path below the share, target file. Nothing secret is on the command line or written anywhere.
// Answers "COPIED <bytes>" and exit 0, or "FAILED <step> <number>" and exit 3. JScript 5.7.
var step = "read";
var network = WScript.CreateObject("WScript.Network");
var fso = new ActiveXObject("Scripting.FileSystemObject");
var share = WScript.StdIn.ReadLine(), user = WScript.StdIn.ReadLine(), password = WScript.StdIn.ReadLine();
var mapped = false, status = 0;
try {
  step = "map";
  network.MapNetworkDrive("", share, false, user, password);
  mapped = true;
  step = "copy";
  fso.CopyFile(share + "\\" + WScript.Arguments(0), WScript.Arguments(1), true);
  WScript.StdOut.WriteLine("COPIED " + fso.GetFile(WScript.Arguments(1)).Size);
} catch (problem) {
  WScript.StdOut.WriteLine("FAILED " + step + " " + problem.number);
  status = 3;
}
if (mapped) {
  try {
    network.RemoveNetworkDrive(share, true, false);
  } catch (ignored) {
    status = status + 0;
  }
}
WScript.Quit(status);
