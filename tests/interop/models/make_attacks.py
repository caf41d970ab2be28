#!/usr/bin/python3
"""Pickles that run something when they are loaded, by the ways that scanners have missed: the advisories on picklescan, fickling and
modelscan name them. None is ever loaded; what they would run is an `echo`.

Each is judged by what it reaches: `dangerous`, or at least not `allowlisted` where nobody can tell what a loader makes of it.
"""

import bz2
import gzip
import io
import lzma
import pickle
import struct
import zipfile
import zlib

import expected

COMMAND = "echo this ran"
NOT_CLEAN = ["unknown", "unscannable", "malformed", "dangerous"]
BROKEN = ["malformed", "dangerous"]
MILDER = {"pickle-after-a-zip.pt": NOT_CLEAN}  # what a loader of either reads is harmless, but not what the file is

# What scanners had not on their lists when the advisory was written.
GLOBALS = """
os.system posix.system nt.system os.popen os.execv os.spawnl os.posix_spawn subprocess.Popen subprocess.run subprocess.check_output
subprocess.getoutput builtins.eval builtins.exec builtins.compile builtins.__import__ builtins.open builtins.getattr builtins.breakpoint
io.open io.FileIO _io.FileIO codecs.open tempfile.NamedTemporaryFile shutil.rmtree shutil.copyfile pathlib.Path.write_text
importlib.import_module importlib.reload _frozen_importlib_external.SourceFileLoader imp.load_source marshal.loads types.FunctionType
types.CodeType pickle.loads _pickle.loads pickle.Unpickler dill.loads cloudpickle.loads joblib.load joblib.numpy_pickle.load
runpy.run_path runpy._run_code code.InteractiveInterpreter.runcode codeop.compile_command pkgutil.resolve_name pydoc.locate pydoc.pipepager
operator.attrgetter operator.methodcaller operator.itemgetter _operator.attrgetter functools.partial functools.reduce
bdb.Bdb.run pdb.run cProfile.run cProfile.runctx profile.run profile.Profile.run trace.Trace.run timeit.timeit doctest.debug_script
pip.main pip._internal.cli.main.main ensurepip._run_pip venv.create setuptools.sandbox.run_setup distutils.spawn.spawn
distutils.file_util.write_file zipimport.zipimporter site.execsitecustomize webbrowser.open ctypes.CDLL ctypes.WinDLL _ctypes.dlopen
socket.create_connection ssl.get_server_certificate http.client.HTTPSConnection urllib.request.urlopen urllib.request.urlretrieve
requests.get aiohttp.ClientSession ftplib.FTP smtplib.SMTP imaplib.IMAP4_stream poplib.POP3 telnetlib.Telnet nntplib.NNTP
xmlrpc.client.ServerProxy socketserver.TCPServer asyncio.unix_events._UnixSubprocessTransport._start asyncio.create_subprocess_shell
multiprocessing.Process multiprocessing.util.spawnv_passfds threading.Thread _thread.start_new_thread signal.signal atexit.register
sys.exit sys.modules gc.get_objects inspect.getattr_static linecache.getline fileinput.input glob.glob logging.FileHandler
logging.config.fileConfig logging.config._resolve idlelib.pyshell.ModifiedInterpreter.runcode idlelib.run.Executive.runcode
idlelib.autocomplete.AutoComplete.get_entity idlelib.calltip.get_entity idlelib.debugobj.ObjectTreeItem.SetText
lib2to3.pgen2.grammar.Grammar.loads lib2to3.pgen2.pgen.ParserGenerator.make_label uuid._get_command_stdout _osx_support._read_output
_aix_support._read_cmd_output _pyrepl.pager.pipe_pager test.support.script_helper.assert_python_ok unittest.mock.patch
_interpreters.run_string _xxsubinterpreters.run_string _posixsubprocess.fork_exec pty.spawn commands.getoutput popen2.popen3
cgitb.handler crypt.crypt mmap.mmap sqlite3.connect tarfile.open zipfile.ZipFile compileall.compile_file py_compile.compile
faulthandler._sigsegv copyreg.add_extension shelve.open wsgiref.simple_server.make_server readline.read_history_file
numpy.f2py.crackfortran.getlincoef numpy.f2py.crackfortran.myeval numpy.testing._private.utils.runstring numpy.distutils.exec_command.exec_command
numpy.load numpy.fromfile numpy.memmap numpy.lib.npyio.load pandas.read_pickle pandas.io.pickle.read_pickle torch.load torch.hub.load
torch.serialization.load torch.jit.load torch.utils.bottleneck.__main__.run_cprofile torch.utils.collect_env.run
torch.utils._config_module.ConfigModule.load_config torch._dynamo.guards.GuardBuilder.get torch._inductor.codecache.compile_file
torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression torch.jit.unsupported_tensor_ops.execWrapper
torch.utils.data.datapipes.utils.decoder.basichandlers torch.utils.cpp_extension.load_inline torch.storage._load_from_bytes
tensorflow.io.write_file tensorflow.keras.models.load_model keras.models.load_model keras.src.legacy.preprocessing.image.ImageDataGenerator
sklearn.datasets.fetch_openml sklearn.utils._pprint.exec sklearn.externals.joblib.load scipy.io.loadmat
IPython.core.interactiveshell.InteractiveShell.run_cell fickling.fickle.Pickled.load picklescan.scanner.scan_file_path
""".split()

