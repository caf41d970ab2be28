// What a pickle holds: its top object, the arrays in it, and of fitted models what people want to know.
#pragma once

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

namespace mlops::formats::pickle {

void inspect_pickle(const ByteSource& source, domain::Inspection& inspection);

}  // namespace mlops::formats::pickle
