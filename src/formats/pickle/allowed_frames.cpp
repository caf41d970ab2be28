// The harmless names of pandas, from 0.25 to 3: tables, columns and indexes.
#include "pickle/allowed.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr std::string_view types =
    "CategoricalDtype DatetimeTZDtype IntervalDtype PeriodDtype SparseDtype StringDtype BooleanDtype Int8Dtype "
    "Int16Dtype Int32Dtype Int64Dtype UInt8Dtype UInt16Dtype UInt32Dtype UInt64Dtype Float32Dtype Float64Dtype";
constexpr std::string_view arrays =
    "Categorical BooleanArray DatetimeArray FloatingArray IntegerArray IntervalArray NumpyExtensionArray PandasArray "
    "PeriodArray SparseArray StringArray StringArrayNumpySemantics ArrowStringArray TimedeltaArray";
constexpr std::string_view indexes =
    "CategoricalIndex DatetimeIndex Float64Index Index Int64Index IntervalIndex MultiIndex NumericIndex PeriodIndex "
    "RangeIndex TimedeltaIndex UInt64Index FrozenList FrozenNDArray";

constexpr auto frame_rows = std::to_array<AllowedNames>({
    {"pandas", Use::as_class, "DataFrame Series"},
    {"pandas", Use::as_class, indexes},
    {"pandas", Use::any, types},
    {"pandas", Use::as_class, "Categorical Timestamp Timedelta Period Interval"},
    {"pandas.arrays", Use::as_class, arrays},
    {"pandas.core.frame", Use::as_class, "DataFrame"},
    {"pandas.core.series", Use::as_class, "Series"},
    {"pandas.core.indexes.*", Use::as_class, indexes},
    {"pandas.core.indexes.*", Use::any, "_new_Index _new_DatetimeIndex _new_PeriodIndex"},
    {"pandas.core.internals.*", Use::any, "BlockManager SingleBlockManager new_block _unpickle_block"},
    {"pandas.core.internals.blocks", Use::as_class,
     "BoolBlock CategoricalBlock ComplexBlock DatetimeBlock DatetimeTZBlock ExtensionBlock FloatBlock IntBlock "
     "NumericBlock ObjectBlock TimeDeltaBlock"},
    {"pandas.core.arrays.*", Use::as_class, arrays},
    {"pandas.core.arrays.*", Use::any, types},
    {"pandas.core.dtypes.dtypes", Use::any, types},
    {"pandas._libs.arrays", Use::any, "__pyx_unpickle_NDArrayBacked"},
    {"pandas._libs.internals", Use::any, "_unpickle_block __pyx_unpickle_BlockPlacement BlockPlacement"},
    {"pandas._libs.interval", Use::any, "Interval"},
    {"pandas._libs.missing", Use::any, "NA NAType"},
    {"pandas._libs.tslibs.*", Use::any,
     "_unpickle_timestamp _timedelta_unpickle _nat_unpickle _period_unpickle Timestamp Timedelta Period "
     "__pyx_unpickle_BaseOffset"},
    {"pandas._libs.tslibs.*", Use::as_class,
     "Day Hour Minute Second Milli Micro Nano BusinessDay MonthBegin MonthEnd QuarterBegin QuarterEnd YearBegin "
     "YearEnd Week"},
});

}  // namespace

Verdict allowed_frames(std::string_view module, std::string_view name) { return look_up(frame_rows, module, name); }

}  // namespace mlops::formats::pickle