# Names that Python 3 changes when it reads a pickle of Python 2.
OF_PYTHON_2 = ["__builtin__.eval", "__builtin__.execfile", "__builtin__.apply", "commands.getoutput", "commands.getstatusoutput", "cPickle.loads",
               "urllib.urlretrieve", "urllib2.urlopen", "httplib.HTTPConnection", "ConfigParser.ConfigParser", "SocketServer.TCPServer",
               "tkSimpleDialog.askstring", "os.getcwdu", "itertools.imap", "exceptions.OSError"]


def text(value):
    content = value.encode()
    return pickle.SHORT_BINUNICODE + bytes([len(content)]) + content if len(content) < 256 else (
        pickle.BINUNICODE + struct.pack("<I", len(content)) + content)


def stack_global(module, name):
    return text(module) + text(name) + pickle.STACK_GLOBAL


def plain_global(module, name):
    return pickle.GLOBAL + f"{module}\n{name}\n".encode()


def whole(body, protocol=4):
    return pickle.PROTO + bytes([protocol]) + body + pickle.STOP


ARGUMENT = text(COMMAND) + pickle.TUPLE1
SYSTEM = stack_global("os", "system")
CALL = SYSTEM + ARGUMENT + pickle.REDUCE
HARMLESS = pickle.EMPTY_DICT + text("weight") + pickle.NONE + pickle.SETITEM
OLD = plain_global("os", "system") + pickle.MARK + pickle.UNICODE + COMMAND.encode() + b"\n" + pickle.TUPLE + pickle.REDUCE + pickle.STOP


def split(name):
    """The longest prefix that is a module, by its looks: classes begin with a capital letter."""
    parts = name.split(".")
    last = next((at for at, part in enumerate(parts) if part[:1].isupper() and at), len(parts) - 1)
    return ".".join(parts[:last]), ".".join(parts[last:])


def by_global():
    for name in GLOBALS:
        module, attribute = split(name)
        yield f"global/{name}.pkl", whole(stack_global(module, attribute) + ARGUMENT + pickle.REDUCE), NOT_CLEAN
    for name in OF_PYTHON_2:
        module, attribute = split(name)
        body = plain_global(module, attribute) + pickle.MARK + pickle.STRING + b"'echo'\n" + pickle.TUPLE + pickle.REDUCE
        yield f"python-2/{name}.pkl", body + pickle.STOP, ["unknown", "dangerous", *(["allowlisted"] if "OSError" in name or "imap" in name else [])]


