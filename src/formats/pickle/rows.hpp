// What the table of formats needs to know of pickles.
#pragma once

#include <algorithm>
#include <string_view>

#include "format_table.hpp"
#include "pickle/inspect_pickle.hpp"
#include "pickle/recognise.hpp"
#include "pickle/scan_pickle.hpp"
#include "pickle/torch_legacy.hpp"

namespace mlops::formats::pickle {

inline bool is_pickle(const Head& head) { return is_pickle_file(head.source); }

// Arrays that joblib has written are announced by the class that reads them.
inline bool is_joblib(const Head& head) {
  const std::string_view bytes{head.bytes};
  return bytes.find("joblib.numpy_pickle") != std::string_view::npos &&
         bytes.find("NumpyArrayWrapper") != std::string_view::npos && is_pickle_file(head.source);
}

}  // namespace mlops::formats::pickle
