// What a model is called with, by an example of it.
#pragma once

#include <string_view>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

// The inputs that the example shows; outputs stay empty. By its content:
//   an array of numpy (.npy, .npz)      tensors, whose first dimension is the batch and so of any size
//   JSON: a list of records, {"columns", "data"} as pandas splits a table, {"dataframe_split": …},
//         {"dataframe_records": …}      columns, not required when some record has none or null
//         {"inputs": …}, {"instances": …}, lists of lists of numbers, an object of lists
//                                       tensors, by name or without
//   else CSV or TSV with a header       columns
// Whole numbers are int64, others float64. Error{usage} "NAME: …" when it is nothing of these.
domain::Signature infer_signature(const ByteSource& example, std::string_view name);

}  // namespace mlops::formats
