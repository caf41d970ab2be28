#include "pickle/globals.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace mlops::formats::pickle {
namespace {

using domain::Safety;

TEST_CASE("every module that runs code, touches files or the network is denied") {
  // The names are those that the advisories on picklescan, fickling and modelscan list.
  constexpr auto modules = std::to_array<std::string_view>({"os",
                                                            "posix",
                                                            "nt",
                                                            "sys",
                                                            "subprocess",
                                                            "_posixsubprocess",
                                                            "pty",
                                                            "commands",
                                                            "shutil",
                                                            "socket",
                                                            "ssl",
                                                            "http",
                                                            "http.client",
                                                            "httplib",
                                                            "urllib.request",
                                                            "urllib2",
                                                            "requests",
                                                            "requests.api",
                                                            "aiohttp",
                                                            "aiohttp.client",
                                                            "asyncio",
                                                            "asyncio.unix_events",
                                                            "ftplib",
                                                            "imaplib",
                                                            "poplib",
                                                            "smtplib",
                                                            "telnetlib",
                                                            "nntplib",
                                                            "socketserver",
                                                            "xmlrpc",
                                                            "webbrowser",
                                                            "runpy",
                                                            "code",
                                                            "codeop",
                                                            "types",
                                                            "marshal",
                                                            "imp",
                                                            "importlib",
                                                            "importlib.util",
                                                            "_imp",
                                                            "_frozen_importlib",
                                                            "_frozen_importlib_external",
                                                            "pkgutil",
                                                            "zipimport",
                                                            "pickle",
                                                            "_pickle",
                                                            "dill",
                                                            "dill._dill",
                                                            "cloudpickle",
                                                            "cloudpickle.cloudpickle",
                                                            "shelve",
                                                            "joblib",
                                                            "ctypes",
                                                            "_ctypes",
                                                            "mmap",
                                                            "signal",
                                                            "threading",
                                                            "_thread",
                                                            "multiprocessing",
                                                            "multiprocessing.util",
                                                            "atexit",
                                                            "gc",
                                                            "inspect",
                                                            "operator",
                                                            "_operator",
                                                            "functools",
                                                            "bdb",
                                                            "pdb",
                                                            "cProfile",
                                                            "profile",
                                                            "timeit",
                                                            "trace",
                                                            "doctest",
                                                            "unittest",
                                                            "unittest.mock",
                                                            "test",
                                                            "test.support",
                                                            "site",
                                                            "pip",
                                                            "pip._internal",
                                                            "ensurepip",
                                                            "venv",
                                                            "distutils",
                                                            "distutils.spawn",
                                                            "setuptools",
                                                            "idlelib",
                                                            "idlelib.pyshell",
                                                            "lib2to3",
                                                            "pydoc",
                                                            "uuid",
                                                            "_osx_support",
                                                            "_aix_support",
                                                            "_pyrepl",
                                                            "_pyrepl.pager",
                                                            "_interpreters",
                                                            "_xxsubinterpreters",
                                                            "logging",
                                                            "logging.config",
                                                            "linecache",
                                                            "fileinput",
                                                            "tempfile",
                                                            "glob",
                                                            "tarfile",
                                                            "zipfile",
                                                            "sqlite3",
                                                            "compileall",
                                                            "py_compile",
                                                            "platform",
                                                            "select",
                                                            "selectors",
                                                            "syslog",
                                                            "difflib",
                                                            "filecmp",
                                                            "copyreg",
                                                            "numpy.f2py",
                                                            "numpy.f2py.crackfortran",
                                                            "numpy.distutils",
                                                            "numpy.testing._private.utils",
                                                            "torch.hub",
                                                            "torch._dynamo",
                                                            "torch._dynamo.guards",
                                                            "torch._inductor",
                                                            "torch.jit",
                                                            "torch.jit.unsupported_tensor_ops",
                                                            "torch.utils._config_module",
                                                            "torch.utils.bottleneck",
                                                            "torch.utils.bottleneck.__main__",
                                                            "torch.utils.collect_env",
                                                            "torch.utils.data.datapipes",
                                                            "torch.fx.experimental",
                                                            "fickling",
                                                            "picklescan",
                                                            "modelscan",
                                                            "saferpickle",
                                                            "modelaudit",
                                                            "sklearn.utils._joblib",
                                                            "sklearn.externals.joblib",
                                                            "sklearn.datasets",
                                                            "scipy.io",
                                                            "tkinter",
                                                            "antigravity"});
  for (const std::string_view module : modules) {
    CAPTURE(module);
    CHECK(judge(module, "anything").safety == Safety::dangerous);
    CHECK(judge(module, "a.b").safety == Safety::dangerous);
    CHECK(judge(std::string{module} + ".below", "anything").safety == Safety::dangerous);
  }
}

TEST_CASE("functions that harm are denied wherever they are found") {
  for (const auto& [module, name] :
       std::vector<std::pair<std::string_view, std::string_view>>{{"builtins", "eval"},
                                                                  {"builtins", "exec"},
                                                                  {"builtins", "compile"},
                                                                  {"builtins", "open"},
                                                                  {"builtins", "getattr"},
                                                                  {"builtins", "setattr"},
                                                                  {"builtins", "__import__"},
                                                                  {"builtins", "globals"},
                                                                  {"builtins", "breakpoint"},
                                                                  {"builtins", "map"},
                                                                  {"builtins", "anything"},
                                                                  {"__builtin__", "file"},
                                                                  {"torch", "load"},
                                                                  {"torch.serialization", "load"},
                                                                  {"numpy", "load"},
                                                                  {"numpy", "memmap"},
                                                                  {"numpy.lib.npyio", "load"},
                                                                  {"pandas", "read_pickle"},
                                                                  {"pandas", "eval"},
                                                                  {"io", "open"},
                                                                  {"io", "FileIO"},
                                                                  {"codecs", "open"},
                                                                  {"keras.models", "load_model"},
                                                                  {"some.package", "os"},
                                                                  {"some.package", "system"},
                                                                  {"some.os.package", "f"},
                                                                  {"os.", "system"},
                                                                  {"__main__", "f.__globals__"}}) {
    CAPTURE(module, name);
    CHECK(judge(module, name).safety == Safety::dangerous);
  }
}

TEST_CASE("what models need is allowed by exact name") {
  for (const auto& [module, name] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"collections", "OrderedDict"},
           {"builtins", "set"},
           {"_codecs", "encode"},
           {"copyreg", "_reconstructor"},
           {"datetime", "datetime"},
           {"uuid", "UUID"},
           {"numpy", "dtype"},
           {"numpy", "ndarray"},
           {"numpy.core.multiarray", "_reconstruct"},
           {"numpy._core.multiarray", "scalar"},
           {"numpy._core.numeric", "_frombuffer"},
           {"numpy.random._pickle", "__randomstate_ctor"},
           {"joblib.numpy_pickle", "NumpyArrayWrapper"},
           {"torch._utils", "_rebuild_tensor_v2"},
           {"torch", "FloatStorage"},
           {"torch", "bfloat16"},
           {"torch.nn.modules.linear", "Linear"},
           {"sklearn.tree._tree", "Tree"},
           {"sklearn.tree.tree", "DecisionTreeClassifier"},
           {"sklearn.svm.classes", "SVC"},
           {"sklearn.neighbors._kd_tree", "newObj"},
           {"sklearn._loss._loss", "__pyx_unpickle_CyHalfBinomialLoss"},
           {"scipy.sparse._csr", "csr_matrix"},
           {"scipy.sparse.csr", "csr_matrix"},
           {"xgboost.sklearn", "XGBClassifier"},
           {"lightgbm.basic", "Booster"},
           {"pandas.core.frame", "DataFrame"},
           {"pandas.core.indexes.base", "_new_Index"}}) {
    CAPTURE(module, name);
    CHECK(judge(module, name).safety == Safety::allowlisted);
  }
}

