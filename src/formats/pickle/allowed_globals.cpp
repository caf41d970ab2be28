// The harmless names of Python itself, of NumPy and SciPy, and of what wraps them. Everything here makes a value from
// the values it is given and does nothing else, whichever they are.
#include "pickle/allowed.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr std::string_view ufuncs =
    "abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil conjugate copysign cos cosh "
    "deg2rad degrees divide equal exp exp2 expm1 fabs floor floor_divide fmax fmin fmod greater greater_equal hypot "
    "isfinite isinf isnan ldexp less less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not "
    "logical_or logical_xor maximum minimum mod multiply negative not_equal positive power rad2deg radians "
    "reciprocal remainder rint sign signbit sin sinh sqrt square subtract tan tanh true_divide trunc";
constexpr std::string_view number_types =
    "bool_ bool byte bytes_ cdouble clongdouble complex128 complex256 complex64 csingle datetime64 double float128 "
    "float16 float32 float64 float_ half int16 int32 int64 int8 int_ intc intp longdouble longlong object_ short "
    "single str_ timedelta64 ubyte uint uint16 uint32 uint64 uint8 uintc uintp ulonglong ushort void generic number "
    "integer floating";
constexpr std::string_view dtype_classes =
    "BoolDType ByteDType BytesDType CLongDoubleDType Complex128DType Complex64DType DateTime64DType Float16DType "
    "Float32DType Float64DType Int16DType Int32DType Int64DType Int8DType IntDType LongDType LongDoubleDType "
    "LongLongDType ObjectDType ShortDType StrDType StringDType TimeDelta64DType UByteDType UInt16DType UInt32DType "
    "UInt64DType UInt8DType UIntDType ULongDType ULongLongDType UShortDType VoidDType";
constexpr std::string_view sparse_matrices =
    "bsr_array bsr_matrix coo_array coo_matrix csc_array csc_matrix csr_array csr_matrix dia_array dia_matrix "
    "dok_array dok_matrix lil_array lil_matrix";

constexpr auto general_rows = std::to_array<AllowedNames>({
    {"builtins", Use::any,
     "object int float complex bool str bytes bytearray list tuple dict set frozenset slice range Ellipsis "
     "NotImplemented"},
    {"builtins", Use::any,
     "BaseException Exception ArithmeticError AssertionError AttributeError EOFError FloatingPointError IndexError "
     "KeyError LookupError NotImplementedError OverflowError RuntimeError StopIteration TypeError ValueError Warning "
     "DeprecationWarning FutureWarning RuntimeWarning UserWarning ZeroDivisionError"},
    {"collections", Use::any, "OrderedDict Counter defaultdict deque"},
    {"_codecs", Use::any, "encode"},
    {"copyreg", Use::any, "_reconstructor __newobj__ __newobj_ex__"},
    {"datetime", Use::any, "datetime date time timedelta timezone"},
    {"decimal", Use::any, "Decimal"},
    {"fractions", Use::any, "Fraction"},
    {"uuid", Use::any, "UUID SafeUUID"},
    {"pathlib", Use::any, "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath"},
    {"array", Use::any, "array _array_reconstructor"},

    {"numpy", Use::any, "dtype ndarray"},
    {"numpy", Use::any, number_types},
    {"numpy", Use::any, ufuncs},
    {"numpy", Use::as_class,
     "mean median average sum prod std var min max amin amax nanmean nanmedian nansum clip recarray record matrix "
     "argmax argmin"},
    {"numpy.core.multiarray", Use::any, "_reconstruct scalar ndarray dtype"},
    {"numpy.core._multiarray_umath", Use::any, ufuncs},
    {"numpy.core.umath", Use::any, ufuncs},
    {"numpy.core.numeric", Use::any, "_frombuffer"},
    {"numpy.core.fromnumeric", Use::as_class, "mean sum prod std var amin amax min max clip argmax argmin"},
    {"numpy.dtypes", Use::as_class, dtype_classes},
    {"numpy.ma", Use::any, "MaskedArray"},
    {"numpy.ma.core", Use::any, "MaskedArray MaskedConstant _mareconstruct"},
    {"numpy.rec", Use::as_class, "recarray record"},
    {"numpy.core.records", Use::as_class, "recarray record"},
    {"numpy.matrixlib.defmatrix", Use::as_class, "matrix"},
    {"numpy.random", Use::any, "__RandomState_ctor"},
    {"numpy.random._pickle", Use::any, "__randomstate_ctor __generator_ctor __bit_generator_ctor"},
    {"numpy.random.mtrand", Use::as_class, "RandomState"},
    {"numpy.random._generator", Use::as_class, "Generator"},
    {"numpy.random._mt19937", Use::as_class, "MT19937"},
    {"numpy.random._pcg64", Use::as_class, "PCG64 PCG64DXSM"},
    {"numpy.random._philox", Use::as_class, "Philox"},
    {"numpy.random._sfc64", Use::as_class, "SFC64"},
    {"numpy.random.bit_generator", Use::any, "SeedSequence __pyx_unpickle_SeedSequence"},

    {"scipy.sparse.*", Use::as_class, sparse_matrices},
    {"scipy.interpolate.*", Use::as_class, "BSpline interp1d PPoly"},
    {"scipy._lib.array_api_compat.numpy._aliases", Use::as_class, "asarray"},

    {"joblib.numpy_pickle", Use::as_class, "NumpyArrayWrapper"},
    {"sklearn.externals.joblib.numpy_pickle", Use::as_class, "NumpyArrayWrapper"},

    // Filled from bytes by a parser of their own; called, they open the file that they are told to.
    {"xgboost.core", Use::as_class, "Booster"},
    {"xgboost.sklearn", Use::as_class,
     "XGBModel XGBClassifier XGBRegressor XGBRanker XGBRFClassifier XGBRFRegressor XGBClassifierBase "
     "XGBRegressorBase"},
    {"lightgbm.basic", Use::as_class, "Booster"},
    {"lightgbm.sklearn", Use::as_class, "LGBMModel LGBMClassifier LGBMRegressor LGBMRanker"},
    {"catboost.core", Use::as_class, "CatBoost CatBoostClassifier CatBoostRegressor CatBoostRanker"},
});

}  // namespace

Verdict allowed(std::string_view module, std::string_view name) {
  for (const Verdict verdict : {look_up(general_rows, module, name), allowed_sklearn(module, name),
                                allowed_torch(module, name), allowed_frames(module, name)}) {
    if (verdict.safety == domain::Safety::allowlisted) return verdict;
  }
  return {};
}

}  // namespace mlops::formats::pickle
