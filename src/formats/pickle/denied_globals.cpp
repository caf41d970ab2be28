// What runs code, reads or writes files, starts programs or reaches for a network when it is imported, called or
// reached through. Whatever is on no list at all is unknown, so a name that is missing here is never taken for a yes.
#include <algorithm>
#include <array>

#include "pickle/arrays.hpp"
#include "pickle/globals.hpp"

namespace mlops::formats::pickle {

namespace {

// Modules by which a path may lead to any of their functions, wherever they stand in it.
constexpr auto anywhere = std::to_array<std::string_view>({
    "os",          "posix",        "nt",           "sys",         "subprocess", "pty",         "commands",
    "shutil",      "socket",       "socketserver", "runpy",       "codeop",     "marshal",     "imp",
    "importlib",   "pkgutil",      "zipimport",    "pickle",      "cPickle",    "pickletools", "dill",
    "cloudpickle", "shelve",       "joblib",       "ctypes",      "mmap",       "threading",   "multiprocessing",
    "atexit",      "gc",           "functools",    "bdb",         "pdb",        "cProfile",    "unittest",
    "pip",         "ensurepip",    "venv",         "distutils",   "setuptools", "idlelib",     "lib2to3",
    "pydoc",       "linecache",    "fileinput",    "tempfile",    "tarfile",    "zipfile",     "sqlite3",
    "compileall",  "py_compile",   "filecmp",      "copyreg",     "copy_reg",   "ftplib",      "imaplib",
    "poplib",      "smtplib",      "telnetlib",    "nntplib",     "xmlrpc",     "webbrowser",  "urllib",
    "urllib2",     "httplib",      "aiohttp",      "asyncio",     "builtins",   "__builtin__", "__builtins__",
    "fickling",    "picklescan",   "modelscan",    "saferpickle", "modelaudit", "antigravity", "popen2",
    "posixfile",   "execnet",      "jsonpickle",   "pexpect",     "paramiko",   "fcntl",       "msvcrt",
    "winreg",      "faulthandler", "tkinter",      "ssl",
});

// The same where the path begins with them: inside a package, their names are those of innocent modules too.
constexpr auto first = std::to_array<std::string_view>({
    "code",          "types",      "signal",    "select",   "selectors",    "http",
    "requests",      "site",       "glob",      "platform", "trace",        "inspect",
    "operator",      "profile",    "timeit",    "doctest",  "test",         "logging",
    "uuid",          "syslog",     "difflib",   "resource", "curses",       "cmd",
    "cgi",           "cgitb",      "mailbox",   "mailcap",  "netrc",        "readline",
    "rlcompleter",   "sched",      "sysconfig", "turtle",   "wsgiref",      "zipapp",
    "pipes",         "dbm",        "smtpd",     "asyncore", "asynchat",     "concurrent",
    "contextlib",    "gettext",    "pstats",    "ast",      "dis",          "symtable",
    "tracemalloc",   "nturl2path", "this",      "yaml",     "thread",       "dummy_threading",
    "pwd",           "crypt",      "cffi",      "weakref",  "modulefinder", "sitecustomize",
    "usercustomize", "netifaces",  "httpx",     "urllib3",  "git",
});

// Parts of libraries, with all that is below them.
constexpr auto paths = std::to_array<std::string_view>({
    "io.open",
    "io.open_code",
    "io.FileIO",
    "numpy.f2py",
    "numpy.distutils",
    "numpy.testing",
    "numpy.load",
    "numpy.save",
    "numpy.savez",
    "numpy.savez_compressed",
    "numpy.savetxt",
    "numpy.loadtxt",
    "numpy.genfromtxt",
    "numpy.fromfile",
    "numpy.memmap",
    "numpy.core.memmap",
    "numpy.DataSource",
    "numpy.lib.npyio",
    "numpy.lib._npyio_impl",
    "numpy.lib.format",
    "numpy.lib._datasource",
    "numpy.core.records.fromfile",
    "numpy.ctypeslib",
    "numpy.vectorize",
    "numpy.frompyfunc",
    "numpy.apply_along_axis",
    "numpy.apply_over_axes",
    "numpy.fromfunction",
    "numpy.piecewise",
    "numpy.lib.function_base.vectorize",
    "numpy.exec_command",
    "scipy.io",
    "scipy.weave",
    "scipy._lib._ccallback",
    "torch.hub",
    "torch._dynamo",
    "torch._inductor",
    "torch.jit",
    "torch.load",
    "torch.save",
    "torch.package",
    "torch.serialization.load",
    "torch.serialization.save",
    "torch.serialization._load",
    "torch.serialization._legacy_load",
    "torch.distributed",
    "torch.utils._config_module",
    "torch.utils.bottleneck",
    "torch.utils.collect_env",
    "torch.utils.cpp_extension",
    "torch.utils.model_zoo",
    "torch.utils.data.datapipes",
    "torch.utils.show_pickle",
    "torch.utils._pytree",
    "torch.fx",
    "torch.ops",
    "torch.classes",
    "torch.compile",
    "torch.onnx",
    "torch.testing",
    "torch.multiprocessing",
    "torch.cuda._compile_kernel",
    "pandas.read_pickle",
    "pandas.eval",
    "pandas.io",
    "pandas.core.computation",
    "pandas.core.config_init",
    "keras.models.load_model",
    "keras.saving",
    "keras.src.saving",
    "keras.utils.get_file",
    "keras.layers.Lambda",
    "keras.src.layers.core",
    "tensorflow.keras.models.load_model",
    "tensorflow.saved_model",
    "tensorflow.io",
    "tensorflow.py_function",
    "tensorflow.numpy_function",
    "tensorflow.load_op_library",
    "tensorflow.python.saved_model",
    "tensorflow.python.platform",
    "transformers.dynamic_module_utils",
    "transformers.pipeline",
    "sklearn.datasets",
    "sklearn.utils._joblib",
    "sklearn.utils._testing",
    "sklearn.utils.fixes",
    "sklearn.utils.parallel",
    "sklearn.externals",
    "xgboost.core._LIB",
    "lightgbm.basic._LIB",
    "skops.io",
});

// Functions that no harmless module has under these names.
constexpr auto denied_functions = std::to_array<std::string_view>({
    "system",       "popen",        "popen2",      "popen3",          "popen4",        "Popen",
    "eval",         "exec",         "execfile",    "execv",           "execve",        "execvp",
    "spawn",        "spawnl",       "spawnv",      "posix_spawn",     "fork",          "forkpty",
    "check_output", "check_call",   "getoutput",   "getstatusoutput", "import_module", "run_module",
    "run_path",     "load_module",  "open",        "urlopen",         "urlretrieve",   "CDLL",
    "LoadLibrary",  "load_library", "read_pickle", "exec_command",    "runcode",       "runsource",
    "run_code",
});

// Of `builtins`: they make or describe values, but call what belongs to them. Not harmless enough to be allowed, and no
// danger by themselves.
constexpr auto plain_builtins = std::to_array<std::string_view>({
    "abs",        "all",   "any",    "ascii",        "bin",        "callable",   "chr",   "divmod",   "enumerate",
    "format",     "hash",  "hex",    "id",           "isinstance", "issubclass", "iter",  "len",      "max",
    "memoryview", "min",   "next",   "oct",          "ord",        "pow",        "print", "property", "repr",
    "reversed",   "round", "sorted", "staticmethod", "sum",        "super",      "type",  "zip",
});

template <typename List>
bool holds(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_at_or_below(std::string_view path, std::string_view parent) {
  return path.starts_with(parent) && (path.size() == parent.size() || path[parent.size()] == '.');
}

bool is_dunder(std::string_view word) { return word.size() > 4 && word.starts_with("__") && word.ends_with("__"); }

// Calls `visit(segment, is_last)` until it says yes.
template <typename Visit>
bool any_segment(std::string_view path, Visit visit) {
  for (;;) {
    const std::size_t dot = path.find('.');
    if (visit(path.substr(0, dot), dot == std::string_view::npos)) return true;
    if (dot == std::string_view::npos) return false;
    path.remove_prefix(dot + 1);
  }
}

// Python's own modules often import others under such names: `_os`, `_sys`.
std::string_view without_underscores(std::string_view word) {
  return word.substr(std::min(word.find_first_not_of('_'), word.size()));
}

bool is_denied_name(std::string_view name) {
  return any_segment(name, [](std::string_view segment, bool is_last) {
    if (holds(denied_functions, segment) || is_dunder(segment)) return true;
    const std::string_view word = without_underscores(segment);
    return holds(anywhere, word) || (!is_last && holds(first, word));
  });
}

}  // namespace

bool is_denied_module(std::string_view module) {
  const std::string_view root = module.substr(0, module.find('.'));
  if (holds(first, root)) return true;
  // The parts of Python that are written in C, and other insides of it. `__main__` is the user's own program.
  if (root.starts_with('_') && root != "__main__") return true;
  return any_segment(module, [](std::string_view segment, bool) { return holds(anywhere, segment); });
}

bool is_denied(std::string_view module, std::string_view name) {
  if (module == "builtins" || module == "__builtin__") return !holds(plain_builtins, name);
  if (is_denied_module(module) || is_denied_name(name)) return true;
  const std::string path = older_numpy_name(module) + '.' + std::string{name};
  return std::ranges::any_of(paths, [&path](std::string_view parent) { return is_at_or_below(path, parent); });
}

}  // namespace mlops::formats::pickle
