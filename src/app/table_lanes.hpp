// Reading a table on several threads, each of which keeps what it saw in a lane of its own.
#pragma once

#include <vector>

#include <mlops/formats/table.hpp>

#include "data_source.hpp"

namespace mlops::app {

template <typename Lane, typename Make>
formats::TableFacts read_on_lanes(const ByteSource& source, const formats::TableOptions& options,
                                  std::vector<Lane>& lanes, Make make_lane) {
  const formats::Columns first = formats::table_columns(source, options, formats::LookAt::beginning);
  const std::size_t threads = threads_for_columns(first.size());
  std::vector<formats::RowVisitor> visitors;
  lanes.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    lanes.push_back(make_lane(i));
    Lane& lane = lanes.back();
    visitors.emplace_back(
        [&lane](const formats::Columns& columns, const formats::RowBatch& batch) { lane.take(columns, batch); });
  }
  return formats::read_table(source, options, visitors);
}

}  // namespace mlops::app
