// From references that people write to what they name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mlops/domain/records.hpp>
#include <mlops/domain/reference.hpp>
#include <mlops/store/store.hpp>

namespace mlops::app {

// The version that a reference names; Error{not_found} with the near miss, or with who deleted it, when and why.
domain::VersionId resolve(store::ReadTransaction& view, const domain::Reference& reference);
domain::VersionId resolve(store::ReadTransaction& view, std::string_view reference);
// For commands that only look back: it may be a deleted one.
domain::VersionId resolve_ever(store::ReadTransaction& view, std::string_view reference);
// The same for commands that change something: "MODEL" alone is Error{usage} that proposes MODEL@LATEST.
domain::VersionId resolve_explicit(store::ReadTransaction& view, std::string_view reference);

// The version itself, by the same rules.
domain::Version load(store::ReadTransaction& view, const domain::VersionId& id);

// Error{not_found} for a run that is not recorded.
domain::Run load_run(store::ReadTransaction& view, std::int64_t number);

// Error{not_found} with the near miss unless the model exists; returns its checked name.
std::string require_model(store::ReadTransaction& view, std::string_view name);

domain::Dataset resolve_dataset(store::ReadTransaction& view, std::string_view reference);

}  // namespace mlops::app
