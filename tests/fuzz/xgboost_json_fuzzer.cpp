// An XGBoost model in JSON.
#include "reading.hpp"

#include "xgboost/xgboost.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  fuzzing::read_as(fuzzing::text_of(fuzzing::bytes_of(data, size)), formats::inspect_xgboost_json,
                   formats::scan_xgboost_json);
  return 0;
}