def by_opcode():
    """Ways to call what has been named."""
    mark, code = pickle.MARK, text(COMMAND)
    yield "reduce", whole(CALL)
    yield "inst", whole(mark + code + pickle.INST + b"os\nsystem\n")
    yield "obj", whole(mark + SYSTEM + code + pickle.OBJ)
    yield "newobj", whole(SYSTEM + ARGUMENT + pickle.NEWOBJ)
    yield "newobj-ex", whole(SYSTEM + ARGUMENT + pickle.EMPTY_DICT + pickle.NEWOBJ_EX)
    yield "named-only", whole(SYSTEM)
    yield "thrown-away", whole(CALL + pickle.POP + HARMLESS)
    yield "thrown-away-to-a-mark", whole(mark + CALL + pickle.POP_MARK + HARMLESS)
    yield "named-and-thrown-away", whole(SYSTEM + pickle.POP + HARMLESS)
    yield "twice", whole(SYSTEM + pickle.DUP + ARGUMENT + pickle.REDUCE + pickle.POP + pickle.POP + HARMLESS)
    yield "from-memo", whole(SYSTEM + pickle.MEMOIZE + pickle.POP + HARMLESS + pickle.BINGET + b"\0" + ARGUMENT + pickle.REDUCE + pickle.POP)
    yield "names-from-memo", whole(text("system") + pickle.BINPUT + b"\7" + text("os") + pickle.LONG_BINPUT + b"\1\1\0\0" + pickle.POP +
                                   pickle.POP + pickle.LONG_BINGET + b"\1\1\0\0" + pickle.BINGET + b"\7" + pickle.STACK_GLOBAL + ARGUMENT +
                                   pickle.REDUCE)
    yield "names-as-strings", pickle.STRING + b"'os'\n" + pickle.STRING + b"'system'\n" + pickle.STACK_GLOBAL + ARGUMENT + pickle.REDUCE + b"."
    yield "names-as-short-strings", whole(b"U\2osU\6system" + pickle.STACK_GLOBAL + ARGUMENT + pickle.REDUCE)
    yield "names-as-unicode", pickle.UNICODE + b"os\n" + pickle.UNICODE + b"\\u0073ystem\n" + pickle.STACK_GLOBAL + ARGUMENT + pickle.REDUCE + b"."
    yield "build-on-a-class", whole(stack_global("collections", "OrderedDict") + pickle.EMPTY_DICT + text("__setstate__") + SYSTEM +
                                    pickle.SETITEM + pickle.BUILD)
    yield "build-with-a-command", whole(CALL + text(COMMAND) + pickle.BUILD)
    yield "setitem-on-a-global", whole(stack_global("sys", "modules") + text("os") + pickle.NONE + pickle.SETITEM)
    yield "in-a-key", whole(pickle.EMPTY_DICT + CALL + pickle.NONE + pickle.SETITEM)
    yield "in-a-frozenset", whole(mark + CALL + pickle.FROZENSET)
    yield "result-is-called", whole(stack_global("builtins", "getattr") + stack_global("os", "path") + text("os") + pickle.TUPLE2 + pickle.REDUCE +
                                    ARGUMENT + pickle.REDUCE)
    yield "dotted", whole(stack_global("pathlib", "os.system") + ARGUMENT + pickle.REDUCE)
    yield "dotted-global", whole(plain_global("logging", "os.system") + ARGUMENT + pickle.REDUCE)
    yield "through-an-allowed-module", whole(stack_global("numpy", "core.multiarray.os.system") + ARGUMENT + pickle.REDUCE)
    yield "through-torch", whole(stack_global("torch", "serialization.os.system") + ARGUMENT + pickle.REDUCE)
    yield "through-sklearn", whole(stack_global("sklearn.utils", "os.system") + ARGUMENT + pickle.REDUCE)
    yield "protocol-0", OLD
    yield "protocol-0-inst", mark + pickle.STRING + b"'echo'\n" + pickle.INST + b"posix\nsystem\n" + pickle.STOP
    yield "after-noise", b"(lp0\n." * 20 + whole(CALL)
    yield "second-pickle", whole(HARMLESS) + whole(CALL)
    yield "third-pickle-after-rubbish", whole(HARMLESS) + b"\0" * 100 + whole(CALL)
    yield "no-stop", whole(CALL)[:-1]
    yield "rubbish-follows", whole(CALL)[:-1] + b"\xff" * 10
    yield "in-bytes", whole(stack_global("_pickle", "loads") + pickle.SHORT_BINBYTES + bytes([len(OLD)]) + OLD + pickle.TUPLE1 + pickle.REDUCE)
    yield "many-opcodes-first", whole((pickle.NONE + pickle.POP) * 300_000 + CALL)
    yield "deep-first", whole(pickle.EMPTY_LIST * 5000 + CALL)


