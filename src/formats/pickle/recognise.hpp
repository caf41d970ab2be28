// Whether bytes are a pickle. Protocols 0 and 1 have no magic number: only running them tells.
#pragma once

#include <mlops/support/byte_source.hpp>

namespace mlops::formats::pickle {

// Looks at the beginning only. Claims no text, table or array of numbers that happens to begin like a pickle.
bool looks_like_pickle(const ByteSource& source);

// The same for what begins with a protocol in the middle of other bytes, of which many do by chance.
bool looks_like_pickle_inside(const ByteSource& part);

// The same for a whole file, which is a pickle too when it says so and is broken soon after.
bool is_pickle_file(const ByteSource& source);

}  // namespace mlops::formats::pickle
