// UBJSON, as a document of its own and as an XGBoost model.
#include "reading.hpp"

#include "json/ubjson.hpp"
#include "xgboost/xgboost.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  const std::string_view bytes = fuzzing::text_of(fuzzing::bytes_of(data, size));
  fuzzing::tolerate([&] {
    const MemorySource source{bytes};
    formats::UbjsonReader in{source};
    (void)to_text(formats::read_fact(in, in.next()));
    fuzzing::require(in.offset() <= bytes.size());
  });
  fuzzing::read_as(bytes, formats::inspect_xgboost_ubjson, formats::scan_xgboost_ubjson);
  return 0;
}
