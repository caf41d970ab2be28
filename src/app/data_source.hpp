// The table that a person names: a file, or a dataset of the registry.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <mlops/app/dataset_profile.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/support/byte_source.hpp>

namespace mlops::app {

struct DataSource {
  std::unique_ptr<Workspace> workspace;  // of a dataset
  std::optional<std::string> dataset;    // "train@3"
  std::optional<Digest> digest;          // of its bytes, where a dataset tells it
  formats::TableOptions options;
  std::unique_ptr<ByteSource> bytes;
};

// Error{not_found} with what was tried; Error{usage} for folders, and datasets of several files.
DataSource open_data(const Context& context, const DataRequest& request);

// As many threads as a table is read with, on every machine, so that what is estimated is the same everywhere.
inline constexpr std::size_t table_threads = 4;

// The same for those who keep much of each column: fewer for wide tables.
[[nodiscard]] std::size_t threads_for_columns(std::size_t columns);

}  // namespace mlops::app