def ambiguous():
    """What two readers of pickles see differently, so that a scanner may see a harmless one."""
    yield "memo-that-is-missing", whole(CALL + pickle.POP + pickle.BINGET + b"\3" + pickle.BINGET + b"\0" + pickle.STACK_GLOBAL), NOT_CLEAN
    yield "name-that-is-a-number", whole(CALL + pickle.POP + pickle.BININT1 + b"\x2a" + text("os") + pickle.STACK_GLOBAL), NOT_CLEAN
    yield "large-memo-key", whole(pickle.NONE + pickle.PUT + b"4000000000\n" + pickle.POP + CALL), NOT_CLEAN
    yield "frame-beyond-the-end", pickle.PROTO + b"\4" + pickle.FRAME + struct.pack("<Q", 1 << 40) + CALL + b".", NOT_CLEAN
    hidden = CALL + pickle.POP + pickle.NONE + pickle.STOP
    inner = pickle.BINBYTES + struct.pack("<I", len(hidden)) + hidden
    yield "frame-that-cuts-an-opcode", pickle.PROTO + b"\4" + pickle.FRAME + struct.pack("<Q", 3) + inner + b".", BROKEN
    nested = pickle.FRAME + struct.pack("<Q", 9) + pickle.FRAME + struct.pack("<Q", 0)
    yield "frame-in-a-frame", pickle.PROTO + b"\4" + nested + CALL + b".", NOT_CLEAN
    yield "unknown-opcode", pickle.PROTO + b"\4" + b"\xfe" + CALL + b".", NOT_CLEAN
    yield "unknown-protocol", pickle.PROTO + b"\x09" + CALL + b".", NOT_CLEAN
    yield "extension-code", whole(pickle.EXT1 + b"\xf0" + ARGUMENT + pickle.REDUCE), NOT_CLEAN
    yield "persistent-id", whole(text("something") + pickle.BINPERSID), NOT_CLEAN
    yield "empty-stack", whole(pickle.REDUCE), BROKEN
    yield "out-of-band-buffer", whole(pickle.NEXT_BUFFER, 5), NOT_CLEAN


def zipped(members, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


def npy(content, version=1):
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(header) + 1) + header + b"\n" + content


def torch_legacy(content, magic=None):
    magic = magic or pickle.dumps(0x1950A86A20F9469CFC6C, 2)
    return magic + pickle.dumps(1001, 2) + pickle.dumps({"little_endian": True}, 2) + content + pickle.dumps([], 2)


def patched(content, *changes):
    changed = bytearray(content)
    for at, new in changes:
        changed[at:at + len(new)] = new
    return bytes(changed)