TEST_CASE("what only resembles an allowed name is not allowed") {
  for (const auto& [module, name] :
       std::vector<std::pair<std::string_view, std::string_view>>{{"sklearn_evil.tree", "Tree"},
                                                                  {"sklearn.treeX", "Tree"},
                                                                  {"xsklearn.tree", "Tree"},
                                                                  {"sklearn.tree", "tree"},
                                                                  {"sklearn.tree", "Tree "},
                                                                  {"sklearn.tree", "Tree Sentinel"},
                                                                  {"sklearn.tree", ""},
                                                                  {"sklearn", "Tree"},
                                                                  {"numpy._corex", "dtype"},
                                                                  {"numpy._core_", "scalar"},
                                                                  {"numpyx", "dtype"},
                                                                  {"torch.nn.modulesx.linear", "Linear"},
                                                                  {"sklearn.ensemble._forest", "Parallel"},
                                                                  {"sklearn.pipeline", "Bunch.x"},
                                                                  {"sklearn.base", "clone"},
                                                                  {"joblib_numpy_pickle", "NumpyArrayWrapper"},
                                                                  {"sklearn.neighbors._dist_metrics", "PyFuncDistance"},
                                                                  {"scipy.stats._distn_infrastructure", "rv_frozen"},
                                                                  {"collections", "namedtuple"},
                                                                  {"", ""},
                                                                  {"torch.storage", "_load_from_bytes"}}) {
    CAPTURE(module, name);
    CHECK(judge(module, name).safety == Safety::unknown);
  }
}

TEST_CASE("Python 3 finds the names of Python 2") {
  // _compat_pickle.NAME_MAPPING and IMPORT_MAPPING of CPython 3.11
  using Pair = std::pair<std::string, std::string>;
  CHECK(python3_name("__builtin__", "xrange") == Pair{"builtins", "range"});
  CHECK(python3_name("itertools", "imap") == Pair{"builtins", "map"});
  CHECK(python3_name("urllib", "urlopen") == Pair{"urllib.request", "urlopen"});
  CHECK(python3_name("cPickle", "loads") == Pair{"pickle", "loads"});
  CHECK(python3_name("exceptions", "ValueError") == Pair{"builtins", "ValueError"});
  CHECK(python3_name("exceptions", "StandardError") == Pair{"builtins", "Exception"});
  CHECK(python3_name("os", "system") == Pair{"os", "system"});
  CHECK(python3_name("__builtin__x", "eval") == Pair{"__builtin__x", "eval"});
}

}  // namespace
}  // namespace mlops::formats::pickle