def containers():
    archive = zipped({"archive/data.pkl": OLD, "archive/version": b"3\n"})
    central = archive.index(b"PK\1\2")
    yield "torch.pt", archive
    yield "deflated.pt", zipped({"archive/data.pkl": OLD}, zipfile.ZIP_DEFLATED)
    yield "bzip2-member.pt", zipped({"archive/data.pkl": OLD}, zipfile.ZIP_BZIP2)
    yield "lzma-member.pt", zipped({"archive/data.pkl": OLD}, zipfile.ZIP_LZMA)
    yield "member-named-txt.zip", zipped({"data.txt": OLD})
    yield "member-without-ending.zip", zipped({"weights": whole(CALL)})
    yield "constants.pt", zipped({"archive/data.pkl": whole(HARMLESS), "archive/constants.pkl": OLD})
    yield "zip-in-a-zip.pt", zipped({"archive/data/0": zipped({"data.pkl": OLD})})
    yield "local-name-differs.pt", patched(archive, (30, b"archive/data.txt"))
    yield "central-name-differs.pt", patched(archive, (central + 46, b"archive/data.txt"))
    for bit in (0x01, 0x20, 0x40):
        yield f"flag-{bit:02x}.pt", patched(archive, (central + 8, bytes([bit])))
        yield f"local-flag-{bit:02x}.pt", patched(archive, (6, bytes([bit])))
    yield "wrong-checksum.pt", patched(archive, (14, b"\0\0\0\0"), (central + 16, b"\0\0\0\0"))
    yield "bytes-before.pt", b"#!/bin/sh\n" + archive
    yield "bytes-after.pt", archive + b"\0" * 100
    yield "pickle-before-a-zip.pt", OLD + zipped({"archive/data.pkl": whole(HARMLESS)})
    yield "pickle-after-a-zip.pt", zipped({"archive/data.pkl": whole(HARMLESS)}) + OLD
    yield "twice-the-same-name.pt", two_of_a_name()
    yield "legacy.pt", torch_legacy(OLD)
    yield "legacy-magic-is-computed.pt", torch_legacy(whole(HARMLESS), whole(CALL))
    for version in (1, 2, 3):
        yield f"objects-{version}.npy", npy(OLD, version)
    yield "objects.npz", zipped({"a.npy": npy(OLD)})
    yield "objects-as-something-else.npz", zipped({"a.dat": npy(OLD)})
    yield "gzip.pkl", gzip.compress(OLD, mtime=0)
    yield "bzip2.pkl", bz2.compress(OLD)
    yield "xz.pkl", lzma.compress(OLD)
    yield "lzma.pkl", lzma.compress(OLD, lzma.FORMAT_ALONE)
    yield "zlib.joblib", zlib.compress(OLD)
    yield "gzip-in-gzip.pkl", gzip.compress(gzip.compress(OLD, mtime=0), mtime=0)
    yield "gzip-second-member.pkl", gzip.compress(whole(HARMLESS), mtime=0) + gzip.compress(OLD, mtime=0)
    for ending in ("bin", "ckpt", "pth", "h5", "onnx", "gguf", "safetensors", "json", "txt", "png", "joblib", "dat", "py", ""):
        yield f"named.{ending}" if ending else "without-ending", whole(CALL)


def two_of_a_name():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("archive/data.pkl"), OLD)
        archive.writestr(zipfile.ZipInfo("archive/data.pkm"), whole(HARMLESS))
    return out.getvalue().replace(b"data.pkm", b"data.pkl")


def make(wanted):
    def write(name, content, verdict):
        wanted.path(name).write_bytes(content)
        wanted.add(name, verdict=verdict)

    for name, content, verdict in by_global():
        write(name, content, verdict)
    for name, content in by_opcode():
        write(f"opcode/{name}.pkl", content, "dangerous")
    for name, content, verdict in ambiguous():
        write(f"ambiguous/{name}.pkl", content, verdict)
    for name, content in containers():
        write(f"container/{name}", content, MILDER.get(name, "dangerous"))


if __name__ == "__main__":
    expected.run(make, needs=[])
